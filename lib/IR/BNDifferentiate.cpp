//===- BNDifferentiate.cpp - Derivatives of bn ops ------------------------===//
//
// The gradient of an op is another bn op; see docs/Math.md for the formulas.
//
//===----------------------------------------------------------------------===//

#include "bn/Differentiation/Utils.h"
#include "bn/IR/BN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Utils/Utils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::bn;

using Gradients = FailureOr<SmallVector<Value>>;

/// Another op on the same channels, with the epsilon of `op`.
template <typename OpTy>
static OpTy createLike(OpBuilder &b, ChannelwiseOpInterface op,
                       ValueRange operands) {
  return OpTy::create(
      b, op.getLoc(), operands,
      {b.getNamedAttr("epsilon",
                      b.getFloatAttr(b.getF64Type(), op.getEpsilon())),
       b.getNamedAttr("channel_dims",
                      b.getDenseI64ArrayAttr(op.getChannelDims()))});
}

/// `cotangent`, or zeros of the shape of `like` where it is null.
static Value orZeros(OpBuilder &b, Value cotangent, Value like) {
  return cotangent ? cotangent : createConstantLike(b, like.getLoc(), like, 0);
}

static SmallVector<Value> orZeros(OpBuilder &b, ArrayRef<Value> cotangents,
                                  ValueRange likes) {
  return llvm::map_to_vector(llvm::zip(cotangents, likes), [&](auto pair) {
    return orZeros(b, std::get<0>(pair), std::get<1>(pair));
  });
}

/// mean and variance are reused. Gradients by gamma and beta come from output
/// alone; what arrives through mean and variance is the optional pair.
Gradients TrainingOp::buildVJP(OpBuilder &b, ArrayRef<Value> cotangents) {
  SmallVector<Value> operands = {
      getInput(), getGamma(),    getBeta(),
      getMean(),  getVariance(), orZeros(b, cotangents[0], getOutput())};
  if (cotangents[1] || cotangents[2])
    operands.append({orZeros(b, cotangents[1], getMean()),
                     orZeros(b, cotangents[2], getVariance())});
  return llvm::to_vector_of<Value>(
      createLike<TrainingBackpropOp>(b, *this, operands).getResults());
}

Gradients InferenceOp::buildVJP(OpBuilder &b, ArrayRef<Value> cotangents) {
  return llvm::to_vector_of<Value>(
      createLike<InferenceBackpropOp>(
          b, *this,
          {getInput(), getGamma(), getMean(), getVariance(), cotangents[0]})
          .getResults());
}

/// What the pair adds to the gradients of a training_backprop whose input_delta
/// has the cotangent `cotangent`: with u the cotangent and d = input - mean,
/// the pair adds Σ u * (mean_delta + 2 * variance_delta * d) / M to the sum
/// that is differentiated. Sums over each channel, and mean varies with input:
///
///   mean_delta:      Σ u / M
///   variance_delta:  2 * Σ u * d / M
///   input:           2 * variance_delta * (u - Σ u / M) / M
static void addGradientsOfPair(OpBuilder &builder, TrainingBackpropOp op,
                               Value cotangent,
                               MutableArrayRef<Value> gradients) {
  ImplicitLocOpBuilder b(op.getLoc(), builder);
  Value varianceDelta = op.getStatisticsDeltas()[1];
  SmallVector<int64_t> reduced =
      cast<ChannelwiseOpInterface>(op.getOperation()).getReducedDims();
  Type dataType = getElementTypeOrSelf(op.getInput());
  Type channelType = getElementTypeOrSelf(op.getMean());
  // Tensors that are static to different degrees: bn ops take them, others not.
  auto castTo = [&](Value value, Type type) -> Value {
    return b.createOrFold<tensor::CastOp>(type, value);
  };
  auto like = [&](Value value, Value other) {
    return castTo(value, other.getType());
  };
  auto mul = [&](Value x, Value y) -> Value {
    return arith::MulFOp::create(b, x, like(y, x));
  };
  auto sub = [&](Value x, Value y) -> Value {
    return arith::SubFOp::create(b, x, like(y, x));
  };
  // Everything in the precision of the parameters.
  Value x = createFloatCast(b, b.getLoc(), op.getInput(), channelType);
  Value u = createFloatCast(b, b.getLoc(), cotangent, channelType);
  auto channelShape =
      llvm::map_to_vector(op.getChannelDims(), [&](int64_t dim) {
        return op.getInput().getType().getDimSize(dim);
      });
  auto spread = [&](Value channel) {
    Type type = RankedTensorType::get(channelShape, channelType);
    return createBroadcast(b, b.getLoc(), castTo(channel, type), x, reduced);
  };
  Value count = arith::ConstantIndexOp::create(b, 1);
  for (int64_t dim : reduced)
    count = arith::MulIOp::create(b, count,
                                  tensor::DimOp::create(b, op.getInput(), dim));
  Value integer = arith::IndexCastOp::create(b, b.getI64Type(), count);
  Value m = arith::SIToFPOp::create(b, channelType, integer);
  Value sum = createSum(b, b.getLoc(), u, reduced);
  Value counts = tensor::SplatOp::create(
      b, m, cast<RankedTensorType>(sum.getType()).getShape(),
      tensor::createDynamicDimValues(b, b.getLoc(), sum));
  Value two = createConstantLike(b, b.getLoc(), sum, 2);
  auto divide = [&](Value channel) -> Value {
    return arith::DivFOp::create(b, channel, like(counts, channel));
  };

  Value average = divide(sum);
  Value deviation = sub(x, spread(op.getMean()));
  gradients[6] = average;
  gradients[7] =
      divide(mul(two, createSum(b, b.getLoc(), mul(u, deviation), reduced)));
  Value slope = divide(mul(two, varianceDelta));
  Value extra = mul(spread(slope), sub(u, spread(average)));
  extra = createFloatCast(b, b.getLoc(), extra, dataType);
  gradients[0] =
      arith::AddFOp::create(b, gradients[0], like(extra, gradients[0]));
}

/// mean and variance are functions of input: their part is in its gradient, and
/// they have none of their own. Neither has beta, which is not used.
Gradients TrainingBackpropOp::buildVJP(OpBuilder &b,
                                       ArrayRef<Value> cotangents) {
  SmallVector<Value> operands = {getInput(), getGamma(), getMean(),
                                 getVariance(), getDelta()};
  operands.append(orZeros(b, cotangents, getResults()));
  auto gradient = createLike<TrainingDoubleBackpropOp>(b, *this, operands);
  SmallVector<Value> gradients(getNumOperands());
  gradients[0] = gradient.getInputDelta();
  gradients[1] = gradient.getGammaDelta();
  gradients[5] = gradient.getDeltaDelta();
  if (!getStatisticsDeltas().empty() && cotangents[0])
    addGradientsOfPair(b, *this, cotangents[0], gradients);
  return gradients;
}

Gradients InferenceBackpropOp::buildVJP(OpBuilder &b,
                                        ArrayRef<Value> cotangents) {
  SmallVector<Value> operands = llvm::to_vector(getOperands());
  operands.append(orZeros(b, cotangents, getResults()));
  return llvm::to_vector_of<Value>(
      createLike<InferenceDoubleBackpropOp>(b, *this, operands).getResults());
}

/// The op is linear: applied to cotangents instead of running averages, and
/// then instead of statistics, with zeros for the others.
Gradients UpdateStatisticsOp::buildVJP(OpBuilder &b,
                                       ArrayRef<Value> cotangents) {
  SmallVector<Value> given = orZeros(b, cotangents, getResults());
  Value zeros = createConstantLike(b, getLoc(), getRunningMean(), 0);
  auto apply = [&](Value runningMean, Value runningVariance, Value mean,
                   Value variance) {
    return UpdateStatisticsOp::create(b, getLoc(), runningMean, runningVariance,
                                      mean, variance, getCount(),
                                      getMomentumAttr(), getUnbiasedAttr());
  };
  UpdateStatisticsOp running = apply(given[0], given[1], zeros, zeros);
  UpdateStatisticsOp sample = apply(zeros, zeros, given[0], given[1]);
  SmallVector<Value> gradients(getNumOperands());
  gradients[0] = running.getNewRunningMean();
  gradients[1] = running.getNewRunningVariance();
  gradients[2] = sample.getNewRunningMean();
  gradients[3] = sample.getNewRunningVariance();
  return gradients;
}
