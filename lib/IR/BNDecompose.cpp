//===- BNDecompose.cpp - Ops and their gradients as linalg ops ------------===//

#include "Decomposer.h"

using namespace mlir;
using namespace mlir::bn;

FailureOr<SmallVector<Value>> TrainingOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();

  // (F2): both sums in one sweep, from a pivot near the mean.
  bool isF64 = d.dataType() == d.f64;
  Value pivot = d.needsPivots() ? d.pivots(getInput(), m) : Value();
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
        // (Σd)²/M, with what rounding the offset Σd/M loses of Σd.
        Value lost = s.fma(s.neg(offset), m, sum);
        Value factor =
            s.neg(isF64 ? s.mul(offset, s.constant(d.f64, 1 / kUnit)) : offset);
        squares = s.fma(factor, lost, s.fma(factor, sum, squares));
        Value variance = s.max(s.div(squares, m), s.constant(d.f64, 0.0));
        if (isF64)
          variance = s.mul(variance, s.constant(d.f64, kUnit));
        Value scale = s.mul(gamma, s.inverseDeviation(variance, d.epsilon()));
        // Without deviations any scale would do, but one that overflows. In f64
        // none does, and deviations may be too small for a variance.
        if (d.epsilon() > 0 && !isF64)
          scale = s.ifZero(variance, s.mul(gamma, variance), scale);
        // What rounding the mean loses goes into the shift.
        auto [mean, low] = s.split(pivot, offset, compute);
        Value shift = s.sub(beta, s.mul(low, s.zeroIfNotFinite(scale)));
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

/// Σ (delta - pivot) and Σ delta * (input - mean), for each channel; the latter
/// of f64 in units of `kProductUnit`.
static SmallVector<Value> reduceDeltas(Decomposer &d, Value input, Value delta,
                                       Value mean, Value pivot = {}) {
  return d.reduce(
      {input, delta}, {mean, pivot}, 2, [&](Scalars &s, ArrayRef<Value> args) {
        Value delta = s.cast(args[1], d.f64);
        Value deviation = d.deviation(s, args[0], args[2]);
        if (d.dataType() == d.f64)
          deviation = s.mul(deviation, s.constant(d.f64, 1 / kProductUnit));
        return SmallVector<Value>{s.sub(delta, args[3]),
                                  s.mul(delta, deviation)};
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
  bool hasPair = !getStatisticsDeltas().empty();
  // The mean of f64 deltas needs more bits than a sum of them has left.
  SmallVector<Value> channels{d.dataType() == d.f64 ? d.pivots(getDelta(), m)
                                                    : Value()};
  llvm::append_range(channels, reduceDeltas(d, getInput(), getDelta(),
                                            getMean(), channels[0]));
  channels.append({getGamma(), getVariance()});
  llvm::append_range(channels, getStatisticsDeltas());

  // (C1): both means are taken off in the type of the sweep; what that of delta
  // lacks goes into the shift.
  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Type> types{channel, channel, compute, compute, compute, compute};
  if (hasPair)
    types.append({compute, compute});
  SmallVector<Value> perChannel =
      d.mapChannels(channels, types, [&](Scalars &s, ArrayRef<Value> args) {
        Value pivot = args[0], sum = args[1], product = args[2];
        Value gamma = s.cast(args[3], d.f64), variance = s.cast(args[4], d.f64);
        Value inverse = s.inverseDeviation(variance, d.epsilon());
        Value gammaDelta = makeGammaDelta(d, s, m, inverse, product);
        Value betaDelta = s.add(s.mul(pivot, m), sum);
        Value slope = s.div(s.mul(inverse, gammaDelta), m);
        auto [deltaMean, low] = s.split(pivot, s.div(sum, m), compute);
        SmallVector<Value> results{s.cast(gammaDelta, channel),
                                   s.cast(betaDelta, channel),
                                   deltaMean,
                                   s.cast(s.neg(slope), compute),
                                   s.cast(s.neg(low), compute),
                                   s.cast(s.mul(gamma, inverse), compute)};
        if (hasPair) {
          Value twice = s.mul(s.constant(d.f64, 2.0), s.cast(args[6], d.f64));
          results.append({s.cast(s.div(twice, m), compute),
                          s.cast(s.div(s.cast(args[5], d.f64), m), compute)});
        }
        return results;
      });
  SmallVector<Value> coefficients{getMean()};
  llvm::append_range(coefficients, llvm::drop_begin(perChannel, 2));
  Value inputDelta = d.mapData(
      {getInput(), getDelta()}, coefficients, d.dataType(),
      [&](Scalars &s, ArrayRef<Value> args) {
        Value centered = s.sub(args[0], args[2]),
              delta = s.sub(args[1], args[3]);
        Value slope = args[4], shift = args[5], scale = args[6];
        Value result =
            s.mul(s.add(delta, s.add(s.mul(centered, slope), shift)), scale);
        if (hasPair)
          result = s.add(result, s.add(s.mul(centered, args[7]), args[8]));
        return SmallVector<Value>{result};
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
