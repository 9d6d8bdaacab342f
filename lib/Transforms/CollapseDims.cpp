//===- CollapseDims.cpp - Merge adjacent dims of the same kind ------------===//
//
// NxCxHxW with channels [1] is NxCx(H*W): one long contiguous inner loop, and
// NxCx1x1 is NxC, with channels innermost. Done on whole tensors, before
// tiling, after which strides are no longer known to be contiguous. Reshapes
// move on through elementwise neighbours, so that they still fuse, up to the
// function's arguments and results, where they are free.
//
//===----------------------------------------------------------------------===//

#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_COLLAPSEDIMSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

namespace {
/// How the dims of data and of channel operands merge.
struct Collapse {
  SmallVector<ReassociationIndices> data, channel;
  /// The channel dims of the collapsed data.
  SmallVector<int64_t> channelDims;

  /// Dims of one element are of their neighbour's kind if `adaptUnits`.
  Collapse(ChannelwiseOpInterface op, bool adaptUnits) {
    SmallVector<bool> kinds = getKinds(op, adaptUnits);
    int64_t numChannels = 0;
    for (auto [dim, isChannel] : llvm::enumerate(kinds)) {
      if (dim == 0 || isChannel != kinds[dim - 1]) {
        data.emplace_back();
        if (isChannel)
          channelDims.push_back(data.size() - 1);
      }
      data.back().push_back(dim);
      if (!llvm::is_contained(op.getChannelDims(), dim))
        continue;
      if (channel.empty() || channel.size() < channelDims.size())
        channel.emplace_back();
      channel.back().push_back(numChannels++);
    }
  }

private:
  /// Whether each dim is one of channels, or adapts to the dim before it that
  /// has a kind of its own; the first ones to the first that has.
  static SmallVector<bool> getKinds(ChannelwiseOpInterface op,
                                    bool adaptUnits) {
    ArrayRef<int64_t> shape = op.getInput().getType().getShape();
    // Of channels, at least one dim must be left.
    bool adaptChannels = llvm::any_of(
        op.getChannelDims(), [&](int64_t dim) { return shape[dim] != 1; });
    auto isChannel = [&](int64_t dim) {
      return llvm::is_contained(op.getChannelDims(), dim);
    };
    auto adapts = [&](int64_t dim) {
      return adaptUnits && shape[dim] == 1 &&
             (adaptChannels || !isChannel(dim));
    };
    auto dims = llvm::seq<int64_t>(shape.size());
    bool kind = isChannel(*llvm::find_if_not(dims, adapts));
    return llvm::map_to_vector(dims, [&](int64_t dim) {
      return kind = adapts(dim) ? kind : isChannel(dim);
    });
  }
};

struct CollapseChannelwiseOp
    : OpInterfaceRewritePattern<ChannelwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ChannelwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    // Ops have data of rank 2 or more (C1), also where all dims are channels.
    int64_t rank = op.getInput().getType().getRank();
    Collapse collapse(op, /*adaptUnits=*/true);
    if (collapse.data.size() < 2)
      collapse = Collapse(op, /*adaptUnits=*/false);
    int64_t collapsedRank = collapse.data.size();
    if (collapsedRank == rank || collapsedRank < 2)
      return failure();
    // No elements, nothing to gain: and where other sizes are not known,
    // upstream does not agree with itself whether that of the merged dim is.
    if (llvm::any_of(op->getOperandTypes(), [](Type type) {
          auto tensor = dyn_cast<RankedTensorType>(type);
          return tensor && llvm::is_contained(tensor.getShape(), 0);
        }))
      return failure();

    Location loc = op.getLoc();
    SmallVector<Value> operands;
    for (auto [operand, spec] :
         llvm::zip(op->getOperands(), op.getOperandSpecs()))
      operands.push_back(rewriter.createOrFold<tensor::CollapseShapeOp>(
          loc, operand, spec.isData ? collapse.data : collapse.channel));

    OperationState state(loc, op->getName());
    state.addOperands(operands);
    for (auto [type, spec] :
         llvm::zip(op->getResultTypes(), op.getResultSpecs()))
      state.types.push_back(tensor::CollapseShapeOp::inferCollapsedType(
          cast<RankedTensorType>(type),
          spec.isData ? collapse.data : collapse.channel));
    NamedAttrList attributes(op->getAttrDictionary());
    attributes.set("channel_dims",
                   rewriter.getDenseI64ArrayAttr(collapse.channelDims));
    state.addAttributes(attributes);
    Operation *collapsed = rewriter.create(state);

    ReifiedRankedShapedTypeDims shapes;
    if (failed(cast<ReifyRankedShapedTypeOpInterface>(op.getOperation())
                   .reifyResultShapes(rewriter, shapes)))
      return failure();
    SmallVector<Value> results;
    for (auto [result, original, spec, shape] :
         llvm::zip(collapsed->getResults(), op->getResults(),
                   op.getResultSpecs(), shapes)) {
      if (result.getType() == original.getType()) {
        results.push_back(result);
        continue;
      }
      results.push_back(tensor::ExpandShapeOp::create(
          rewriter, loc, original.getType(), result,
          spec.isData ? collapse.data : collapse.channel, shape));
    }
    rewriter.replaceOp(op, results);
    return success();
  }
};

struct CollapseDims : bn::impl::CollapseDimsPassBase<CollapseDims> {
  void runOnOperation() override {
    // Casts may hide shapes that contradict each other: this is the last stage
    // that can name the operand.
    WalkResult checked = getOperation()->walk([](ChannelwiseOpInterface op) {
      return WalkResult(op.verifyConstraints(op.getMostStaticOperands()));
    });
    if (checked.wasInterrupted())
      return signalPassFailure();

    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<CollapseChannelwiseOp>(context);
    linalg::FillOp::getCanonicalizationPatterns(patterns, context);
    linalg::populateFoldReshapeOpsByCollapsingPatterns(
        patterns, [](OpOperand *) { return true; });
    tensor::populateFoldTensorEmptyPatterns(patterns);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
