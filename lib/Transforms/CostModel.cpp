//===- CostModel.cpp - How a bn op is scheduled ---------------------------===//

#include "bn/Transforms/CostModel.h"

using namespace mlir;
using namespace mlir::bn;

static constexpr int64_t kCacheLineBits = 64 * 8;

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
  int64_t line = kCacheLineBits / type.getElementTypeBitWidth();
  int64_t size = type.getShape().back();
  block.back() = 0;
  if (ShapedType::isStatic(size) && size > 2 * line)
    if (int64_t divisor = largestDivisor(size, line); divisor >= line / 2)
      block.back() = divisor;
  return block;
}

int64_t bn::getVectorLength(int64_t tripCount, unsigned bits) {
  // Four vector registers of 256 bits a step hide the latency of sums, so a
  // step costs the same up to that length. What is left over runs one by one.
  int64_t longest = 4 * 256 / bits;
  if (ShapedType::isDynamic(tripCount))
    return longest;
  int64_t best = 1, fewestSteps = tripCount;
  for (int64_t length = longest; length > 1; length /= 2)
    if (int64_t steps = tripCount / length + tripCount % length;
        steps < fewestSteps) {
      best = length;
      fewestSteps = steps;
    }
  return best;
}
