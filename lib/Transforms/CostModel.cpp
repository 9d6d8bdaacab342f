//===- CostModel.cpp - How a bn op is scheduled ---------------------------===//

#include "bn/Transforms/CostModel.h"
#include "Utils.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::bn;

/// Slices of a sweep, enough for as many threads. Few, as each has sums of its
/// own.
static constexpr int64_t kSlices = 32;
/// What a slice needs to pay for starting it.
static constexpr int64_t kElementsPerSlice = 1 << 14;
static constexpr int64_t kRowsPerSlice = 32;
/// With fewer blocks of channels than this, threads would be idle.
static constexpr int64_t kFewChannels = 8;
static constexpr int64_t kFewRows = 8 * kRowsPerSlice;
/// Elements of data that stay in a core's own cache from sweep to sweep.
static constexpr int64_t kElementsPerBlock = 1 << 16;
/// Runs of a channel's elements, where their number is not known.
static constexpr int64_t kUsualRuns = 64;
/// Bytes of short runs that are taken together in any case.
static constexpr int64_t kShortestMergedBytes = 16 * kCacheLineBytes;
/// Cache lines of innermost channels in one block.
static constexpr int64_t kLinesPerBlock = 16;

/// The largest divisor of `size` that is at most `limit`.
static int64_t largestDivisor(int64_t size, int64_t limit) {
  if (ShapedType::isDynamic(size))
    return 1;
  for (int64_t divisor = std::min(size, limit); divisor > 1; --divisor)
    if (size % divisor == 0)
      return divisor;
  return 1;
}

int64_t bn::getWholePieces(int64_t bytes, int64_t unit) {
  return unit / std::gcd(unit, bytes);
}

static SmallVector<int64_t> getSizes(ChannelwiseOpInterface op,
                                     ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims, [&](int64_t dim) {
    return op.getInput().getType().getDimSize(dim);
  });
}

ScheduleChoice bn::getSchedule(ChannelwiseOpInterface op) {
  if (auto forced = op->getAttrOfType<StringAttr>(kScheduleAttrName))
    return {*symbolizeSchedule(forced), "its attribute says so"};
  ArrayRef<int64_t> outer = op.getChannelDims();
  bool isInnermost = outer.back() == op.getInput().getType().getRank() - 1;
  if (isInnermost)
    outer = outer.drop_back();
  std::optional<int64_t> blocks = getProduct(getSizes(op, outer));
  if (!blocks || *blocks >= kFewChannels)
    return {Schedule::Channels, "elements of a channel are adjacent"};
  std::optional<int64_t> rows = getProduct(getSizes(op, op.getReducedDims()));
  if (rows && *rows < kFewRows)
    return {Schedule::Channels, "there are few rows"};
  if (isInnermost)
    return {Schedule::Rows, "channels are innermost"};
  // Of unknown rows, the outermost may be too few for slices.
  if (!rows)
    return {Schedule::Channels, "the number of rows is not known"};
  return {Schedule::Rows, "there are few channels"};
}

SmallVector<int64_t> bn::getChannelBlock(ChannelwiseOpInterface op) {
  RankedTensorType type = op.getInput().getType();
  // Slices of nothing do not verify; there is nothing to tile either.
  if (llvm::any_of(op->getOperandTypes(),
                   [](Type operand) {
                     return llvm::is_contained(
                         cast<ShapedType>(operand).getShape(), 0);
                   }) ||
      getSchedule(op).schedule == Schedule::Rows)
    return SmallVector<int64_t>(op.getChannelDims().size(), 0);

  // One channel at a time. A dim of one channel is not tiled: such a loop folds
  // away and leaves copies of slices.
  SmallVector<int64_t> block;
  for (int64_t dim : op.getChannelDims())
    block.push_back(type.getDimSize(dim) == 1 ? 0 : 1);
  if (op.getChannelDims().back() != type.getRank() - 1) {
    // Short runs of several channels make one that is worth a jump in memory,
    // and at first even a block too large for a core's own cache.
    int64_t last = op.getChannelDims().back();
    auto run = getProduct(type.getShape().drop_front(last + 1));
    auto rows = getProduct(getSizes(op, op.getReducedDims()));
    if (run && block.back() == 1) {
      // Quotients, as products may wrap.
      int64_t bytes = getNumBytes(type.getElementType());
      int64_t fits = rows ? kElementsPerBlock / *rows
                          : kElementsPerBlock / kUsualRuns / *run;
      fits = std::max(fits, kShortestMergedBytes / bytes / *run);
      block.back() = largestDivisor(
          type.getDimSize(last), std::min({kElementsPerRun / *run, fits,
                                           type.getDimSize(last) / kSlices}));
    }
    return block;
  }

  // Channels are innermost: some cache lines of them at a time, so that every
  // line is used whole. Blocks must divide their dim: a partial block's loop
  // bounds would not be affine.
  int64_t line = kCacheLineBytes * 8 / type.getElementTypeBitWidth();
  int64_t size = type.getShape().back();
  block.back() = 0;
  if (ShapedType::isStatic(size) && size > 2 * line)
    if (int64_t divisor = largestDivisor(
            size, std::clamp(size / kSlices, line, kLinesPerBlock * line));
        divisor >= line / 2)
      block.back() = divisor;
  return block;
}

/// How many indices of `dim` make whole cache lines of `data`, if that is
/// known.
static int64_t getAlignedUnit(ShapedType data, unsigned dim) {
  auto elements = getProduct(data.getShape().drop_front(dim + 1));
  if (!elements)
    return 1;
  return getWholePieces(*elements * getNumBytes(data.getElementType()),
                        kCacheLineBytes);
}

/// At most `limit` slices of a dim of `size`, such that what is left over, and
/// is not run in parallel, is no more than a slice. Where there are many of
/// `unit`, slices have whole ones.
static SweepSplit splitEvenly(unsigned dim, int64_t size, int64_t limit,
                              int64_t unit) {
  if (ShapedType::isDynamic(size))
    return {dim, limit, unit};
  if (size < limit * limit * unit)
    unit = 1;
  int64_t slices = limit;
  while (size % (slices * unit) > size / slices)
    --slices;
  return {dim, slices, unit};
}

std::optional<SweepSplit> bn::getSweepSplit(linalg::GenericOp op,
                                            ArrayRef<int64_t> sizes) {
  // In the order of memory: that of the first operand that all loops go
  // through.
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto order =
      llvm::find_if(maps, [](AffineMap map) { return map.isPermutation(); });
  if (order == maps.end() || llvm::is_contained(sizes, 0))
    return std::nullopt;
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  SmallVector<int64_t> reduced;
  for (auto [size, iterator] : llvm::zip(sizes, iterators))
    if (iterator == utils::IteratorType::reduction)
      reduced.push_back(size);

  int64_t slices = kSlices;
  if (auto elements = getProduct(sizes))
    slices = std::min(slices, *elements / kElementsPerSlice);
  std::optional<int64_t> rows = getProduct(reduced);
  auto data = op->getOperand(order - maps.begin()).getType();
  for (auto [position, expr] : llvm::enumerate(order->getResults())) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    int64_t limit = slices;
    // The partial sums must be few compared with what is added up.
    if (iterators[dim] == utils::IteratorType::reduction && rows)
      limit = std::min(limit, *rows / kRowsPerSlice);
    if (limit > 1 && (ShapedType::isDynamic(sizes[dim]) || sizes[dim] >= limit))
      return splitEvenly(dim, sizes[dim], limit,
                         getAlignedUnit(cast<ShapedType>(data), position));
  }
  return std::nullopt;
}

SmallVector<int64_t> bn::getVectorLengths(int64_t tripCount, unsigned bits) {
  // Four vector registers of 256 bits a step hide the latency of sums. Half a
  // register is the least that pays.
  int64_t longest = 4 * 256 / bits, shortest = std::max<int64_t>(128 / bits, 2);
  if (ShapedType::isDynamic(tripCount))
    return {longest, longest / 4};
  SmallVector<int64_t> lengths;
  for (int64_t length = longest; length >= shortest; length /= 2)
    if (tripCount >= length) {
      lengths.push_back(length);
      tripCount %= length;
    }
  return lengths;
}

uint64_t bn::getCacheBytes(uint64_t chosen) {
  if (chosen)
    return chosen;
  // What sysconf() reports on a virtual machine is often the whole host's.
  auto file = llvm::MemoryBuffer::getFileAsStream(
      "/sys/devices/system/cpu/cpu0/cache/index3/size");
  int64_t kilobytes;
  if (file && !(*file)->getBuffer().consumeInteger(10, kilobytes))
    return kilobytes * 1024;
  return 32 * 1024 * 1024;
}

uint64_t bn::getBytesThatStay(uint64_t cacheBytes) {
  // What a kernel reads takes at least as much room as what it writes, and
  // other cores share the cache.
  return cacheBytes / 4;
}

bool bn::staysInCache(uint64_t bytes, uint64_t cacheBytes) {
  return bytes <= getBytesThatStay(cacheBytes);
}
