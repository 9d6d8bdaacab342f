//===- FoldSubviews.cpp - Affine accesses to buffers, not their views -----===//

#include "Utils.h"
#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/ViewLikeInterfaceUtils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_FOLDSUBVIEWSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

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
