//===- Header.h - The C interface as a header -------------------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_HEADER_H
#define BN_LIB_RUNTIME_HEADER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::bn::runtime {

/// Prints C declarations of the public functions of a module at the affine
/// stage. Rejected where C has no type for an argument, or cannot write a name.
llvm::Error printHeader(ModuleOp module, llvm::raw_ostream &os);

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_HEADER_H
