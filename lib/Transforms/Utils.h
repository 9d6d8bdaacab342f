//===- Utils.h - What several passes ask ------------------------*- C++ -*-===//

#ifndef BN_LIB_TRANSFORMS_UTILS_H
#define BN_LIB_TRANSFORMS_UTILS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::bn {

/// The bytes of one element in memory; those of a pointer where it is no
/// number.
int64_t getNumBytes(Type element);

/// Whether `next` is `sum` + a term, marked `reassoc`, and `sum` is used for
/// nothing else: its terms may be added up in any order.
bool isUnorderedSum(Value next, BlockArgument sum);

/// The public functions with a body that nothing in `module` calls.
SmallVector<func::FuncOp> getUncalledFunctions(ModuleOp module);

} // namespace mlir::bn

#endif // BN_LIB_TRANSFORMS_UTILS_H
