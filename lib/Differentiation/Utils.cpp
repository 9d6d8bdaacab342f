//===- Utils.cpp - What rules of differentiation are written with ---------===//

#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Utils/Utils.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

bool bn::isDifferentiable(Type type) {
  return isa<FloatType>(type) || (isa<RankedTensorType>(type) &&
                                  isa<FloatType>(getElementTypeOrSelf(type)));
}

LogicalResult bn::emitNoDerivative(Operation *op) {
  return op->emitOpError("has no derivative, but a gradient needs it");
}

Value bn::createConstantLike(OpBuilder &b, Location loc, Value like,
                             double value) {
  Type element = getElementTypeOrSelf(like);
  FloatAttr scalar = b.getFloatAttr(element, value);
  auto type = dyn_cast<RankedTensorType>(like.getType());
  if (!type)
    return arith::ConstantOp::create(b, loc, scalar);
  if (type.hasStaticShape())
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, scalar));
  SmallVector<Value> sizes = tensor::createDynamicDimValues(b, loc, like);
  Value filler = arith::ConstantOp::create(b, loc, scalar);
  return tensor::SplatOp::create(b, loc, filler, type.getShape(), sizes);
}

Value bn::createZeros(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
                      Type element) {
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  Value empty = tensor::EmptyOp::create(b, loc, sizes, element);
  return linalg::FillOp::create(b, loc, zero, empty).getResult(0);
}

FloatType bn::getSumType(Type element) {
  auto type = cast<FloatType>(element);
  return type.getWidth() < 32 ? Float32Type::get(type.getContext()) : type;
}

Value bn::createSum(OpBuilder &b, Location loc, Value tensor,
                    ArrayRef<int64_t> dims) {
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] :
       llvm::enumerate(tensor::getMixedSizes(b, loc, tensor)))
    if (!llvm::is_contained(dims, int64_t(dim)))
      sizes.push_back(size);
  Type element = getElementTypeOrSelf(tensor), type = getSumType(element);
  Value init = createZeros(b, loc, sizes, type);
  auto reduce = linalg::ReduceOp::create(
      b, loc, tensor, init, dims,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        Value next = createFloatCast(b, loc, args[0], type);
        linalg::YieldOp::create(
            b, loc, arith::AddFOp::create(b, loc, next, args[1]).getResult());
      });
  return createFloatCast(b, loc, reduce.getResult(0), element);
}

Value bn::createBroadcast(OpBuilder &b, Location loc, Value tensor, Value like,
                          ArrayRef<int64_t> dims) {
  Value init =
      tensor::EmptyOp::create(b, loc, tensor::getMixedSizes(b, loc, like),
                              getElementTypeOrSelf(tensor));
  return linalg::BroadcastOp::create(b, loc, tensor, init, dims)->getResult(0);
}

Value bn::createFloatCast(OpBuilder &b, Location loc, Value value,
                          Type element) {
  Type from = getElementTypeOrSelf(value), to = element;
  if (from == to)
    return value;
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    to = type.clone(element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, loc, to, value);
  return arith::TruncFOp::create(b, loc, to, value);
}
