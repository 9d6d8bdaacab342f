//===- CostModel.h - How a bn op is scheduled -------------------*- C++ -*-===//

#ifndef BN_TRANSFORMS_COSTMODEL_H
#define BN_TRANSFORMS_COSTMODEL_H

#include "bn/IR/BN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::bn {

/// A schedule, and why it was chosen.
struct ScheduleChoice {
  Schedule schedule;
  StringRef reason;
};

/// What the op's attribute says, or else what suits its layout and shape.
ScheduleChoice getSchedule(ChannelwiseOpInterface op);

/// How many channels of each channel dim of `op` one parallel task takes; 0
/// means all of them. All are 0 where the op runs in rows.
SmallVector<int64_t> getChannelBlock(ChannelwiseOpInterface op);

/// Which dim of a sweep over data is split into how many slices, of a multiple
/// of how many elements.
struct SweepSplit {
  unsigned dim;
  int64_t slices, unit;
};

/// How `op`, whose loops have `sizes` (ShapedType::kDynamic if unknown), is
/// split. Nothing if parallel slices do not pay.
std::optional<SweepSplit> getSweepSplit(linalg::GenericOp op,
                                        ArrayRef<int64_t> sizes);

/// The lengths of the vectors that a loop over `tripCount` iterations
/// (ShapedType::kDynamic if unknown) runs on, decreasing, if its widest element
/// has `bits` bits: each takes what those before it have left. Empty where
/// vectors do not pay.
SmallVector<int64_t> getVectorLengths(int64_t tripCount, unsigned bits);

/// Numbers of innermost channels that layouts in blocks have: what a register
/// takes.
inline constexpr int64_t kUsualChannelBlocks[] = {8, 16};

/// Adjacent elements that are worth a jump in memory.
inline constexpr int64_t kElementsPerRun = 1 << 12;

inline constexpr int64_t kCacheLineBytes = 64;

/// How far ahead a loop asks for data, all its streams together: far enough for
/// memory to answer, near enough for a core's own cache to hold what it did.
inline constexpr int64_t kPrefetchedBytes = 4096;

/// The length from which on a run of adjacent elements is best swept by itself.
inline constexpr int64_t kLongRunBytes = 24 * kCacheLineBytes;

/// How many pieces of so many `bytes` make whole units.
int64_t getWholePieces(int64_t bytes, int64_t unit);

/// The size of the last-level cache: `chosen`, or if that is 0 this machine's,
/// as far as the operating system knows.
uint64_t getCacheBytes(uint64_t chosen);

/// How many bytes that one core uses are still in a last-level cache of
/// `cacheBytes` bytes when they are used next. Where results are not, writing
/// them past the cache saves reading them first.
uint64_t getBytesThatStay(uint64_t cacheBytes);

/// Whether `bytes` are no more than that.
bool staysInCache(uint64_t bytes, uint64_t cacheBytes);

} // namespace mlir::bn

#endif // BN_TRANSFORMS_COSTMODEL_H
