//===- Decomposer.cpp - Building blocks of decompositions to linalg -------===//

#include "Decomposer.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::bn;

Value bn::nullIfZero(Value operand) {
  return isZeroSplat(operand) ? Value() : operand;
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Value Scalars::constant(Type type, double value) {
  return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
}
Value Scalars::cast(Value value, Type type) {
  return value ? convertScalarToDtype(b, b.getLoc(), value, type,
                                      /*isUnsignedCast=*/false)
               : value;
}
Value Scalars::add(Value l, Value r) {
  if (!l || !r)
    return l ? l : r;
  return arith::AddFOp::create(b, l, r);
}
Value Scalars::accumulate(Value sum, Value term) {
  // A product may be multiplied and added in one instruction.
  if (auto product = term.getDefiningOp<arith::MulFOp>())
    product.setFastmath(arith::FastMathFlags::contract);
  return arith::AddFOp::create(b, sum, term,
                               arith::FastMathFlags::reassoc |
                                   arith::FastMathFlags::contract);
}
Value Scalars::sub(Value l, Value r) {
  if (!l || !r)
    return r ? neg(r) : l;
  return arith::SubFOp::create(b, l, r);
}
Value Scalars::mul(Value l, Value r) {
  return l && r ? arith::MulFOp::create(b, l, r) : Value();
}
Value Scalars::fma(Value l, Value r, Value term) {
  return math::FmaOp::create(b, l, r, term);
}
Value Scalars::div(Value l, Value r) {
  return l ? arith::DivFOp::create(b, l, r) : Value();
}
Value Scalars::neg(Value v) {
  return v ? arith::NegFOp::create(b, v) : Value();
}
Value Scalars::max(Value l, Value r) {
  return arith::MaximumFOp::create(b, l, r);
}
Value Scalars::inverseDeviation(Value variance, double epsilon) {
  Type type = variance.getType();
  Value root = math::SqrtOp::create(b, add(variance, constant(type, epsilon)));
  return div(constant(type, 1.0), root);
}
Value Scalars::ifZero(Value value, Value then, Value otherwise) {
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, value,
                                       constant(value.getType(), 0.0));
  return arith::SelectOp::create(b, isZero, then, otherwise);
}
Value Scalars::zeroIfNotFinite(Value value) {
  return ifZero(sub(value, value), value, constant(value.getType(), 0.0));
}
std::pair<Value, Value> Scalars::split(Value pivot, Value offset,
                                       Type compute) {
  Value high = cast(add(pivot, offset), compute);
  Value low = add(sub(pivot, cast(high, b.getF64Type())), offset);
  return {high, low ? zeroIfNotFinite(low) : low};
}

//===----------------------------------------------------------------------===//
// Linalg ops
//===----------------------------------------------------------------------===//

SmallVector<Value> bn::buildGeneric(ImplicitLocOpBuilder &b,
                                    ArrayRef<Access> inputs, TypeRange types,
                                    ArrayRef<OpFoldResult> sizes, AffineMap map,
                                    ArrayRef<utils::IteratorType> iterators,
                                    Body body) {
  // Built before the op: only the body shows which results are zero.
  auto block = std::make_unique<Block>();
  SmallVector<Value> operands, args;
  SmallVector<AffineMap> maps;
  for (const Access &access : inputs)
    for (Value tensor : access.tensors) {
      if (!tensor) {
        args.push_back({});
        continue;
      }
      operands.push_back(tensor);
      maps.push_back(access.map);
      args.push_back(
          block->addArgument(getElementTypeOrSelf(tensor), b.getLoc()));
    }
  Scalars s{ImplicitLocOpBuilder(b.getLoc(), b.getContext())};
  s.b.setInsertionPointToEnd(block.get());
  SmallVector<Value> results = body(s, args);

  bool reduces = llvm::is_contained(iterators, utils::IteratorType::reduction);
  SmallVector<Value> outputs, yields;
  for (auto [result, type] : llvm::zip_equal(results, types)) {
    if (!result)
      continue;
    Value output = reduces ? createZeros(b, b.getLoc(), sizes, type)
                           : tensor::EmptyOp::create(b, sizes, type);
    BlockArgument sum = block->addArgument(type, b.getLoc());
    if (reduces)
      result = s.accumulate(sum, result);
    outputs.push_back(output);
    yields.push_back(result);
    maps.push_back(map);
  }
  if (outputs.empty())
    return results;
  linalg::YieldOp::create(s.b, yields);
  // What was only multiplied by zeros is neither computed nor read.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  for (size_t i = operands.size(); i-- > 0;)
    if (block->getArgument(i).use_empty()) {
      block->eraseArgument(i);
      operands.erase(operands.begin() + i);
      maps.erase(maps.begin() + i);
    }

  auto generic = linalg::GenericOp::create(b, TypeRange(outputs), operands,
                                           outputs, maps, iterators);
  generic.getRegion().push_back(block.release());
  unsigned next = 0;
  for (Value &result : results)
    if (result)
      result = generic.getResult(next++);
  return results;
}

Decomposer::Decomposer(ChannelwiseOpInterface op, OpBuilder &builder)
    : f64(builder.getF64Type()), op(op), b(op.getLoc(), builder),
      inputType(op.getInput().getType()) {
  sizes = tensor::getMixedSizes(b, b.getLoc(), op.getInput());
  for (int64_t dim : op.getChannelDims())
    channelSizes.push_back(sizes[dim]);
}

/// Whether sums of `channels` channels fill registers, and stay there.
static bool fillsRegisters(int64_t channels) {
  return channels == 8 || channels == 16;
}

SmallVector<Value> Decomposer::reduce(ArrayRef<Value> data,
                                      ArrayRef<Value> channels, unsigned count,
                                      Body body) {
  // Channel dims first: the accumulators of a block of channels then stay in
  // registers while the inner loops sweep. Many innermost channels do not fit
  // there; they come last, as in memory. Where nothing is reduced there is one
  // term for each sum, and nothing to add up.
  SmallVector<int64_t> order = llvm::to_vector(op.getChannelDims());
  unsigned numFirst = order.size();
  if (order.back() == inputType.getRank() - 1 &&
      !fillsRegisters(inputType.getShape().back()))
    --numFirst;
  llvm::append_range(order, op.getReducedDims());
  std::rotate(order.begin() + numFirst,
              order.begin() + op.getChannelDims().size(), order.end());
  AffineMap dataMap =
      inversePermutation(AffineMap::getPermutationMap(order, b.getContext()));
  SmallVector<AffineExpr> channelExprs;
  SmallVector<utils::IteratorType> iterators;
  for (auto [position, dim] : llvm::enumerate(order)) {
    bool isChannel = llvm::is_contained(op.getChannelDims(), dim);
    iterators.push_back(isChannel ? utils::IteratorType::parallel
                                  : utils::IteratorType::reduction);
    if (isChannel)
      channelExprs.push_back(b.getAffineDimExpr(position));
  }
  AffineMap channelMap =
      AffineMap::get(order.size(), 0, channelExprs, b.getContext());
  return buildGeneric(b, {{data, dataMap}, {channels, channelMap}},
                      SmallVector<Type>(count, f64), channelSizes, channelMap,
                      iterators, body);
}

bool Decomposer::needsPivots() {
  return dataType().getIntOrFloatBitWidth() > 16;
}

Value Decomposer::pivots(Value data, Value m) {
  if (!data || llvm::is_contained(inputType.getShape(), 0))
    return {};
  auto sum = [&](Value elements) {
    return reduce(elements, {}, 1, [&](Scalars &s, ArrayRef<Value> args) {
      return SmallVector<Value>{s.cast(args[0], f64)};
    })[0];
  };
  if (dataType() == f64)
    return mapChannels(sum(data), f64, [&](Scalars &s, ArrayRef<Value> args) {
      return SmallVector<Value>{s.zeroIfNotFinite(s.div(args[0], m))};
    })[0];

  SmallVector<OpFoldResult> ones(sizes), zeros(sizes.size(), b.getIndexAttr(0)),
      strides(sizes.size(), b.getIndexAttr(1));
  for (int64_t dim : op.getReducedDims())
    ones[dim] = affine::makeComposedFoldedAffineMin(
        b, b.getLoc(),
        AffineMap::get(0, 1,
                       {b.getAffineConstantExpr(1), b.getAffineSymbolExpr(0)},
                       b.getContext()),
        sizes[dim]);
  Value elements =
      sum(tensor::ExtractSliceOp::create(b, data, zeros, ones, strides));
  // One term: nothing that slices could share.
  elements.getDefiningOp()->walk(
      [](arith::AddFOp sum) { sum.setFastmath(arith::FastMathFlags::none); });
  return mapChannels(elements, f64, [&](Scalars &s, ArrayRef<Value> args) {
    return SmallVector<Value>{s.zeroIfNotFinite(args[0])};
  })[0];
}

SmallVector<Value> Decomposer::mapChannels(ArrayRef<Value> channels,
                                           ArrayRef<Type> types, Body body) {
  AffineMap map =
      AffineMap::getMultiDimIdentityMap(channelSizes.size(), b.getContext());
  return buildGeneric(b, {{channels, map}}, types, channelSizes, map,
                      SmallVector<utils::IteratorType>(
                          channelSizes.size(), utils::IteratorType::parallel),
                      body);
}

SmallVector<Value> Decomposer::mapData(ArrayRef<Value> data,
                                       ArrayRef<Value> channels,
                                       ArrayRef<Type> types, Body body) {
  unsigned rank = sizes.size();
  AffineMap dataMap = AffineMap::getMultiDimIdentityMap(rank, b.getContext());
  SmallVector<AffineExpr> channelExprs =
      llvm::map_to_vector(op.getChannelDims(),
                          [&](int64_t dim) { return b.getAffineDimExpr(dim); });
  return buildGeneric(
      b,
      {{data, dataMap},
       {channels, AffineMap::get(rank, 0, channelExprs, b.getContext())}},
      types, sizes, dataMap,
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](Scalars &s, ArrayRef<Value> args) {
        SmallVector<Value> results =
            body(s, llvm::map_to_vector(args, [&](Value arg) {
                   return s.cast(arg, computeType());
                 }));
        for (auto [result, type] : llvm::zip_equal(results, types))
          result = s.cast(result, type);
        return results;
      });
}

Value Decomposer::count() {
  double staticCount = 1;
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

Value Decomposer::deviation(Scalars &s, Value x, Value mean) {
  return s.sub(s.cast(x, f64), s.cast(mean, f64));
}

Value Decomposer::zeroIfEmpty(Scalars &s, Value m, Value value) {
  FloatAttr count;
  if (!value ||
      (matchPattern(m, m_Constant(&count)) && !count.getValue().isZero()))
    return value;
  return s.ifZero(m, s.constant(f64, 0.0), value);
}

SmallVector<Value> Decomposer::materialize(ArrayRef<Value> results) {
  SmallVector<Value> values = llvm::to_vector(results);
  for (auto [value, spec] : llvm::zip_equal(values, op.getResultSpecs())) {
    if (value)
      continue;
    value = createZeros(b, b.getLoc(), spec.isData ? sizes : channelSizes,
                        spec.isData ? dataType() : channelType());
  }
  return values;
}
