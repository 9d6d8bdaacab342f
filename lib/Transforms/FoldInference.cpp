//===- FoldInference.cpp - Fold bn.inference into the layer before it -----===//
//
// With weights W, bias b and a = gamma / sqrt(variance + epsilon),
//
//   inference(x * W + b) = x * (W a) + ((b - mean) a + beta).
//
// Both brackets are batch norms themselves: of the weights, with mean and beta
// zero, and of the bias. So no formula is repeated here.
//
//===----------------------------------------------------------------------===//

#include "bn/Differentiation/Utils.h"
#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_FOLDINFERENCEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

namespace {
/// The layer in front of a bn.inference.
struct Layer {
  linalg::LinalgOp op;
  /// The input that carries the channels, and which of its dims they are.
  OpOperand *weights;
  int64_t weightsDim;
  /// What is added to each channel, in any order.
  SmallVector<Value> biases;
  /// The number of channels, static where any of the types involved says so.
  int64_t channels;
};
} // namespace

/// Whether `map` selects only dim `dim` of its domain.
static bool selectsOnly(AffineMap map, int64_t dim) {
  return map.getNumResults() == 1 && map.isProjectedPermutation() &&
         map.getDimPosition(0) == dim;
}

/// Appends the per-channel values that `tensor` repeats along all its dims but
/// `channelDim`: none where it is zero. Fails where it is no such tensor.
static LogicalResult matchBias(Value tensor, int64_t channelDim,
                               SmallVectorImpl<Value> &biases) {
  if (isZeroSplat(tensor))
    return success();
  auto op = tensor.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      !selectsOnly(op.getMatchingIndexingMap(op.getDpsInputOperand(0)),
                   channelDim))
    return failure();
  Operation *yield = op.getBlock()->getTerminator();
  if (yield->getOperand(0) != op.getBlock()->getArgument(0))
    return failure();
  biases.push_back(op.getDpsInputOperand(0)->get());
  return success();
}

/// If `op` adds a bias to a tensor, appends the bias and returns the tensor.
static FailureOr<Value> matchBiasAddition(Operation *op, int64_t channelDim,
                                          SmallVectorImpl<Value> &biases) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!isa<arith::AddFOp>(op)) {
    if (!linalgOp || linalgOp.getNumDpsInputs() != 2 ||
        linalgOp.getNumDpsInits() != 1 ||
        linalgOp.getNumParallelLoops() != linalgOp.getNumLoops() ||
        !linalgOp.getMatchingIndexingMap(linalgOp.getDpsInitOperand(0))
             .isIdentity())
      return failure();
    Block *body = linalgOp.getBlock();
    auto add =
        body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
    Value first = body->getArgument(0), second = body->getArgument(1);
    if (!add || &body->front() != add.getOperation() ||
        !((add.getLhs() == first && add.getRhs() == second) ||
          (add.getLhs() == second && add.getRhs() == first)))
      return failure();
  }
  for (unsigned i : {0, 1}) {
    OpOperand &data = op->getOpOperand(i), &bias = op->getOpOperand(1 - i);
    if (linalgOp && !linalgOp.getMatchingIndexingMap(&data).isIdentity())
      continue;
    if (linalgOp &&
        selectsOnly(linalgOp.getMatchingIndexingMap(&bias), channelDim)) {
      biases.push_back(bias.get());
      return data.get();
    }
    if ((!linalgOp || linalgOp.getMatchingIndexingMap(&bias).isIdentity()) &&
        succeeded(matchBias(bias.get(), channelDim, biases)))
      return data.get();
  }
  return failure();
}

/// The layer in the same block whose output `op` normalizes, if nothing else
/// uses that output and the channels of both are the same.
static FailureOr<Layer> matchLayer(InferenceOp op) {
  if (op.getChannelDims().size() != 1)
    return failure();
  int64_t channelDim = op.getChannelDims().front();

  Layer layer;
  Value output = op.getInput();
  while (true) {
    Operation *producer = output.getDefiningOp();
    // Elsewhere it may run less often.
    if (!producer || producer->getBlock() != op->getBlock() ||
        !output.hasOneUse())
      return failure();
    if (isa<linalg::MatmulOp, linalg::Conv2DNchwFchwOp,
            linalg::Conv2DNhwcHwcfOp>(producer)) {
      layer.op = cast<linalg::LinalgOp>(producer);
      break;
    }
    FailureOr<Value> data =
        matchBiasAddition(producer, channelDim, layer.biases);
    if (failed(data))
      return failure();
    output = *data;
  }

  OpOperand *init = layer.op.getDpsInitOperand(0);
  AffineExpr channel =
      layer.op.getMatchingIndexingMap(init).getResult(channelDim);
  unsigned matches = 0;
  for (OpOperand *input : layer.op.getDpsInputOperands()) {
    AffineMap map = layer.op.getMatchingIndexingMap(input);
    if (auto dim = map.getResultPosition(channel)) {
      layer.weights = input;
      layer.weightsDim = *dim;
      ++matches;
    }
  }
  if (matches != 1 ||
      getElementTypeOrSelf(layer.weights->get().getType()) !=
          op.getInput().getType().getElementType() ||
      failed(matchBias(init->get(), channelDim, layer.biases)))
    return failure();

  // Types may be static here and dynamic there, but not contradict each other.
  SmallVector<int64_t> sizes = {
      cast<ShapedType>(init->get().getType()).getDimSize(channelDim),
      cast<ShapedType>(layer.weights->get().getType())
          .getDimSize(layer.weightsDim),
      op.getInput().getType().getDimSize(channelDim)};
  for (Value value :
       {op.getGamma(), op.getBeta(), op.getMean(), op.getVariance()})
    sizes.push_back(cast<ShapedType>(value.getType()).getDimSize(0));
  for (Value bias : layer.biases)
    sizes.push_back(cast<ShapedType>(bias.getType()).getDimSize(0));
  layer.channels = ShapedType::kDynamic;
  for (int64_t size : sizes) {
    if (ShapedType::isDynamic(size))
      continue;
    if (ShapedType::isStatic(layer.channels) && layer.channels != size)
      return failure();
    layer.channels = size;
  }
  return layer;
}

namespace {
struct FoldIntoLayer : OpRewritePattern<InferenceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(InferenceOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<Layer> layer = matchLayer(op);
    if (failed(layer))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = op.getInput().getType().getElementType();
    auto withKnownSize = [&](Value channels) {
      Type type = RankedTensorType::get(
          layer->channels, getElementTypeOrSelf(channels.getType()));
      return b.createOrFold<tensor::CastOp>(type, channels);
    };
    SmallVector<OpFoldResult> channels =
        tensor::getMixedSizes(b, b.getLoc(), withKnownSize(op.getGamma()));

    Value zero = createZeros(b, b.getLoc(), channels,
                             getElementTypeOrSelf(op.getGamma().getType()));
    Value weights = InferenceOp::create(
        b, layer->weights->get(), op.getGamma(), zero, zero, op.getVariance(),
        op.getEpsilonAttr(), b.getDenseI64ArrayAttr(layer->weightsDim));

    // A batch of one: the bias.
    SmallVector<OpFoldResult> row = {b.getIndexAttr(1), channels.front()};
    Value bias;
    for (Value next : layer->biases) {
      next = withKnownSize(next);
      bias = bias ? arith::AddFOp::create(b, bias, next).getResult() : next;
    }
    bias = bias ? linalg::BroadcastOp::create(
                      b, bias, tensor::EmptyOp::create(b, row, element),
                      ArrayRef<int64_t>{0})
                      .getResult()
                      .front()
                : createZeros(b, b.getLoc(), row, element);
    bias = InferenceOp::create(
        b, bias, op.getGamma(), op.getBeta(), op.getMean(), op.getVariance(),
        op.getEpsilonAttr(), b.getDenseI64ArrayAttr({1}));
    bias = tensor::CollapseShapeOp::create(
        b, bias, ArrayRef<ReassociationIndices>{{0, 1}});

    OpOperand *init = layer->op.getDpsInitOperand(0);
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(b, b.getLoc(), init->get());
    sizes[op.getChannelDims().front()] = channels.front();
    Value start =
        linalg::BroadcastOp::create(
            b, bias, tensor::EmptyOp::create(b, sizes, element),
            cast<ChannelwiseOpInterface>(op.getOperation()).getReducedDims())
            .getResult()
            .front();

    SmallVector<Value> operands = llvm::to_vector(layer->op->getOperands());
    operands[layer->weights->getOperandNumber()] = weights;
    operands[init->getOperandNumber()] = start;
    Value output =
        clone(b, layer->op, TypeRange(start), operands)->getResult(0);
    rewriter.replaceOp(
        op, b.createOrFold<tensor::CastOp>(op.getOutput().getType(), output));
    return success();
  }
};

struct FoldInference : bn::impl::FoldInferencePassBase<FoldInference> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoLayer>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
