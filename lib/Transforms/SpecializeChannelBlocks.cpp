//===- SpecializeChannelBlocks.cpp - Loops for usual blocks of channels ---===//
//
// Data in blocks, such as N x C/8 x H x W x 8, have a few channels innermost. A
// loop that adds up as many of them as it is told keeps its sums in memory, and
// is several times as slow as one that knows it needs a register. So a parallel
// loop over blocks of a size that is not known gets copies for the usual sizes:
//
//   scf.if %size == 8 { scf.forall ... 8 ... }
//   else { scf.forall ... %size ... }
//
//===----------------------------------------------------------------------===//

#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

namespace mlir::bn {
#define GEN_PASS_DEF_SPECIALIZECHANNELBLOCKSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// The innermost size of the data that `loop` sums up for each innermost index,
/// if it is not known; otherwise null.
static Value getChannelBlockSize(scf::ForallOp loop) {
  Value size;
  loop.walk([&](linalg::LinalgOp op) {
    if (op.getNumReductionLoops() == 0)
      return;
    for (OpOperand *operand : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(operand);
      auto view = operand->get().getDefiningOp<memref::SubViewOp>();
      if (!view || map.getNumResults() != op.getNumLoops())
        continue;
      auto dim = cast<AffineDimExpr>(map.getResults().back());
      auto innermost = dyn_cast<Value>(view.getMixedSizes().back());
      if (innermost && loop.isDefinedOutsideOfLoop(innermost) &&
          op.getIteratorTypesArray()[dim.getPosition()] ==
              utils::IteratorType::parallel)
        size = innermost;
    }
  });
  return size;
}

/// Runs `loop` with the constant `number` for `size` where they are equal.
static void specialize(RewriterBase &rewriter, scf::ForallOp loop, Value size,
                       int64_t number) {
  Location loc = loop.getLoc();
  rewriter.setInsertionPoint(loop);
  Value constant = arith::ConstantIndexOp::create(rewriter, loc, number);
  Value isEqual = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                        size, constant);
  auto choice =
      scf::IfOp::create(rewriter, loc, isEqual, /*withElseRegion=*/true);
  rewriter.setInsertionPointToStart(choice.thenBlock());
  IRMapping mapping;
  mapping.map(size, constant);
  rewriter.clone(*loop, mapping);
  rewriter.moveOpBefore(loop, choice.elseBlock()->getTerminator());
}

namespace {
struct SpecializeChannelBlocks
    : bn::impl::SpecializeChannelBlocksPassBase<SpecializeChannelBlocks> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<scf::ForallOp> loops;
    getOperation()->walk([&](scf::ForallOp loop) {
      if (loop.getNumResults() == 0)
        loops.push_back(loop);
    });
    for (scf::ForallOp loop : loops) {
      moveLoopInvariantCode(loop);
      if (Value size = getChannelBlockSize(loop))
        for (int64_t number : bn::kUsualChannelBlocks)
          specialize(rewriter, loop, size, number);
    }
  }
};
} // namespace
