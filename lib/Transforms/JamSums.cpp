//===- JamSums.cpp - Several sums at a time -------------------------------===//
//
// Sums of many innermost channels do not fit registers: each row loads and
// stores all of them. Rows are taken several at a time, so that one load and
// store serves them all.
//
// A sum of short runs waits for one addition after the other. Those of several
// channels are taken at a time, so that none waits.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/Analysis/AffineAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/LoopUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::bn {
#define GEN_PASS_DEF_JAMSUMSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

/// How many rows or channels: more streams than this slow the prefetcher down.
static constexpr uint64_t kFactor = 4;

/// Runs that are no longer than this make one or two vectors.
static constexpr uint64_t kShortRun = 16;

/// Whether the innermost index of `access` changes along `loop`.
template <typename Access>
static bool isInnermost(Access access, AffineForOp loop) {
  auto operand = llvm::find(access.getMapOperands(), loop.getInductionVar());
  return operand != access.getMapOperands().end() &&
         access.getAffineMap().getNumResults() != 0 &&
         access.getAffineMap().getResults().back().isFunctionOfDim(
             operand - access.getMapOperands().begin());
}

/// Whether `store`, in `inner`, writes one element in each of its iterations,
/// and the same ones in each of `rows`, to a buffer of which there are no
/// views.
static bool storesSums(AffineStoreOp store, AffineForOp rows,
                       AffineForOp inner) {
  return isInnermost(store, inner) &&
         !llvm::is_contained(store.getMapOperands(), rows.getInductionVar()) &&
         llvm::none_of(store.getMemRef().getUsers(),
                       llvm::IsaPred<ViewLikeOpInterface>);
}

/// Whether `rows` does nothing but add each of its rows, element by element, to
/// buffers that it accesses in no other way.
static bool addsUpRows(AffineForOp rows) {
  auto inner = dyn_cast<AffineForOp>(rows.getBody()->front());
  if (!inner || !llvm::hasNItems(*rows.getBody(), 2) ||
      rows.getNumIterOperands() || inner.getNumIterOperands())
    return false;
  auto stores = llvm::to_vector(inner.getBody()->getOps<AffineStoreOp>());
  if (stores.empty() || !bn::hasDistinctBuffers(inner))
    return false;
  return llvm::all_of(inner.getBody()->without_terminator(), [&](auto &op) {
    if (auto store = dyn_cast<AffineStoreOp>(op))
      return storesSums(store, rows, inner) &&
             llvm::none_of(stores, [&](AffineStoreOp other) {
               return other != store && other.getMemRef() == store.getMemRef();
             });
    if (auto load = dyn_cast<AffineLoadOp>(op))
      return llvm::all_of(stores, [&](AffineStoreOp store) {
        return load.getMemRef() != store.getMemRef() ||
               bn::isSameElement(load, store);
      });
    return op.getNumRegions() == 0 && isMemoryEffectFree(&op);
  });
}

/// Whether each iteration of `channels` has sums of its own, of short runs.
static bool addsUpShortRuns(AffineForOp channels) {
  auto loops = channels.getBody()->getOps<AffineForOp>();
  if (channels.getNumIterOperands() || !llvm::hasSingleElement(loops) ||
      !bn::hasDistinctBuffers(channels) || !isLoopMemoryParallel(channels))
    return false;
  AffineForOp runs = *loops.begin();
  while (auto inner = dyn_cast<AffineForOp>(runs.getBody()->front()))
    runs = inner;
  std::optional<uint64_t> length = getConstantTripCount(runs);
  return runs.getNumIterOperands() && length && *length <= kShortRun &&
         llvm::all_of(
             runs.getBody()->getOps<AffineLoadOp>(),
             [&](AffineLoadOp load) { return isInnermost(load, runs); });
}

namespace {
struct JamSums : bn::impl::JamSumsPassBase<JamSums> {
  void runOnOperation() override {
    SmallVector<AffineForOp> nests;
    getOperation()->walk([&](AffineForOp loop) {
      if (addsUpRows(loop) || addsUpShortRuns(loop))
        nests.push_back(loop);
    });
    for (AffineForOp loop : nests)
      (void)loopUnrollJamUpToFactor(loop, kFactor);
  }
};
} // namespace
