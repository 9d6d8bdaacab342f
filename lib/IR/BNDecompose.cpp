//===- BNDecompose.cpp - Ops and their gradients as linalg ops ------------===//

#include "Decomposer.h"

using namespace mlir;
using namespace mlir::bn;

/// Σ input / m, for each channel.
static Value computeMean(Decomposer &d, Value input, Value m) {
  Value sum = d.reduce(input, {}, 1, [&](Scalars &s, ArrayRef<Value> args) {
    return SmallVector<Value>{s.cast(args[0], d.f64)};
  })[0];
  return d.mapChannels(sum, d.f64, [&](Scalars &s, ArrayRef<Value> args) {
    return SmallVector<Value>{s.div(args[0], m)};
  })[0];
}

FailureOr<SmallVector<Value>> TrainingOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();

  // (F2): both sums in one sweep, from a pivot near the mean.
  bool isF64 = d.dataType() == d.f64;
  Value pivot =
      isF64 ? computeMean(d, getInput(), m) : d.firstElements(getInput());
  // Squares of f64 data are summed in units of 2^40: the sum is up to M times
  // the variance, and should not overflow where the variance does not.
  constexpr double kUnit = 0x1p40;
  SmallVector<Value> deviations =
      d.reduce(getInput(), pivot, 2, [&](Scalars &s, ArrayRef<Value> args) {
        Value deviation = d.deviation(s, args[0], args[1]);
        Value factor =
            isF64 ? s.mul(deviation, s.constant(d.f64, 1 / kUnit)) : deviation;
        return SmallVector<Value>{deviation, s.mul(deviation, factor)};
      });

  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> perChannel = d.mapChannels(
      {pivot, deviations[0], deviations[1], getGamma(), getBeta()},
      {channel, channel, compute, compute},
      [&](Scalars &s, ArrayRef<Value> args) {
        Value pivot = args[0], sum = args[1], squares = args[2];
        Value gamma = s.cast(args[3], d.f64), beta = s.cast(args[4], d.f64);
        Value offset = s.div(sum, m);
        Value correction = s.mul(sum, offset);
        if (isF64)
          correction = s.mul(correction, s.constant(d.f64, 1 / kUnit));
        Value variance =
            s.max(s.div(s.sub(squares, correction), m), s.constant(d.f64, 0.0));
        if (isF64)
          variance = s.mul(variance, s.constant(d.f64, kUnit));
        Value scale = s.mul(gamma, s.inverseDeviation(variance, d.epsilon()));
        // What rounding the mean loses goes into the shift.
        Value mean = s.cast(s.add(pivot, offset), compute);
        Value low = s.add(s.sub(pivot, s.cast(mean, d.f64)), offset);
        Value shift = s.sub(beta, s.mul(low, scale));
        return SmallVector<Value>{
            s.cast(mean, channel), s.cast(variance, channel),
            s.cast(scale, compute), s.cast(shift, compute)};
      });
  Value output = d.mapData(
      getInput(), {perChannel[0], perChannel[2], perChannel[3]}, d.dataType(),
      [](Scalars &s, ArrayRef<Value> args) {
        Value x = args[0], mean = args[1], scale = args[2], shift = args[3];
        return SmallVector<Value>{s.add(s.mul(s.sub(x, mean), scale), shift)};
      })[0];
  return SmallVector<Value>{output, perChannel[0], perChannel[1]};
}

FailureOr<SmallVector<Value>> InferenceOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value scale = d.mapChannels(
      {getGamma(), getVariance()}, d.computeType(),
      [&](Scalars &s, ArrayRef<Value> args) {
        Value gamma = s.cast(args[0], d.f64), variance = s.cast(args[1], d.f64);
        return SmallVector<Value>{
            s.cast(s.mul(gamma, s.inverseDeviation(variance, d.epsilon())),
                   d.computeType())};
      })[0];
  Value output = d.mapData(
      getInput(), {nullIfZero(getMean()), scale, nullIfZero(getBeta())},
      d.dataType(), [](Scalars &s, ArrayRef<Value> args) {
        Value x = args[0], mean = args[1], scale = args[2], beta = args[3];
        return SmallVector<Value>{s.add(s.mul(s.sub(x, mean), scale), beta)};
      })[0];
  return SmallVector<Value>{output};
}

/// Products of f64 data are summed in this unit: deviations that are denormal
/// would lose bits when multiplied. Those of narrower types are never denormal.
static constexpr double kProductUnit = 0x1p-20;

/// Σ delta and Σ delta * (input - mean), for each channel; the latter of f64 in
/// units of `kProductUnit`.
static SmallVector<Value> reduceDeltas(Decomposer &d, Value input, Value delta,
                                       Value mean) {
  return d.reduce(
      {input, delta}, mean, 2, [&](Scalars &s, ArrayRef<Value> args) {
        Value delta = s.cast(args[1], d.f64);
        Value deviation = d.deviation(s, args[0], args[2]);
        if (d.dataType() == d.f64)
          deviation = s.mul(deviation, s.constant(d.f64, 1 / kProductUnit));
        return SmallVector<Value>{delta, s.mul(delta, deviation)};
      });
}

/// Made of the second of those sums.
static Value makeGammaDelta(Decomposer &d, Scalars &s, Value m, Value inverse,
                            Value product) {
  Value gammaDelta = s.mul(inverse, product);
  if (d.dataType() == d.f64)
    gammaDelta = s.mul(gammaDelta, s.constant(d.f64, kProductUnit));
  return d.zeroIfEmpty(s, m, gammaDelta);
}

FailureOr<SmallVector<Value>>
TrainingBackpropOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();
  SmallVector<Value> channels =
      reduceDeltas(d, getInput(), getDelta(), getMean());
  channels.append({getGamma(), getVariance()});
  llvm::append_range(channels, getStatisticsDeltas());

  // input_delta = scale * delta + (slope * (input - mean) + shift)
  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> perChannel = d.mapChannels(
      channels, {channel, channel, compute, compute, compute},
      [&](Scalars &s, ArrayRef<Value> args) {
        Value betaDelta = args[0], product = args[1];
        Value gamma = s.cast(args[2], d.f64), variance = s.cast(args[3], d.f64);
        Value inverse = s.inverseDeviation(variance, d.epsilon());
        Value gammaDelta = makeGammaDelta(d, s, m, inverse, product);
        Value scale = s.mul(gamma, inverse);
        Value slope = s.neg(s.mul(scale, s.mul(inverse, gammaDelta)));
        Value shift = s.neg(s.mul(scale, betaDelta));
        if (!getStatisticsDeltas().empty()) {
          Value meanDelta = s.cast(args[4], d.f64);
          Value varianceDelta = s.cast(args[5], d.f64);
          shift = s.add(shift, meanDelta);
          slope = s.add(slope, s.mul(s.constant(d.f64, 2.0), varianceDelta));
        }
        return SmallVector<Value>{
            s.cast(gammaDelta, channel), s.cast(betaDelta, channel),
            s.cast(scale, compute), s.cast(s.div(slope, m), compute),
            s.cast(s.div(shift, m), compute)};
      });
  Value inputDelta = d.mapData(
      {getInput(), getDelta()},
      {getMean(), perChannel[2], perChannel[3], perChannel[4]}, d.dataType(),
      [](Scalars &s, ArrayRef<Value> args) {
        Value x = args[0], delta = args[1], mean = args[2];
        Value scale = args[3], slope = args[4], shift = args[5];
        return SmallVector<Value>{s.add(
            s.mul(delta, scale), s.add(s.mul(s.sub(x, mean), slope), shift))};
      })[0];
  return SmallVector<Value>{inputDelta, perChannel[0], perChannel[1]};
}

FailureOr<SmallVector<Value>>
InferenceBackpropOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();
  SmallVector<Value> channels =
      reduceDeltas(d, getInput(), getDelta(), getMean());
  channels.append({getGamma(), getVariance()});

  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> perChannel = d.mapChannels(
      channels, {channel, channel, channel, channel, compute},
      [&](Scalars &s, ArrayRef<Value> args) {
        Value betaDelta = args[0], product = args[1];
        Value gamma = s.cast(args[2], d.f64), variance = s.cast(args[3], d.f64);
        Value inverse = s.inverseDeviation(variance, d.epsilon());
        Value gammaDelta = makeGammaDelta(d, s, m, inverse, product);
        Value scale = s.mul(gamma, inverse);
        Value meanDelta = d.zeroIfEmpty(s, m, s.neg(s.mul(scale, betaDelta)));
        Value varianceDelta =
            d.zeroIfEmpty(s, m,
                          s.mul(s.constant(d.f64, -0.5),
                                s.mul(s.mul(scale, inverse), gammaDelta)));
        return SmallVector<Value>{
            s.cast(gammaDelta, channel), s.cast(betaDelta, channel),
            s.cast(meanDelta, channel), s.cast(varianceDelta, channel),
            s.cast(scale, compute)};
      });
  Value inputDelta =
      d.mapData(getDelta(), perChannel[4], d.dataType(),
                [](Scalars &s, ArrayRef<Value> args) {
                  return SmallVector<Value>{s.mul(args[0], args[1])};
                })[0];
  return SmallVector<Value>{inputDelta, perChannel[0], perChannel[1],
                            perChannel[2], perChannel[3]};
}
