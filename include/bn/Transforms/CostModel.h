//===- CostModel.h - How a bn op is scheduled -------------------*- C++ -*-===//

#ifndef BN_TRANSFORMS_COSTMODEL_H
#define BN_TRANSFORMS_COSTMODEL_H

#include "bn/IR/BN.h"

namespace mlir::bn {

/// How many channels of each channel dim of `op` one parallel task takes; 0
/// means all of them.
SmallVector<int64_t> getChannelBlock(ChannelwiseOpInterface op);

/// The lengths of the vectors that a loop over `tripCount` iterations
/// (ShapedType::kDynamic if unknown) runs on, decreasing, if its widest element
/// has `bits` bits: each takes what those before it have left. Empty where
/// vectors do not pay.
SmallVector<int64_t> getVectorLengths(int64_t tripCount, unsigned bits);

inline constexpr int64_t kCacheLineBytes = 64;

/// The least number of bytes that a store past the caches writes at once.
inline constexpr int64_t kSmallestStreamedBytes = 16;

/// The size of this machine's last-level cache, as far as the operating system
/// knows.
int64_t getCacheBytes();

/// Whether a result of `type` (static) is so large that none of it is in a
/// last-level cache of `cacheBytes` bytes any more when it is read: writing it
/// past the caches then saves reading it first.
bool bypassesCache(MemRefType type, int64_t cacheBytes);

} // namespace mlir::bn

#endif // BN_TRANSFORMS_COSTMODEL_H
