//===- CodeGen.h - From the LLVM dialect to machine code --------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_CODEGEN_H
#define BN_LIB_RUNTIME_CODEGEN_H

#include "bn/Runtime/Program.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace mlir::bn::runtime {

/// A module on its way to machine code for the host. What is run in memory and
/// what is written to files passes through here alike.
class CodeGen {
public:
  /// Translates a module of the LLVM dialect.
  static llvm::Expected<std::unique_ptr<CodeGen>> create(ModuleOp module);

  /// Adds a function of C type void(void **) that passes what the pointers lead
  /// to, first arguments, then results, to the C interface of the function that
  /// `signature` names. Returns its name.
  llvm::Expected<std::string> addInvoker(const Signature &signature);

  /// Optimizes the module and generates its code, once.
  llvm::Expected<Code> generate(EmitKind kind);

private:
  CodeGen() = default;

  // Last destroyed first: the module lives in the context.
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
  /// The first error that LLVM reported.
  std::string message;
};

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_CODEGEN_H
