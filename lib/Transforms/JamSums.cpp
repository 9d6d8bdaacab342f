//===- JamSums.cpp - Sums of several rows in one pass over them -----------===//
//
// Sums of many innermost channels do not fit registers: each row loads and
// stores all of them. Rows are taken several at a time, so that one load and
// store serves them all.
//
//===----------------------------------------------------------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/LoopUtils.h"

namespace mlir::bn {
#define GEN_PASS_DEF_JAMSUMSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

/// How many rows: more streams than this slow the prefetcher down.
static constexpr uint64_t kRows = 4;

/// Whether `rows` does nothing but add each of its rows, element by element, to
/// buffers that it accesses in no other way.
static bool addsUpRows(AffineForOp rows) {
  auto inner = dyn_cast<AffineForOp>(rows.getBody()->front());
  if (!inner || !llvm::hasNItems(*rows.getBody(), 2) ||
      rows.getNumIterOperands() || inner.getNumIterOperands() ||
      !inner.getBody()->getOps<AffineForOp>().empty())
    return false;
  auto stores = llvm::to_vector(inner.getBody()->getOps<AffineStoreOp>());
  return !stores.empty() && llvm::all_of(stores, [&](AffineStoreOp store) {
    auto isSameElement = [&](auto access) {
      return access.getAffineMap() == store.getAffineMap() &&
             llvm::equal(access.getMapOperands(), store.getMapOperands());
    };
    return !llvm::is_contained(store.getMapOperands(),
                               rows.getInductionVar()) &&
           llvm::is_contained(store.getMapOperands(),
                              inner.getInductionVar()) &&
           store.getAffineMap().getResults().back().isFunctionOfDim(
               llvm::find(store.getMapOperands(), inner.getInductionVar()) -
               store.getMapOperands().begin()) &&
           llvm::all_of(store.getMemRef().getUsers(), [&](Operation *user) {
             if (!inner->isAncestor(user))
               return !isa<ViewLikeOpInterface>(user);
             if (auto load = dyn_cast<AffineLoadOp>(user))
               return isSameElement(load);
             return user == store;
           });
  });
}

namespace {
struct JamSums : bn::impl::JamSumsPassBase<JamSums> {
  void runOnOperation() override {
    SmallVector<AffineForOp> nests;
    getOperation()->walk([&](AffineForOp loop) {
      if (addsUpRows(loop))
        nests.push_back(loop);
    });
    for (AffineForOp rows : nests)
      (void)loopUnrollJamUpToFactor(rows, kRows);
  }
};
} // namespace
