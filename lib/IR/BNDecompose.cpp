//===- BNDecompose.cpp - bn ops as linalg ops ------------------------------===//
//
// The mathematics of every op, written once. All ops use the same scheme:
//
//   1. sums over the reduced dims, accumulated in f64 (`reduce`);
//   2. per-channel coefficients computed from them in f64 (`mapChannels`);
//   3. one elementwise sweep over the data (`mapData`), in f32 (f64 for f64
//      data), in centred form: (x - mean) * a + b. The uncentred form
//      x * a + (b - mean * a) cancels where the mean is far from zero.
//
//===----------------------------------------------------------------------===//

#include "bn/IR/BN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::bn;

namespace {

/// Scalar arithmetic inside the bodies of linalg ops.
struct Scalars {
  ImplicitLocOpBuilder b;

  Value constant(Type type, double value) {
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  }
  Value cast(Value value, Type type) {
    return convertScalarToDtype(b, b.getLoc(), value, type,
                                /*isUnsignedCast=*/false);
  }
  Value add(Value l, Value r) { return arith::AddFOp::create(b, l, r); }
  /// A sum whose terms may be added in any order.
  Value accumulate(Value sum, Value term) {
    return arith::AddFOp::create(b, sum, term, arith::FastMathFlags::reassoc);
  }
  Value sub(Value l, Value r) { return arith::SubFOp::create(b, l, r); }
  Value mul(Value l, Value r) { return arith::MulFOp::create(b, l, r); }
  Value div(Value l, Value r) { return arith::DivFOp::create(b, l, r); }
  Value neg(Value v) { return arith::NegFOp::create(b, v); }
  Value max(Value l, Value r) { return arith::MaximumFOp::create(b, l, r); }
  /// 1 / sqrt(variance + epsilon)
  Value inverseDeviation(Value variance, double epsilon) {
    Type type = variance.getType();
    Value root = math::SqrtOp::create(
        b, add(variance, constant(type, epsilon)));
    return div(constant(type, 1.0), root);
  }
};

using Body = llvm::function_ref<SmallVector<Value>(Scalars &, ValueRange)>;

/// Builds the linalg ops of one bn op's decomposition.
class Decomposer {
public:
  Decomposer(ChannelwiseOpInterface op, OpBuilder &builder)
      : f64(builder.getF64Type()), op(op), b(op.getLoc(), builder),
        inputType(op.getInput().getType()) {
    sizes = tensor::getMixedSizes(b, b.getLoc(), op.getInput());
    for (int64_t dim : op.getChannelDims())
      channelSizes.push_back(sizes[dim]);
  }

  const Type f64;
  Type dataType() { return inputType.getElementType(); }
  Type channelType() { return getChannelElementType(dataType()); }
  /// What elementwise sweeps compute in.
  Type computeType() { return channelType(); }
  double epsilon() { return op.getEpsilon().convertToDouble(); }

  /// `count` sums over the reduced dims, for each channel, in f64. `body` gets
  /// the elements of `data` and `channels` and returns the terms.
  SmallVector<Value> reduce(ValueRange data, ValueRange channels,
                            unsigned count, Body body) {
    // Channel dims first: the accumulators of a block of channels then stay in
    // registers while the inner loops sweep.
    SmallVector<int64_t> order = llvm::to_vector(op.getChannelDims());
    unsigned numChannelDims = order.size();
    llvm::append_range(order, op.getReducedDims());
    AffineMap dataMap = inversePermutation(
        AffineMap::getPermutationMap(order, b.getContext()));
    AffineMap channelMap = AffineMap::getMultiDimIdentityMap(
                               order.size(), b.getContext())
                               .getMajorSubMap(numChannelDims);
    SmallVector<utils::IteratorType> iterators(order.size(),
                                               utils::IteratorType::reduction);
    std::fill_n(iterators.begin(), numChannelDims,
                utils::IteratorType::parallel);

    SmallVector<Value> inits;
    for (unsigned i = 0; i < count; ++i)
      inits.push_back(tensor::EmptyOp::create(b, channelSizes, f64));
    // One term for each sum: nothing to add up.
    if (op.getReducedDims().empty())
      return generic(data, dataMap, channels, channelMap, inits, channelMap,
                     iterators, body);
    Value zero = arith::ConstantOp::create(b, b.getF64FloatAttr(0.0));
    for (Value &init : inits)
      init = linalg::FillOp::create(b, zero, init).getResult(0);
    return generic(data, dataMap, channels, channelMap, inits, channelMap,
                   iterators, [&](Scalars &s, ValueRange args) {
                     ValueRange sums = args.take_back(count);
                     SmallVector<Value> terms =
                         body(s, args.drop_back(count));
                     for (auto [term, sum] : llvm::zip(terms, sums))
                       term = s.accumulate(sum, term);
                     return terms;
                   });
  }

  /// One value of each of `types` per channel.
  SmallVector<Value> mapChannels(ValueRange channels, ArrayRef<Type> types,
                                 Body body) {
    AffineMap map = AffineMap::getMultiDimIdentityMap(channelSizes.size(),
                                                      b.getContext());
    SmallVector<Value> inits;
    for (Type type : types)
      inits.push_back(tensor::EmptyOp::create(b, channelSizes, type));
    return generic({}, map, channels, map, inits, map,
                   SmallVector<utils::IteratorType>(
                       channelSizes.size(), utils::IteratorType::parallel),
                   body);
  }

  /// A data result, elementwise from `data` and `channels`. `body` computes in
  /// `computeType()`: elements are converted on the way in and out.
  Value mapData(ValueRange data, ValueRange channels,
                llvm::function_ref<Value(Scalars &, ValueRange)> body) {
    unsigned rank = sizes.size();
    AffineMap dataMap = AffineMap::getMultiDimIdentityMap(rank, b.getContext());
    SmallVector<AffineExpr> channelExprs = llvm::map_to_vector(
        op.getChannelDims(),
        [&](int64_t dim) { return b.getAffineDimExpr(dim); });
    Value init = tensor::EmptyOp::create(b, sizes, dataType());
    return generic(
        data, dataMap, channels,
        AffineMap::get(rank, 0, channelExprs, b.getContext()), init, dataMap,
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](Scalars &s, ValueRange args) {
          SmallVector<Value> values =
              llvm::map_to_vector(args.drop_back(), [&](Value arg) {
                return s.cast(arg, computeType());
              });
          return SmallVector<Value>{s.cast(body(s, values), dataType())};
        })[0];
  }

  /// M, the number of elements reduced for each channel, in f64.
  Value count() {
    int64_t staticCount = 1;
    Value count;
    for (int64_t dim : op.getReducedDims()) {
      if (auto size = getConstantIntValue(sizes[dim]))
        staticCount *= *size;
      else
        count = count ? arith::MulIOp::create(b, count, cast<Value>(sizes[dim]))
                            .getResult()
                      : cast<Value>(sizes[dim]);
    }
    Value factor = arith::ConstantOp::create(b, b.getF64FloatAttr(staticCount));
    if (!count)
      return factor;
    Value integer = arith::IndexCastOp::create(b, b.getI64Type(), count);
    Value dynamic = arith::SIToFPOp::create(b, f64, integer);
    return staticCount == 1
               ? dynamic
               : arith::MulFOp::create(b, dynamic, factor).getResult();
  }

  /// x - mean in f64. Rounded to f32, differences from one mean err to one side,
  /// which sums do not average out.
  Value deviation(Scalars &s, Value x, Value mean) {
    return s.sub(s.cast(x, f64), s.cast(mean, f64));
  }

  /// A sum of no terms is 0, whatever it is then multiplied by: with M = 0 the
  /// statistics are NaN.
  Value zeroIfEmpty(Scalars &s, Value m, Value value) {
    FloatAttr count;
    if (matchPattern(m, m_Constant(&count)) && !count.getValue().isZero())
      return value;
    Value zero = s.constant(f64, 0.0);
    Value isEmpty =
        arith::CmpFOp::create(s.b, arith::CmpFPredicate::OEQ, m, zero);
    return arith::SelectOp::create(s.b, isEmpty, zero, value);
  }

private:
  SmallVector<Value> generic(ValueRange data, AffineMap dataMap,
                             ValueRange channels, AffineMap channelMap,
                             ValueRange inits, AffineMap initMap,
                             ArrayRef<utils::IteratorType> iterators,
                             Body body) {
    SmallVector<Value> inputs = llvm::to_vector(data);
    llvm::append_range(inputs, channels);
    SmallVector<AffineMap> maps(data.size(), dataMap);
    maps.append(channels.size(), channelMap);
    maps.append(inits.size(), initMap);
    auto generic = linalg::GenericOp::create(
        b, TypeRange(inits), inputs, inits, maps, iterators,
        [&](OpBuilder &nested, Location loc, ValueRange args) {
          Scalars scalars{ImplicitLocOpBuilder(loc, nested)};
          linalg::YieldOp::create(nested, loc, body(scalars, args));
        });
    return llvm::to_vector_of<Value>(generic.getResults());
  }

  ChannelwiseOpInterface op;
  ImplicitLocOpBuilder b;
  RankedTensorType inputType;
  SmallVector<OpFoldResult> sizes, channelSizes;
};

} // namespace

//===----------------------------------------------------------------------===//
// The ops
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> TrainingOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value m = d.count();

  Value sum = d.reduce(getInput(), {}, 1, [&](Scalars &s, ValueRange args) {
    return SmallVector<Value>{s.cast(args[0], d.f64)};
  })[0];
  // The mean, rounded to what the sweeps compute in. What the rounding loses is
  // found in the second sweep, as the mean of the deviations from it.
  Value pivot = d.mapChannels(
      sum, d.computeType(), [&](Scalars &s, ValueRange args) {
        return SmallVector<Value>{s.cast(s.div(args[0], m), d.computeType())};
      })[0];
  SmallVector<Value> deviations =
      d.reduce(getInput(), pivot, 2, [&](Scalars &s, ValueRange args) {
        Value deviation = d.deviation(s, args[0], args[1]);
        return SmallVector<Value>{deviation, s.mul(deviation, deviation)};
      });

  Type channel = d.channelType(), compute = d.computeType();
  SmallVector<Value> perChannel = d.mapChannels(
      {pivot, deviations[0], deviations[1], getGamma(), getBeta()},
      {channel, channel, compute, compute}, [&](Scalars &s, ValueRange args) {
        Value pivot = s.cast(args[0], d.f64), sum = args[1], squares = args[2];
        Value gamma = s.cast(args[3], d.f64), beta = s.cast(args[4], d.f64);
        Value low = s.div(sum, m);
        Value variance = s.max(s.div(s.sub(squares, s.mul(sum, low)), m),
                               s.constant(d.f64, 0.0));
        Value scale = s.mul(gamma, s.inverseDeviation(variance, d.epsilon()));
        Value shift = s.sub(beta, s.mul(low, scale));
        return SmallVector<Value>{
            s.cast(s.add(pivot, low), channel), s.cast(variance, channel),
            s.cast(scale, compute), s.cast(shift, compute)};
      });
  Value output = d.mapData(
      getInput(), {pivot, perChannel[2], perChannel[3]},
      [](Scalars &s, ValueRange args) {
        Value x = args[0], pivot = args[1], scale = args[2], shift = args[3];
        return s.add(s.mul(s.sub(x, pivot), scale), shift);
      });
  return SmallVector<Value>{output, perChannel[0], perChannel[1]};
}

FailureOr<SmallVector<Value>> InferenceOp::decomposeOperation(OpBuilder &b) {
  Decomposer d(*this, b);
  Value scale = d.mapChannels(
      {getGamma(), getVariance()}, d.computeType(),
      [&](Scalars &s, ValueRange args) {
        Value gamma = s.cast(args[0], d.f64), variance = s.cast(args[1], d.f64);
        return SmallVector<Value>{
            s.cast(s.mul(gamma, s.inverseDeviation(variance, d.epsilon())),
                   d.computeType())};
      })[0];
  Value output = d.mapData(
      getInput(), {getMean(), scale, getBeta()},
      [](Scalars &s, ValueRange args) {
        Value x = args[0], mean = args[1], scale = args[2], beta = args[3];
        return s.add(s.mul(s.sub(x, mean), scale), beta);
      });
  return SmallVector<Value>{output};
}

/// Σ delta and Σ delta * (input - mean), for each channel.
static SmallVector<Value> reduceDeltas(Decomposer &d, Value input, Value delta,
                                       Value mean) {
  return d.reduce({input, delta}, mean, 2, [&](Scalars &s, ValueRange args) {
    Value delta = s.cast(args[1], d.f64);
    return SmallVector<Value>{
        delta, s.mul(delta, d.deviation(s, args[0], args[2]))};
  });
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
      [&](Scalars &s, ValueRange args) {
        Value betaDelta = args[0], product = args[1];
        Value gamma = s.cast(args[2], d.f64), variance = s.cast(args[3], d.f64);
        Value inverse = s.inverseDeviation(variance, d.epsilon());
        Value gammaDelta = d.zeroIfEmpty(s, m, s.mul(inverse, product));
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
      {getMean(), perChannel[2], perChannel[3], perChannel[4]},
      [](Scalars &s, ValueRange args) {
        Value x = args[0], delta = args[1], mean = args[2];
        Value scale = args[3], slope = args[4], shift = args[5];
        return s.add(s.mul(delta, scale),
                     s.add(s.mul(s.sub(x, mean), slope), shift));
      });
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
      [&](Scalars &s, ValueRange args) {
        Value betaDelta = args[0], product = args[1];
        Value gamma = s.cast(args[2], d.f64), variance = s.cast(args[3], d.f64);
        Value inverse = s.inverseDeviation(variance, d.epsilon());
        Value gammaDelta = d.zeroIfEmpty(s, m, s.mul(inverse, product));
        Value scale = s.mul(gamma, inverse);
        Value meanDelta = d.zeroIfEmpty(s, m, s.neg(s.mul(scale, betaDelta)));
        Value varianceDelta = d.zeroIfEmpty(
            s, m, s.mul(s.constant(d.f64, -0.5),
                        s.mul(s.mul(scale, inverse), gammaDelta)));
        return SmallVector<Value>{
            s.cast(gammaDelta, channel), s.cast(betaDelta, channel),
            s.cast(meanDelta, channel), s.cast(varianceDelta, channel),
            s.cast(scale, compute)};
      });
  Value inputDelta =
      d.mapData(getDelta(), perChannel[4], [](Scalars &s, ValueRange args) {
        return s.mul(args[0], args[1]);
      });
  return SmallVector<Value>{inputDelta, perChannel[0], perChannel[1],
                            perChannel[2], perChannel[3]};
}
