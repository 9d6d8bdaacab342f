//===- Utils.h - What several passes ask ------------------------*- C++ -*-===//

#ifndef BN_LIB_TRANSFORMS_UTILS_H
#define BN_LIB_TRANSFORMS_UTILS_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::bn {

/// The bytes from one element in memory to the next; those of a pointer where
/// it is no number.
int64_t getNumBytes(Type element);

/// How many of them a cache line has, at least one.
int64_t getNumPerLine(Type element);

/// The product of `sizes`, at most the largest number; nothing if one of them
/// is not known.
std::optional<int64_t> getProduct(ArrayRef<int64_t> sizes);

/// The bytes of all elements of `type`, at most the largest number; nothing if
/// its shape is not static.
std::optional<int64_t> getTotalBytes(ShapedType type);

/// Whether `op`, which may be null, is an elementwise linalg op on tensors.
bool isElementwiseOnTensors(Operation *op);

/// What `values` are called in `mapping`: themselves where it does not say.
SmallVector<Value> lookup(const IRMapping &mapping, ValueRange values);

/// The buffer that `memref` is a view of.
Value getBuffer(Value memref);

/// `memref`, of rank 2 or more and without strides, with its two innermost dims
/// as one. Built right after it.
Value collapseInnermost(OpBuilder &b, Value memref);

/// Whether `load` reads the element that `store` writes, by the same indices.
bool isSameElement(affine::AffineLoadOp load, affine::AffineStoreOp store);

/// The load before `store`, both directly in `loop`, of the element that it
/// writes, or null if there is none, the buffer has views or `loop` accesses it
/// in other ways too.
affine::AffineLoadOp getLoadBefore(affine::AffineStoreOp store,
                                   affine::AffineForOp loop);

/// `map`, of indices made of `operands`, where `iv` is larger by `distance`.
AffineMap advance(AffineMap map, ValueRange operands, Value iv,
                  int64_t distance);

/// How many bytes further an access to a memref of `type` at those indices is
/// for the next value of `iv`, or nothing if that is not known.
std::optional<int64_t> getStride(AffineMap map, ValueRange operands,
                                 MemRefType type, Value iv);

/// Whether an analysis that takes every memref for a buffer of its own is right
/// to do so for what the affine accesses in `loop` store to.
bool hasDistinctBuffers(affine::AffineForOp loop);

/// Whether each of `next` is the one of `sums` + terms, in additions that are
/// marked `reassoc` and used for nothing else: they may be in any order.
bool areUnorderedSums(ValueRange next, ValueRange sums);

/// Loops, outermost first, that do nothing but carry the sums of the innermost,
/// `loop`, through their iterations.
SmallVector<affine::AffineForOp> getNestOfSums(affine::AffineForOp loop);

/// The public functions with a body that nothing in `module` calls.
SmallVector<func::FuncOp> getUncalledFunctions(ModuleOp module);

} // namespace mlir::bn

#endif // BN_LIB_TRANSFORMS_UTILS_H
