//===- SequentialReductions.cpp - Results in one order, always ------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_SEQUENTIALREDUCTIONSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// Replaces `op` by a nest of loops that carry what it reduces.
static void convertToFors(RewriterBase &rewriter, scf::ParallelOp op) {
  auto body = [&](OpBuilder &b, Location, ValueRange ivs, ValueRange carried) {
    IRMapping mapping;
    mapping.map(op.getInductionVars(), ivs);
    for (Operation &nested : op.getBody()->without_terminator())
      b.clone(nested, mapping);
    auto reduce = cast<scf::ReduceOp>(op.getBody()->getTerminator());
    scf::ValueVector reduced;
    for (auto [value, region, accumulated] :
         llvm::zip(reduce.getOperands(), reduce.getReductions(), carried)) {
      Block &block = region.front();
      mapping.map(block.getArguments(),
                  ValueRange{accumulated, mapping.lookupOrDefault(value)});
      for (Operation &nested : block.without_terminator())
        b.clone(nested, mapping);
      reduced.push_back(
          mapping.lookupOrDefault(block.getTerminator()->getOperand(0)));
    }
    return reduced;
  };
  rewriter.setInsertionPoint(op);
  scf::LoopNest nest = scf::buildLoopNest(
      rewriter, op.getLoc(), op.getLowerBound(), op.getUpperBound(),
      op.getStep(), op.getInitVals(), body);
  rewriter.replaceOp(op, nest.results);
}

namespace {
struct SequentialReductions
    : bn::impl::SequentialReductionsPassBase<SequentialReductions> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](scf::ParallelOp op) {
      if (op.getNumResults() != 0)
        convertToFors(rewriter, op);
    });
  }
};
} // namespace
