//===- Lowering.h - From a program to the LLVM dialect ----------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_LOWERING_H
#define BN_LIB_RUNTIME_LOWERING_H

#include "bn/Runtime/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::bn::runtime {

/// Who calls the functions: a Kernel, whose invocations are right, or others,
/// whose arguments are checked when the program runs.
enum class Caller { Kernel, Other };

/// Runs the passes that `build` adds; `failure` is the message of an error that
/// none of them explains.
llvm::Error runPasses(ModuleOp module,
                      llvm::function_ref<void(OpPassManager &)> build,
                      StringRef failure = "the program cannot be lowered");

/// Both ways to lower a program hide the names of its functions.
///
/// Makes `signature.name` the only public function of `module` and lowers the
/// module to affine loops, with dynamic dims of the function's arguments
/// replaced by those of `arguments`. Results become out-parameters, whose types
/// are returned; they may be dynamic.
llvm::Expected<SmallVector<ValueType>>
lowerEntry(ModuleOp module, const Signature &signature,
           ArrayRef<ValueType> arguments);

/// Lowers all functions to affine loops, as they are.
llvm::Error lowerAll(ModuleOp module);

/// Rejected, with the reason, where `func`, which has been lowered, still has
/// results.
llvm::Error checkOutParams(func::FuncOp func);

/// From affine loops to the LLVM dialect.
llvm::Error lowerToLLVM(ModuleOp module, Caller caller);

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_LOWERING_H
