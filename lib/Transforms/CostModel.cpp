//===- CostModel.cpp - How a bn op is scheduled ---------------------------===//

#include "bn/Transforms/CostModel.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::bn;

/// The largest divisor of `size` that is at most `limit`.
static int64_t largestDivisor(int64_t size, int64_t limit) {
  for (int64_t divisor = std::min(size, limit); divisor > 1; --divisor)
    if (size % divisor == 0)
      return divisor;
  return 1;
}

SmallVector<int64_t> bn::getChannelBlock(ChannelwiseOpInterface op) {
  RankedTensorType type = op.getInput().getType();
  // Slices of nothing do not verify; there is nothing to tile either.
  if (llvm::is_contained(type.getShape(), 0))
    return SmallVector<int64_t>(op.getChannelDims().size(), 0);

  // One channel at a time where its elements are contiguous. A dim of one
  // channel is not tiled: such a loop folds away and leaves copies of slices.
  SmallVector<int64_t> block;
  for (int64_t dim : op.getChannelDims())
    block.push_back(type.getDimSize(dim) == 1 ? 0 : 1);
  if (op.getChannelDims().back() != type.getRank() - 1)
    return block;

  // Channels are innermost: a cache line of them at a time, so that every line
  // is used whole. Blocks must divide their dim: a partial block's loop bounds
  // would not be affine.
  int64_t line = kCacheLineBytes * 8 / type.getElementTypeBitWidth();
  int64_t size = type.getShape().back();
  block.back() = 0;
  if (ShapedType::isStatic(size) && size > 2 * line)
    if (int64_t divisor = largestDivisor(size, line); divisor >= line / 2)
      block.back() = divisor;
  return block;
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

int64_t bn::getCacheBytes() {
  // What sysconf() reports on a virtual machine is often the whole host's.
  auto file = llvm::MemoryBuffer::getFileAsStream(
      "/sys/devices/system/cpu/cpu0/cache/index3/size");
  int64_t kilobytes;
  if (file && !(*file)->getBuffer().consumeInteger(10, kilobytes))
    return kilobytes * 1024;
  return 32 * 1024 * 1024;
}

bool bn::bypassesCache(MemRefType type, int64_t cacheBytes) {
  // What a kernel reads takes at least as much room as what it writes, and
  // other cores share the cache.
  return type.getNumElements() * type.getElementTypeBitWidth() / 8 >
         cacheBytes / 4;
}
