//===- StructuredModel.h - The derivative of any linalg op ------*- C++ -*-===//

#ifndef BN_LIB_DIFFERENTIATION_STRUCTUREDMODEL_H
#define BN_LIB_DIFFERENTIATION_STRUCTUREDMODEL_H

#include "Models.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::bn {

/// The gradients by those operands that are `needed`. Reports that there are
/// none unless `op` is elementwise, a sum, a maximum or a minimum.
FailureOr<Gradients> differentiateStructured(linalg::LinalgOp op, OpBuilder &b,
                                             ArrayRef<Value> cotangents,
                                             const llvm::BitVector &needed);

} // namespace mlir::bn

#endif // BN_LIB_DIFFERENTIATION_STRUCTUREDMODEL_H
