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

/// The innermost size of `data` if it is not known, `op` sums up for each
/// innermost index, and does so for one index of other dims: a block of
/// channels. Otherwise null.
static Value getChannelBlockSize(linalg::LinalgOp op, OpOperand &data) {
  auto view = data.get().getDefiningOp<memref::SubViewOp>();
  AffineMap map = op.getMatchingIndexingMap(&data);
  if (!view || op.getNumReductionLoops() == 0 || op.getNumParallelLoops() < 2 ||
      !map.isPermutation())
    return nullptr;
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  auto isReduced = [&](AffineExpr expr) {
    return iterators[cast<AffineDimExpr>(expr).getPosition()] ==
           utils::IteratorType::reduction;
  };
  if (isReduced(map.getResults().back()))
    return nullptr;
  for (auto [expr, size] :
       llvm::zip(map.getResults().drop_back(), view.getType().getShape()))
    if (!isReduced(expr) && size != 1)
      return nullptr;
  return dyn_cast<Value>(view.getMixedSizes().back());
}

/// That of the first data which `loop` sums up.
static Value getChannelBlockSize(scf::ForallOp loop) {
  Value size;
  loop.walk([&](linalg::LinalgOp op) {
    for (OpOperand *data : op.getDpsInputOperands())
      if (Value found = getChannelBlockSize(op, *data);
          found && !size && loop.isDefinedOutsideOfLoop(found))
        size = found;
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
