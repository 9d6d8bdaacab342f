//===- ForallToAffine.cpp - Parallel loops and views become affine --------===//

#include "Utils.h"
#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/ViewLikeInterfaceUtils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_FORALLTOAFFINEPASS
#include "bn/Transforms/Passes.h.inc"
#define GEN_PASS_DEF_FOLDSUBVIEWSPASS
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

/// Replaces `op` by an access to `memref` at `indices`, values or a map and its
/// operands.
template <typename AccessOp, typename... Indices>
static void replaceAccess(RewriterBase &rewriter, AccessOp op, Value memref,
                          Indices... indices) {
  if constexpr (std::is_same_v<AccessOp, affine::AffineLoadOp>)
    rewriter.replaceOpWithNewOp<AccessOp>(op, memref, indices...);
  else
    rewriter.replaceOpWithNewOp<AccessOp>(op, op.getValueToStore(), memref,
                                          indices...);
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

/// An access to a view of part of a buffer becomes one to the buffer.
template <typename AccessOp> struct FoldSubview : OpRewritePattern<AccessOp> {
  using OpRewritePattern<AccessOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(AccessOp op,
                                PatternRewriter &rewriter) const override {
    auto view = op.getMemRef().template getDefiningOp<memref::SubViewOp>();
    if (!view)
      return failure();
    auto isAffine = [](OpFoldResult value) {
      auto dynamic = dyn_cast<Value>(value);
      return !dynamic || affine::isValidDim(dynamic);
    };
    if (!llvm::all_of(view.getMixedOffsets(), isAffine) ||
        !getConstantIntValues(view.getMixedStrides()))
      return failure();

    SmallVector<OpFoldResult> viewIndices;
    for (AffineExpr expr : op.getAffineMap().getResults())
      viewIndices.push_back(affine::makeComposedFoldedAffineApply(
          rewriter, op.getLoc(),
          AffineMap::get(op.getAffineMap().getNumDims(),
                         op.getAffineMap().getNumSymbols(), expr),
          getAsOpFoldResult(op.getMapOperands())));
    SmallVector<Value> sourceIndices;
    affine::resolveIndicesIntoOpWithOffsetsAndStrides(
        rewriter, op.getLoc(), view.getMixedOffsets(), view.getMixedStrides(),
        view.getDroppedDims(), viewIndices, sourceIndices);
    replaceAccess(rewriter, op, view.getSource(), sourceIndices);
    return success();
  }
};

/// An access to an array with an innermost dim of one element becomes one
/// without it: what is adjacent in memory is then along an innermost dim.
template <typename AccessOp> struct FoldUnitDim : OpRewritePattern<AccessOp> {
  using OpRewritePattern<AccessOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(AccessOp op,
                                PatternRewriter &rewriter) const override {
    MemRefType type = op.getMemRefType();
    // Views hide what becomes of a local buffer.
    if (type.getRank() < 2 || type.getShape().back() != 1 ||
        !type.getLayout().isIdentity() ||
        !isa<BlockArgument>(bn::getBuffer(op.getMemRef())))
      return failure();
    Value collapsed = bn::collapseInnermost(rewriter, op.getMemRef());
    AffineMap map = op.getAffineMap();
    map = AffineMap::get(map.getNumDims(), map.getNumSymbols(),
                         map.getResults().drop_back(), op.getContext());
    replaceAccess(rewriter, op, collapsed, map, op.getMapOperands());
    return success();
  }
};

struct FoldSubviews : bn::impl::FoldSubviewsPassBase<FoldSubviews> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<
        FoldSubview<affine::AffineLoadOp>, FoldSubview<affine::AffineStoreOp>,
        FoldUnitDim<affine::AffineLoadOp>, FoldUnitDim<affine::AffineStoreOp>>(
        &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
