//===- BNDecomposeStaged.cpp - training_backprop by the chain rule --------===//
//
// The nine steps of the forward computation, taken backwards one by one, each
// gradient a value of its own. docs/Math.md derives the closed form from them.
//
//   1 mean     = Σ input / M              6 inverse = 1 / deviation
//   2 centered = input - mean             7 x_hat   = centered * inverse
//   3 square   = centered²                8 scaled  = gamma * x_hat
//   4 variance = Σ square / M             9 output  = scaled + beta
//   5 deviation = sqrt(variance + epsilon)
//
//===----------------------------------------------------------------------===//

#include "Decomposer.h"

using namespace mlir;
using namespace mlir::bn;

FailureOr<SmallVector<Value>> bn::decomposeStaged(TrainingBackpropOp op,
                                                  OpBuilder &b) {
  Decomposer d(op, b);
  Value m = d.count();
  Value meanDelta, varianceDelta;
  if (!op.getStatisticsDeltas().empty()) {
    meanDelta = op.getStatisticsDeltas()[0];
    varianceDelta = op.getStatisticsDeltas()[1];
  }

  using Args = ArrayRef<Value>;
  auto toF64 = [&](Scalars &s, Args args) {
    return llvm::map_to_vector(args,
                               [&](Value arg) { return s.cast(arg, d.f64); });
  };
  auto sum = [&](ArrayRef<Value> data,
                 llvm::function_ref<Value(Scalars &, Args)> body) {
    return d.reduce(data, {}, 1, [&](Scalars &s, Args args) {
      return SmallVector<Value>{body(s, toF64(s, args))};
    })[0];
  };
  auto perChannel = [&](ArrayRef<Value> channels,
                        llvm::function_ref<Value(Scalars &, Args)> body) {
    return d.mapChannels(channels, d.f64, [&](Scalars &s, Args args) {
      return SmallVector<Value>{body(s, toF64(s, args))};
    })[0];
  };
  auto perElement = [&](ArrayRef<Value> data, ArrayRef<Value> channels,
                        llvm::function_ref<Value(Scalars &, Args)> body) {
    return d.mapData(data, channels, d.computeType(),
                     [&](Scalars &s, Args args) {
                       return SmallVector<Value>{body(s, args)};
                     })[0];
  };
  auto product = [](Scalars &s, Args args) { return s.mul(args[0], args[1]); };
  auto identity = [](Scalars &, Args args) { return args[0]; };

  // What the steps kept on their way forward.
  Value centered =
      perElement(op.getInput(), op.getMean(),
                 [](Scalars &s, Args args) { return s.sub(args[0], args[1]); });
  Value inverse = perChannel(op.getVariance(), [&](Scalars &s, Args args) {
    return s.inverseDeviation(args[0], d.epsilon());
  });
  Value xHat = perElement(centered, inverse, product);

  // 9
  Value betaDelta = sum(op.getDelta(), identity);
  // 8
  Value gammaDelta = sum({op.getDelta(), xHat}, product);
  Value xHatDelta = perElement(op.getDelta(), op.getGamma(), product);
  // 7
  Value inverseDelta = sum({xHatDelta, centered}, product);
  Value directDelta = perElement(xHatDelta, inverse, product);
  // 6: -inverse_delta / deviation²
  Value deviationDelta =
      perChannel({inverseDelta, inverse}, [](Scalars &s, Args args) {
        return s.neg(s.mul(args[0], s.mul(args[1], args[1])));
      });
  // 5: deviation_delta / (2 * deviation)
  varianceDelta = perChannel(
      {deviationDelta, inverse, varianceDelta}, [&](Scalars &s, Args args) {
        Value half = s.constant(d.f64, 0.5);
        return s.add(s.mul(half, s.mul(args[0], args[1])), args[2]);
      });
  // 4
  Value squareDelta = perChannel(
      varianceDelta, [&](Scalars &s, Args args) { return s.div(args[0], m); });
  // 3
  Value spreadDelta =
      perElement(centered, squareDelta, [&](Scalars &s, Args args) {
        Value two = s.constant(d.computeType(), 2.0);
        return s.mul(two, s.mul(args[0], args[1]));
      });
  // 2
  Value centeredDelta =
      perElement({directDelta, spreadDelta}, {},
                 [](Scalars &s, Args args) { return s.add(args[0], args[1]); });
  Value centeredSum = sum(centeredDelta, identity);
  meanDelta = perChannel({centeredSum, meanDelta}, [](Scalars &s, Args args) {
    return s.sub(args[1], args[0]);
  });
  // 1
  Value share = perChannel(
      meanDelta, [&](Scalars &s, Args args) { return s.div(args[0], m); });
  Value inputDelta =
      d.mapData(centeredDelta, share, d.dataType(), [](Scalars &s, Args args) {
        return SmallVector<Value>{s.add(args[0], args[1])};
      })[0];

  SmallVector<Value> gradients = d.mapChannels(
      {gammaDelta, betaDelta}, {d.channelType(), d.channelType()},
      [&](Scalars &s, Args args) {
        return SmallVector<Value>{s.cast(args[0], d.channelType()),
                                  s.cast(args[1], d.channelType())};
      });
  return SmallVector<Value>{inputDelta, gradients[0], gradients[1]};
}
