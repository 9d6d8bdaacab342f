//===- Decomposer.h - Building blocks of decompositions ---------*- C++ -*-===//
//
// All ops use the same scheme:
//
//   1. sums over the reduced dims, accumulated in f64 (`reduce`);
//   2. per-channel coefficients computed from them in f64 (`mapChannels`);
//   3. one elementwise sweep over the data (`mapData`), in f32 (f64 for f64
//      data), in centred form: (x - mean) * a + b. The uncentred form
//      x * a + (b - mean * a) cancels where the mean is far from zero.
//
// A null value stands for zero throughout: what is multiplied by it is not
// computed, what it is added to is not changed, and a linalg op has no operand
// or result for it.
//
//===----------------------------------------------------------------------===//

#ifndef BN_LIB_IR_DECOMPOSER_H
#define BN_LIB_IR_DECOMPOSER_H

#include "bn/IR/BN.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::bn {

/// Null where `operand` is known to be zero.
Value nullIfZero(Value operand);

/// Scalar arithmetic inside the bodies of linalg ops.
struct Scalars {
  ImplicitLocOpBuilder b;

  Value constant(Type type, double value);
  Value cast(Value value, Type type);
  Value add(Value l, Value r);
  /// A sum whose terms may be added in any order.
  Value accumulate(Value sum, Value term);
  Value sub(Value l, Value r);
  Value mul(Value l, Value r);
  /// l * r + term, rounded once. None is null.
  Value fma(Value l, Value r, Value term);
  Value div(Value l, Value r);
  Value neg(Value v);
  Value max(Value l, Value r);
  /// 1 / sqrt(variance + epsilon)
  Value inverseDeviation(Value variance, double epsilon);
  /// `then` where `value` is 0, else `otherwise`.
  Value ifZero(Value value, Value then, Value otherwise);
  /// `value` where it is finite, else 0.
  Value zeroIfNotFinite(Value value);
  /// pivot + offset, in f64, as a value of type `compute` and what rounding to
  /// it loses, 0 where that is not finite.
  std::pair<Value, Value> split(Value pivot, Value offset, Type compute);
};

/// Computes one element of each result from one of each operand.
using Body = llvm::function_ref<SmallVector<Value>(Scalars &, ArrayRef<Value>)>;

/// How a linalg op reads or writes some of its tensors.
struct Access {
  ArrayRef<Value> tensors;
  AffineMap map;
};

/// A linalg op on tensors of `types` and `sizes`, written through `map`. Where
/// an iterator reduces, the terms that `body` returns are added up.
SmallVector<Value> buildGeneric(ImplicitLocOpBuilder &b,
                                ArrayRef<Access> inputs, TypeRange types,
                                ArrayRef<OpFoldResult> sizes, AffineMap map,
                                ArrayRef<utils::IteratorType> iterators,
                                Body body);

/// Builds the linalg ops of one channelwise op's decomposition.
class Decomposer {
public:
  Decomposer(ChannelwiseOpInterface op, OpBuilder &builder);

  const Type f64;
  Type dataType() { return inputType.getElementType(); }
  Type channelType() { return getChannelElementType(dataType()); }
  /// What elementwise sweeps compute in.
  Type computeType() { return channelType(); }
  double epsilon() { return op.getEpsilon().convertToDouble(); }

  /// `count` sums over the reduced dims, for each channel, in f64. `body` gets
  /// the elements of `data` and `channels` and returns the terms.
  SmallVector<Value> reduce(ArrayRef<Value> data, ArrayRef<Value> channels,
                            unsigned count, Body body);

  /// Whether f64 has no room for sums of squares of the data: those of 16 bits
  /// are exact while elements are of one magnitude, and otherwise their
  /// deviations are as large as they are.
  bool needsPivots();

  /// A number of each channel's magnitude to take deviations from, in f64: its
  /// first element, or the mean of f64 data, whose deviations from one element
  /// would lose bits in long sums. 0 (null where that is known) if it is not
  /// finite or there is none.
  Value pivots(Value data, Value m);

  /// One value of each of `types` per channel.
  SmallVector<Value> mapChannels(ArrayRef<Value> channels, ArrayRef<Type> types,
                                 Body body);

  /// Tensors of `types` like the data, elementwise from `data` and `channels`.
  /// `body` computes in `computeType()`: elements are converted on the way in
  /// and out.
  SmallVector<Value> mapData(ArrayRef<Value> data, ArrayRef<Value> channels,
                             ArrayRef<Type> types, Body body);

  /// M, the number of elements reduced for each channel, in f64.
  Value count();

  /// x - mean in f64. Rounded to f32, differences from one mean err to one
  /// side, which sums do not average out.
  Value deviation(Scalars &s, Value x, Value mean);

  /// A sum of no terms is 0, whatever it is then multiplied by: with M = 0 the
  /// statistics are NaN.
  Value zeroIfEmpty(Scalars &s, Value m, Value value);

  /// The results of the op, with zeros written out.
  SmallVector<Value> materialize(ArrayRef<Value> results);

private:
  ChannelwiseOpInterface op;
  ImplicitLocOpBuilder b;
  RankedTensorType inputType;
  SmallVector<OpFoldResult> sizes, channelSizes;
};

} // namespace mlir::bn

#endif // BN_LIB_IR_DECOMPOSER_H
