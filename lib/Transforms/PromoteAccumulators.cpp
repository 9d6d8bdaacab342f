//===- PromoteAccumulators.cpp - Accumulate in registers ------------------===//
//
//   affine.for %i { %s = load %m[]; %t = %s + ...; store %t, %m[] }
// becomes
//   %init = load %m[]
//   %sum = affine.for %i iter_args(%s = %init) { %t = %s + ...; yield %t }
//   store %sum, %m[]
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_PROMOTEACCUMULATORSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using affine::AffineForOp;
using affine::AffineLoadOp;
using affine::AffineStoreOp;

namespace {
struct Accumulator {
  AffineLoadOp load;
  AffineStoreOp store;
};
} // namespace

/// The accumulator that `store`, directly in `loop`, belongs to: one element of
/// a local buffer that the loop accesses in no other way.
static std::optional<Accumulator> matchAccumulator(AffineForOp loop,
                                                   AffineStoreOp store) {
  if (!isa_and_nonnull<memref::AllocOp, memref::AllocaOp>(
          store.getMemRef().getDefiningOp()) ||
      !loop.isDefinedOutsideOfLoop(store.getMemRef()) ||
      !llvm::all_of(store.getMapOperands(), [&](Value operand) {
        return loop.isDefinedOutsideOfLoop(operand);
      }))
    return std::nullopt;
  AffineLoadOp load = bn::getLoadBefore(store, loop);
  if (!load)
    return std::nullopt;
  return Accumulator{load, store};
}

static void promote(RewriterBase &rewriter, AffineForOp loop,
                    MutableArrayRef<Accumulator> accumulators) {
  rewriter.setInsertionPoint(loop);
  SmallVector<Value> inits;
  for (Accumulator &accumulator : accumulators)
    inits.push_back(rewriter.clone(*accumulator.load)->getResult(0));
  auto newLoop = cast<AffineForOp>(*loop.replaceWithAdditionalYields(
      rewriter, inits, /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument>) {
        return llvm::map_to_vector(accumulators, [](Accumulator &accumulator) {
          return accumulator.store.getValue();
        });
      }));
  rewriter.setInsertionPointAfter(newLoop);
  unsigned count = accumulators.size();
  for (auto [accumulator, argument, result] :
       llvm::zip(accumulators, newLoop.getRegionIterArgs().take_back(count),
                 newLoop.getResults().take_back(count))) {
    AffineStoreOp::create(rewriter, accumulator.store.getLoc(), result,
                          accumulator.store.getMemRef(),
                          accumulator.store.getAffineMap(),
                          accumulator.store.getMapOperands());
    rewriter.replaceOp(accumulator.load, argument);
    rewriter.eraseOp(accumulator.store);
  }
}

namespace {
struct PromoteAccumulators
    : bn::impl::PromoteAccumulatorsPassBase<PromoteAccumulators> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    // Inner loops first: what they promote, the loops around them promote on.
    SmallVector<AffineForOp> loops;
    getOperation()->walk([&](AffineForOp loop) { loops.push_back(loop); });
    for (AffineForOp loop : loops) {
      SmallVector<Accumulator> accumulators;
      for (auto store : loop.getBody()->getOps<AffineStoreOp>())
        if (auto accumulator = matchAccumulator(loop, store))
          accumulators.push_back(*accumulator);
      if (!accumulators.empty())
        promote(rewriter, loop, accumulators);
    }
  }
};
} // namespace
