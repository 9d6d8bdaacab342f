//===- Streams.h - Stores past the caches -----------------------*- C++ -*-===//

#ifndef BN_LIB_TRANSFORMS_STREAMS_H
#define BN_LIB_TRANSFORMS_STREAMS_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "llvm/Support/Alignment.h"

namespace mlir::bn {

/// The alignment in bytes, at most a cache line's, of vectors of `length`
/// elements that `store` writes in iterations of `loop`: if that starts at 0,
/// given that its buffer has that alignment and rows of unknown length have
/// whole units; if not, given that it starts at a cache line. Nothing if
/// strides are anything.
llvm::MaybeAlign getAlignment(affine::AffineStoreOp store,
                              affine::AffineForOp loop, int64_t length);

/// Whether the results that `loop` writes leave the caches before anybody reads
/// them, as far as sizes are known, and are best written in aligned vectors
/// from where rows start: the memrefs they go to, arguments of the function or
/// views of them.
SmallVector<Value> getStreamedResults(affine::AffineForOp loop, int64_t length,
                                      uint64_t cacheBytes);

/// Whether `results` are as stores past the caches need them: in buffers that
/// start at a cache line, and where sizes are known only now, too large for the
/// cache, with rows of whole units.
Value isWorthStreaming(OpBuilder &b, affine::AffineForOp loop,
                       ValueRange results, uint64_t cacheBytes);

/// The one store of `loop` if the result leaves the caches before anybody reads
/// it, as far as sizes are known, and rows, which may start anywhere, are long:
/// all but their ends can be written past the caches. Otherwise null.
affine::AffineStoreOp getStoreOfLongRows(affine::AffineForOp loop,
                                         uint64_t cacheBytes);

/// Whether the rows are long and the result is too large for the cache; null if
/// sizes say so already.
Value areLongRows(OpBuilder &b, affine::AffineForOp loop,
                  affine::AffineStoreOp store, uint64_t cacheBytes);

/// The first iteration of `loop` in which `store` writes at the start of a
/// cache line, and the one after the last that writes at the end of one.
std::pair<Value, Value> getWholeLines(OpBuilder &b, affine::AffineForOp loop,
                                      affine::AffineStoreOp store);

} // namespace mlir::bn

#endif // BN_LIB_TRANSFORMS_STREAMS_H
