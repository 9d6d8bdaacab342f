//===- BNToLinalg.cpp - Conversion of bn ops to linalg --------------------===//

#include "bn/Conversion/Passes.h"
#include "bn/IR/BN.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CONVERTBNTOLINALGPASS
#include "bn/Conversion/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

namespace {
struct DecomposeOp : OpInterfaceRewritePattern<linalg::AggregatedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::AggregatedOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!isa<BNDialect>(op->getDialect()))
      return failure();
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return failure();
    // Result types may be less or more static than what operands show.
    for (auto [value, type] : llvm::zip(*results, op->getResultTypes()))
      if (value.getType() != type)
        value = tensor::CastOp::create(rewriter, op.getLoc(), type, value);
    rewriter.replaceOp(op, *results);
    return success();
  }
};

struct ConvertBNToLinalg
    : bn::impl::ConvertBNToLinalgPassBase<ConvertBNToLinalg> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateBNToLinalgPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void bn::populateBNToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<DecomposeOp>(patterns.getContext());
}
