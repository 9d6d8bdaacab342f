//===- Prefetch.cpp - Ask for data before loops need them -----------------===//
//
// Hardware prefetches what is adjacent, and stops where a page or a channel's
// row ends. A parallel loop over blocks of channels jumps from row to row, and
// waits for memory at each. So its sums ask for what is some lines ahead, and
// the sweep that writes results, and finds its own data in a cache, asks for
// those of the next block, and for what it reads itself, such as a residual:
// memory is read while it is written. It also asks for lines that later blocks
// write a part of: such a line is read first.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"

namespace mlir::bn {
#define GEN_PASS_DEF_PREFETCHPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using affine::AffineForOp;
using affine::AffineParallelOp;
using affine::AffinePrefetchOp;
using affine::AffineVectorLoadOp;
using affine::AffineVectorStoreOp;

/// How far ahead a block asks for lines to write in a row of results, and how
/// many blocks that is where it is not known.
static constexpr int64_t kBytesToWrite = 1024;
static constexpr int64_t kUsualBlocks = 4;

/// Asks for the cache lines that `access` reads or writes when `iv` is larger
/// by `distance`.
template <typename Access>
static void prefetch(Access access, Value iv, int64_t distance,
                     unsigned locality) {
  OpBuilder b(access);
  AffineMap map =
      bn::advance(access.getAffineMap(), access.getMapOperands(), iv, distance);
  int64_t line = bn::getNumPerLine(access.getMemRefType().getElementType());
  SmallVector<AffineExpr> indices(map.getResults());
  for (int64_t i = 0; i < access.getVectorType().getNumElements(); i += line) {
    AffinePrefetchOp::create(
        b, access.getLoc(), access.getMemRef(), access.getMapOperands(),
        std::is_same_v<Access, AffineVectorStoreOp>, locality,
        /*isDataCache=*/true,
        AffineMap::get(map.getNumDims(), map.getNumSymbols(), indices,
                       b.getContext()));
    indices.back() = indices.back() + line;
  }
}

/// The bytes of `memrefs` that one iteration of `blocks` uses, as far as sizes
/// are known.
static uint64_t getBytesPerBlock(AffineParallelOp blocks,
                                 ArrayRef<Value> memrefs) {
  uint64_t bytes = 0, numBlocks = 1;
  for (Value memref : memrefs)
    bytes += bn::getTotalBytes(cast<MemRefType>(memref.getType())).value_or(0);
  if (auto ranges = blocks.getConstantRanges())
    for (auto [range, step] : llvm::zip(*ranges, blocks.getSteps()))
      numBlocks *= llvm::divideCeil(range, step);
  return bytes / std::max<uint64_t>(numBlocks, 1);
}

/// Data have more dims than what channels share; their views may have fewer.
static int64_t getRankOfBuffer(Value memref) {
  return cast<MemRefType>(bn::getBuffer(memref).getType()).getRank();
}

/// How far ahead of `blocks` to ask for the lines that `store` writes, if they
/// are those of a result's short rows: of long ones, and of others than
/// results, hardware knows better.
static std::optional<int64_t> getDistanceToWrite(AffineVectorStoreOp store,
                                                 AffineParallelOp blocks,
                                                 uint64_t cacheBytes) {
  MemRefType type = store.getMemRefType();
  auto loop = dyn_cast<AffineForOp>(store->getParentOp());
  auto bytes = bn::getTotalBytes(type);
  auto getStride = [&](Value iv) {
    return bn::getStride(store.getAffineMap(), store.getMapOperands(), type,
                         iv);
  };
  if (!loop || !isa<BlockArgument>(bn::getBuffer(store.getMemRef())) ||
      (bytes && bn::staysInCache(*bytes, cacheBytes)) ||
      getStride(loop.getInductionVar()) !=
          bn::getNumBytes(type.getElementType()))
    return std::nullopt;
  int64_t step = blocks.getSteps().back();
  auto stride = getStride(blocks.getIVs().back());
  if (!stride)
    return kUsualBlocks * step;
  // A quotient, as the product may wrap.
  if (*stride <= 0 || *stride > kBytesToWrite / step)
    return std::nullopt;
  return kBytesToWrite / (*stride * step) * step;
}

static void prefetchBlocks(AffineParallelOp blocks, uint64_t cacheBytes) {
  // One that does not move on has no next block.
  SmallVector<int64_t> steps = blocks.getSteps();
  if (steps.empty() || llvm::is_contained(steps, 0))
    return;
  SmallVector<AffineVectorLoadOp> sums, sweeps;
  llvm::SetVector<Value> data;
  blocks.walk([&](AffineVectorLoadOp load) {
    auto loop = dyn_cast<AffineForOp>(load->getParentOp());
    if (loop && loop.getNumIterOperands()) {
      sums.push_back(load);
      data.insert(load.getMemRef());
    } else if (loop && !data.empty() &&
               getRankOfBuffer(load.getMemRef()) ==
                   getRankOfBuffer(data.front())) {
      sweeps.push_back(load);
    }
  });
  if (llvm::all_of(data, [&](Value memref) {
        auto bytes = bn::getTotalBytes(cast<MemRefType>(memref.getType()));
        return bytes && bn::staysInCache(*bytes, cacheBytes);
      }))
    return;

  for (AffineVectorLoadOp load : sums) {
    auto loop = cast<AffineForOp>(load->getParentOp());
    int64_t numStreams = llvm::count_if(sums, [&](AffineVectorLoadOp other) {
      return other->getParentOp() == loop;
    });
    if (auto stride =
            bn::getStride(load.getAffineMap(), load.getMapOperands(),
                          load.getMemRefType(), loop.getInductionVar());
        stride && *stride > 0)
      prefetch(load, loop.getInductionVar(),
               llvm::divideCeil(bn::kPrefetchedBytes, numStreams * *stride),
               /*locality=*/3);
  }
  // Not where this block would go before it is read again.
  if (bn::staysInCache(2 * getBytesPerBlock(blocks, data.getArrayRef()),
                       cacheBytes))
    for (AffineVectorLoadOp load : sweeps)
      prefetch(load, blocks.getIVs().back(), steps.back(), /*locality=*/2);

  blocks.walk([&](AffineVectorStoreOp store) {
    if (auto ahead = getDistanceToWrite(store, blocks, cacheBytes))
      prefetch(store, blocks.getIVs().back(), *ahead, /*locality=*/3);
  });
}

namespace {
struct Prefetch : bn::impl::PrefetchPassBase<Prefetch> {
  using PrefetchPassBase::PrefetchPassBase;

  void runOnOperation() override {
    uint64_t bytes = bn::getCacheBytes(cacheBytes);
    getOperation()->walk(
        [&](AffineParallelOp blocks) { prefetchBlocks(blocks, bytes); });
  }
};
} // namespace
