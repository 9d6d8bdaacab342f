//===- BNToLinalg.cpp - Conversion of bn ops to linalg --------------------===//

#include "bn/Conversion/Passes.h"
#include "bn/IR/BN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CONVERTBNTOLINALGPASS
#include "bn/Conversion/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// Replaces `op` by `results`, whose types may be less or more static than what
/// the op's operands show.
static LogicalResult replaceByParts(PatternRewriter &rewriter, Operation *op,
                                    FailureOr<SmallVector<Value>> results) {
  if (failed(results))
    return failure();
  for (auto [value, type] : llvm::zip(*results, op->getResultTypes()))
    if (value.getType() != type)
      value = tensor::CastOp::create(rewriter, op->getLoc(), type, value);
  rewriter.replaceOp(op, *results);
  return success();
}

namespace {
struct DecomposeOp : OpInterfaceRewritePattern<linalg::AggregatedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::AggregatedOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BNDialect>(op->getDialect()))
      return failure();
    return replaceByParts(rewriter, op, op.decomposeOperation(rewriter));
  }
};

struct StageBackprop : OpRewritePattern<TrainingBackpropOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TrainingBackpropOp op,
                                PatternRewriter &rewriter) const override {
    return replaceByParts(rewriter, op, decomposeStaged(op, rewriter));
  }
};

struct ConvertBNToLinalg
    : bn::impl::ConvertBNToLinalgPassBase<ConvertBNToLinalg> {
  using ConvertBNToLinalgPassBase::ConvertBNToLinalgPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateBNToLinalgPatterns(patterns, form);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void bn::populateBNToLinalgPatterns(RewritePatternSet &patterns,
                                    BackpropForm form) {
  patterns.add<DecomposeOp>(patterns.getContext());
  if (form == BackpropForm::Staged)
    patterns.add<StageBackprop>(patterns.getContext(), /*benefit=*/2);
}
