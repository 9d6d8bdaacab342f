//===- FunctionNames.h - Names apart from those of C ------------*- C++ -*-===//

#ifndef BN_TRANSFORMS_FUNCTIONNAMES_H
#define BN_TRANSFORMS_FUNCTIONNAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::bn {

/// What the names of the functions' C interfaces begin with.
inline constexpr StringLiteral kCInterfacePrefix = "_mlir_ciface_";

/// What the names of functions begin with once they are hidden.
inline constexpr StringLiteral kHiddenPrefix = "bn.";

/// The name of a function `name` once it is hidden.
std::string getHiddenName(StringRef name);

/// The name that the program gives to `func`, hidden or not.
StringRef getVisibleName(func::FuncOp func);

/// Hides the names of all functions with a body: code that calls those of C,
/// like `expf` or `malloc`, must not find a function of the program.
void hideFunctionNames(ModuleOp module);

} // namespace mlir::bn

#endif // BN_TRANSFORMS_FUNCTIONNAMES_H
