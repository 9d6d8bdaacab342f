//===- Utils.h - What rules of differentiation are written with -*- C++ -*-===//

#ifndef BN_DIFFERENTIATION_UTILS_H
#define BN_DIFFERENTIATION_UTILS_H

#include "mlir/IR/Builders.h"

namespace mlir::bn {

/// Whether values of this type have gradients: floats and ranked tensors of
/// them.
bool isDifferentiable(Type type);

/// Reports that `op` has no derivative; fails.
LogicalResult emitNoDerivative(Operation *op);

/// A value of the type and the shape of `like`, filled with `value`.
Value createConstantLike(OpBuilder &b, Location loc, Value like, double value);

/// A tensor that is filled with zeros, for ops to accumulate on.
Value createZeros(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
                  Type element);

/// The type to add up many elements of type `element` in: f32 for a narrower
/// one.
FloatType getSumType(Type element);

/// Sum over some dims of a tensor; they are gone from the result. Added up in
/// the type for sums, then rounded.
Value createSum(OpBuilder &b, Location loc, Value tensor,
                ArrayRef<int64_t> dims);

/// `tensor` repeated along `dims`, so that the result has the shape of `like`.
Value createBroadcast(OpBuilder &b, Location loc, Value tensor, Value like,
                      ArrayRef<int64_t> dims);

/// `value` with elements of type `element`, a float type.
Value createFloatCast(OpBuilder &b, Location loc, Value value, Type element);

} // namespace mlir::bn

#endif // BN_DIFFERENTIATION_UTILS_H
