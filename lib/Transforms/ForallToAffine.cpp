//===- ForallToAffine.cpp - Parallel loops become affine ------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_FORALLTOAFFINEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// Maps of one result each for the bounds of a parallel loop. Fails where a
/// bound is no affine symbol.
static LogicalResult getBoundMaps(ArrayRef<OpFoldResult> bounds, Operation *op,
                                  SmallVectorImpl<AffineMap> &maps,
                                  SmallVectorImpl<Value> &operands) {
  MLIRContext *context = op->getContext();
  // All maps share one list of operands.
  for (OpFoldResult bound : bounds)
    if (auto value = dyn_cast<Value>(bound)) {
      if (!affine::isValidSymbol(value))
        return failure();
      operands.push_back(value);
    }
  unsigned numSymbols = operands.size(), next = 0;
  for (OpFoldResult bound : bounds) {
    AffineExpr expr =
        isa<Value>(bound)
            ? getAffineSymbolExpr(next++, context)
            : getAffineConstantExpr(*getConstantIntValue(bound), context);
    maps.push_back(AffineMap::get(0, numSymbols, expr));
  }
  return success();
}

namespace {
struct ConvertForall : OpRewritePattern<scf::ForallOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(scf::ForallOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<AffineMap> lower, upper;
    SmallVector<Value> lowerArgs, upperArgs;
    std::optional<SmallVector<int64_t>> steps =
        getConstantIntValues(op.getMixedStep());
    if (op.getNumResults() != 0 || !steps ||
        failed(getBoundMaps(op.getMixedLowerBound(), op, lower, lowerArgs)) ||
        failed(getBoundMaps(op.getMixedUpperBound(), op, upper, upperArgs)))
      return failure();

    auto loop = affine::AffineParallelOp::create(
        rewriter, op.getLoc(), TypeRange(), ArrayRef<arith::AtomicRMWKind>(),
        lower, lowerArgs, upper, upperArgs, *steps);
    rewriter.eraseOp(op.getTerminator());
    rewriter.inlineBlockBefore(op.getBody(), loop.getBody()->getTerminator(),
                               loop.getIVs());
    rewriter.eraseOp(op);
    return success();
  }
};

struct ForallToAffine : bn::impl::ForallToAffinePassBase<ForallToAffine> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertForall>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
