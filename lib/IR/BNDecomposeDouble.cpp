//===- BNDecomposeDouble.cpp - Gradients of gradients as linalg ops -------===//
//
// Both ops read their data twice: once for all sums, once for both data
// results. The letters are those of docs/Math.md, (D1) to (D11).
//
//===----------------------------------------------------------------------===//

#include "Decomposer.h"

using namespace mlir;
using namespace mlir::bn;

FailureOr<SmallVector<Value>>
TrainingDoubleBackpropOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();
  Value inputCotangent = nullIfZero(getInputCotangent());

  // k is a sum of products of deviations, from pivots near the means.
  Value deltaPivot = d.pivots(getDelta(), m);
  Value uPivot = d.pivots(inputCotangent, m);
  SmallVector<Value> channels = d.reduce(
      {getInput(), getDelta(), inputCotangent}, {getMean(), deltaPivot, uPivot},
      5, [&](Scalars &s, ArrayRef<Value> args) {
        Value centered = d.deviation(s, args[0], args[3]);
        Value delta = s.cast(args[1], d.f64), u = s.cast(args[2], d.f64);
        Value deltaOffset = s.sub(delta, args[4]);
        Value uOffset = u ? s.sub(u, args[5]) : u;
        return SmallVector<Value>{deltaOffset, uOffset, s.mul(delta, centered),
                                  s.mul(u, centered),
                                  s.mul(uOffset, deltaOffset)};
      });
  channels.append({getGamma(), getVariance(), nullIfZero(getGammaCotangent()),
                   nullIfZero(getBetaCotangent()), deltaPivot, uPivot});

  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> coefficients = d.mapChannels(
      channels,
      {channel, compute, compute, compute, compute, compute, compute, compute,
       compute, compute},
      [&](Scalars &s, ArrayRef<Value> args) {
        Value inverse = s.inverseDeviation(s.cast(args[6], d.f64), d.epsilon());
        Value scale = s.mul(s.cast(args[5], d.f64), inverse);
        Value a = s.cast(args[7], d.f64), beta = s.cast(args[8], d.f64);
        Value deltaOffset = s.div(args[0], m), uOffset = s.div(args[1], m);
        Value g = s.mul(inverse, args[2]), r = s.mul(inverse, args[3]);
        Value k = s.sub(args[4], s.mul(args[0], uOffset));

        Value scaleOverM = s.div(s.mul(scale, inverse), m); // gamma * s² / M
        Value gOverM = s.div(g, m);
        Value uSlope = s.neg(s.mul(scaleOverM, g));
        Value slope = s.sub(s.mul(a, inverse), s.mul(scaleOverM, r));
        Value three = s.constant(d.f64, 3.0);
        // For x̂: for the centred input it would be of the order of s³, which
        // can leave the range of f32.
        Value xSlope =
            s.sub(s.mul(scaleOverM, s.sub(s.mul(three, s.mul(r, gOverM)), k)),
                  s.mul(s.mul(a, inverse), gOverM));
        if (!inputCotangent)
          uSlope = scale = {};
        Value gammaDelta =
            d.zeroIfEmpty(s, m, s.mul(inverse, s.sub(k, s.mul(r, gOverM))));

        // The sweep takes both means off in its own type. What these lack goes
        // into the constants.
        auto [deltaHigh, deltaLow] = s.split(args[9], deltaOffset, compute);
        auto [uHigh, uLow] = s.split(args[10], uOffset, compute);
        Value shift = s.neg(s.add(s.mul(uSlope, uLow), s.mul(slope, deltaLow)));
        Value deltaShift = s.sub(beta, s.mul(scale, uLow));
        return SmallVector<Value>{s.cast(gammaDelta, channel),
                                  deltaHigh,
                                  uHigh,
                                  s.cast(uSlope, compute),
                                  s.cast(slope, compute),
                                  s.cast(xSlope, compute),
                                  s.cast(shift, compute),
                                  s.cast(scale, compute),
                                  s.cast(deltaShift, compute),
                                  s.cast(inverse, compute)};
      });

  SmallVector<Value> perChannel = {getMean()};
  llvm::append_range(perChannel, llvm::drop_begin(coefficients));
  SmallVector<Value> results = d.mapData(
      {getInput(), getDelta(), inputCotangent}, perChannel,
      {d.dataType(), d.dataType()}, [](Scalars &s, ArrayRef<Value> args) {
        Value centered = s.sub(args[0], args[3]);
        Value delta = s.sub(args[1], args[4]), u = s.sub(args[2], args[5]);
        Value uSlope = args[6], slope = args[7], xSlope = args[8];
        Value shift = args[9], scale = args[10], deltaShift = args[11];
        Value normalized = s.mul(centered, args[12]);
        return SmallVector<Value>{
            s.add(s.add(s.mul(delta, slope), s.mul(u, uSlope)),
                  s.add(s.mul(normalized, xSlope), shift)),
            s.add(s.mul(u, scale), s.add(s.mul(centered, slope), deltaShift))};
      });
  return d.materialize({results[0], coefficients[0], results[1]});
}

FailureOr<SmallVector<Value>>
InferenceDoubleBackpropOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();
  Value inputCotangent = nullIfZero(getInputCotangent());

  SmallVector<Value> channels =
      d.reduce({getInput(), getDelta(), inputCotangent}, getMean(), 3,
               [&](Scalars &s, ArrayRef<Value> args) {
                 Value delta = s.cast(args[1], d.f64),
                       u = s.cast(args[2], d.f64);
                 return SmallVector<Value>{
                     delta, s.mul(delta, d.deviation(s, args[0], args[3])),
                     s.mul(u, delta)};
               });
  channels.append({getGamma(), getVariance(), nullIfZero(getGammaCotangent()),
                   nullIfZero(getBetaCotangent()),
                   nullIfZero(getMeanCotangent()),
                   nullIfZero(getVarianceCotangent())});

  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> coefficients = d.mapChannels(
      channels, {channel, channel, channel, compute, compute, compute},
      [&](Scalars &s, ArrayRef<Value> args) {
        Value half = s.constant(d.f64, 0.5);
        Value inverse = s.inverseDeviation(s.cast(args[4], d.f64), d.epsilon());
        Value scale = s.mul(s.cast(args[3], d.f64), inverse);
        Value scaleTimesInverse = s.mul(scale, inverse); // gamma * s²
        Value a = s.cast(args[5], d.f64), beta = s.cast(args[6], d.f64);
        Value mean = s.cast(args[7], d.f64);
        Value t = s.neg(s.mul(half, s.cast(args[8], d.f64)));

        Value sum = args[0], g = s.mul(inverse, args[1]);
        Value q = s.sub(args[2], s.mul(mean, sum));
        Value slope = s.mul(inverse, s.add(a, s.mul(t, scaleTimesInverse)));
        Value gammaDelta =
            s.mul(inverse, s.add(q, s.mul(t, s.mul(inverse, g))));
        Value meanDelta = s.neg(s.mul(slope, sum));
        Value varianceDelta = s.neg(
            s.add(s.mul(scaleTimesInverse, gammaDelta),
                  s.mul(s.mul(half, inverse),
                        s.sub(s.mul(slope, g), s.mul(scaleTimesInverse, q)))));
        Value deltaShift = s.sub(beta, s.mul(scale, mean));
        return SmallVector<Value>{
            s.cast(d.zeroIfEmpty(s, m, gammaDelta), channel),
            s.cast(d.zeroIfEmpty(s, m, meanDelta), channel),
            s.cast(d.zeroIfEmpty(s, m, varianceDelta), channel),
            s.cast(slope, compute),
            inputCotangent ? s.cast(scale, compute) : Value(),
            s.cast(deltaShift, compute)};
      });

  SmallVector<Value> perChannel = {getMean()};
  llvm::append_range(perChannel, llvm::drop_begin(coefficients, 3));
  SmallVector<Value> results = d.mapData(
      {getInput(), getDelta(), inputCotangent}, perChannel,
      {d.dataType(), d.dataType()}, [](Scalars &s, ArrayRef<Value> args) {
        Value slope = args[4], scale = args[5], deltaShift = args[6];
        return SmallVector<Value>{
            s.mul(args[1], slope),
            s.add(s.mul(args[2], scale),
                  s.add(s.mul(s.sub(args[0], args[3]), slope), deltaShift))};
      });
  return d.materialize({results[0], coefficients[0], coefficients[1],
                        coefficients[2], results[1]});
}
