//===- Program.h - A module that can be compiled and run --------*- C++ -*-===//

#ifndef BN_RUNTIME_PROGRAM_H
#define BN_RUNTIME_PROGRAM_H

#include "bn/Runtime/Kernel.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::bn::runtime {

/// The forms in which machine code can be had.
enum class EmitKind {
  LLVMIR,   ///< LLVM IR, optimized for the host.
  Assembly, ///< The host's assembly language.
  Object,   ///< A relocatable object file.
  Header,   ///< C declarations of the functions in it.
};

/// The text or the bytes of generated code.
using Code = SmallVector<char, 0>;

/// A parsed and verified module of bn and upstream dialects, with an
/// MLIRContext of its own. It is used by one thread at a time; different
/// programs, and the kernels compiled from one, are independent.
///
/// Failures to parse, transform, lower or link are of kind Rejected and carry
/// MLIR's first diagnostic with its location.
class Program {
public:
  /// Reads a file; `-` is standard input. A file that cannot be read is
  /// BadInput.
  static llvm::Expected<std::unique_ptr<Program>> load(StringRef path);
  /// Parses `source`; diagnostics call it `name`.
  static llvm::Expected<std::unique_ptr<Program>> parse(StringRef source,
                                                        StringRef name);

  /// Runs the passes that `build` adds on the whole program, like
  /// --bn-differentiate or --bn-fold-inference. After a failure only the
  /// destructor may be called.
  llvm::Error runPasses(llvm::function_ref<void(OpPassManager &)> build);

  /// Name and declared types of a public function: that called `entry`, or
  /// where this is empty, `main`, or the only one there is. BadInput where no
  /// such function is found; Rejected where its types cannot be passed.
  llvm::Expected<Signature> getSignature(StringRef entry = {}) const;

  /// Compiles the function `signature` was made from, for arguments of the
  /// static types `arguments`, one each: dynamic dims become these sizes before
  /// anything is lowered. Rejected where the sizes contradict each other, or do
  /// not determine the shape of a result.
  llvm::Expected<std::unique_ptr<Kernel>>
  compile(const Signature &signature, ArrayRef<ValueType> arguments) const;

  /// Compiles that function of the program as it stands, lowered by the passes
  /// that `build` adds alone: to the LLVM dialect, with an interface for C and
  /// results as out-parameters. The types of `signature` are static, whatever
  /// those of the program are. Rejected where the passes leave a function of
  /// another number of parameters; that their types fit is for the caller to
  /// know.
  llvm::Expected<std::unique_ptr<Kernel>>
  compileWith(llvm::function_ref<void(OpPassManager &)> build,
              const Signature &signature) const;

  /// The code of `compile`'s kernel, in the form asked for; here, dims may stay
  /// dynamic. In its function `_mlir_ciface_ENTRY`, arrays are pointers to
  /// MLIR's memref descriptors, and results follow the arguments; it checks
  /// them as bn-check-arguments says. It needs LLVM's OpenMP runtime.
  llvm::Expected<Code> emit(EmitKind kind, const Signature &signature,
                            ArrayRef<ValueType> arguments) const;

  /// The code of all public functions, as they are declared.
  llvm::Expected<Code> emit(EmitKind kind) const;

private:
  Program();

  /// The kernel of a module of the LLVM dialect.
  static llvm::Expected<std::unique_ptr<Kernel>> link(ModuleOp lowered,
                                                      Signature signature);

  std::unique_ptr<MLIRContext> context;
  OwningOpRef<ModuleOp> module;
};

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_PROGRAM_H
