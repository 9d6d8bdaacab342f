//===- LinalgModels.cpp - Derivatives of linalg ops -----------------------===//
//
// c is the cotangent of the result. An operand that is only a destination has
// no gradient.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::bn;

namespace {
using Gradients = FailureOr<SmallVector<Value>>;

template <typename Model, typename OpTy>
using Base = DifferentiableOpInterface::ExternalModel<Model, OpTy>;

/// A matrix that is a factor or a gradient, with names for its dims.
struct Matrix {
  Value value;
  char rows, columns;
};

/// The product of `left` and `right`, summed over the dim that they share, of
/// the shape of `like`, whose dims are `rows` and `columns`.
static Value createProduct(OpBuilder &b, Location loc, Matrix left,
                           Matrix right, Matrix like) {
  // linalg.matmul's loops are the result's rows and columns, then the sum.
  auto map = [&](Matrix matrix) {
    auto loop = [&](char dim) {
      return b.getAffineDimExpr(dim == like.rows      ? 0
                                : dim == like.columns ? 1
                                                      : 2);
    };
    return AffineMap::get(3, 0, {loop(matrix.rows), loop(matrix.columns)},
                          b.getContext());
  };
  // The factor that has the result's rows comes first.
  if (left.rows != like.rows && left.columns != like.rows)
    std::swap(left, right);
  Value zeros =
      linalg::FillOp::create(
          b, loc,
          ValueRange(arith::ConstantOp::create(
              b, loc, b.getFloatAttr(getElementTypeOrSelf(like.value), 0))),
          ValueRange(tensor::EmptyOp::create(
              b, loc, tensor::getMixedSizes(b, loc, like.value),
              getElementTypeOrSelf(like.value))))
          .getResult(0);
  auto maps = b.getAffineMapArrayAttr({map(left), map(right), map(like)});
  return linalg::MatmulOp::create(
             b, loc, TypeRange(zeros), ValueRange{left.value, right.value},
             ValueRange(zeros), b.getNamedAttr("indexing_maps", maps))
      .getResult(0);
}

/// r = init + x y: for x the sum over columns of c and y, for y that over rows
/// of x and c, for init c.
struct Matmul : Base<Matmul, linalg::MatmulOp> {
  Gradients buildVJP(Operation *op, OpBuilder &b, ArrayRef<Value> c) const {
    auto matmul = cast<linalg::MatmulOp>(op);
    Value x = matmul.getInputs()[0], y = matmul.getInputs()[1];
    Type element = getElementTypeOrSelf(c[0]);
    if (getElementTypeOrSelf(x) != element ||
        getElementTypeOrSelf(y) != element)
      return failure();
    SmallVector<AffineMap> maps = matmul.getIndexingMapsArray();
    // Each operand transposed or not; anything else has no rule.
    auto name = [&](Value value, AffineMap map) -> FailureOr<Matrix> {
      if (map.getNumResults() != 2 || !map.isProjectedPermutation())
        return failure();
      return Matrix{value, "mnk"[map.getDimPosition(0)],
                    "mnk"[map.getDimPosition(1)]};
    };
    auto left = name(x, maps[0]), right = name(y, maps[1]),
         result = name(c[0], maps[2]);
    if (failed(left) || failed(right) || failed(result))
      return failure();
    Location loc = op->getLoc();
    return SmallVector<Value>{createProduct(b, loc, *result, *right, *left),
                              createProduct(b, loc, *left, *result, *right),
                              c[0]};
  }
};

/// The sum over the dims along which x is repeated.
struct Broadcast : Base<Broadcast, linalg::BroadcastOp> {
  Gradients buildVJP(Operation *op, OpBuilder &b, ArrayRef<Value> c) const {
    auto broadcast = cast<linalg::BroadcastOp>(op);
    return SmallVector<Value>{
        createSum(b, op->getLoc(), c[0], broadcast.getDimensions()), Value()};
  }
};

/// c transposed back.
struct Transpose : Base<Transpose, linalg::TransposeOp> {
  Gradients buildVJP(Operation *op, OpBuilder &b, ArrayRef<Value> c) const {
    auto transpose = cast<linalg::TransposeOp>(op);
    Location loc = op->getLoc();
    Value x = transpose.getInput();
    Value init = tensor::EmptyOp::create(
        b, loc, tensor::getMixedSizes(b, loc, x), getElementTypeOrSelf(x));
    return SmallVector<Value>{
        linalg::TransposeOp::create(
            b, loc, c[0], init,
            invertPermutationVector(transpose.getPermutation()))
            ->getResult(0),
        Value()};
  }
};

/// r = init + sum of x: c repeated along the reduced dims, c.
/// r = max(init, maximum of x): c shared equally by the elements of x that are
/// r; c where there is none. The minimum likewise.
struct Reduce : Base<Reduce, linalg::ReduceOp> {
  Gradients buildVJP(Operation *op, OpBuilder &b, ArrayRef<Value> c) const {
    auto reduce = cast<linalg::ReduceOp>(op);
    Block *body = reduce.getBody();
    Operation *combiner = body->getTerminator()->getOperand(0).getDefiningOp();
    if (reduce.getInputs().size() != 1 ||
        !isa_and_present<arith::AddFOp, arith::MaximumFOp, arith::MinimumFOp>(
            combiner) ||
        combiner->getOperand(0) == combiner->getOperand(1) ||
        llvm::any_of(combiner->getOperands(), [&](Value operand) {
          return operand.getParentBlock() != body || operand.getDefiningOp();
        }))
      return failure();

    Location loc = op->getLoc();
    Value x = reduce.getInputs()[0];
    auto repeat = [&](Value value) {
      return createBroadcast(b, loc, value, x, reduce.getDimensions());
    };
    if (isa<arith::AddFOp>(combiner))
      return SmallVector<Value>{repeat(c[0]), c[0]};

    Value zeros = createConstantLike(b, loc, x, 0);
    Value hit = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x,
                                      repeat(op->getResult(0)));
    Value ones = arith::SelectOp::create(
        b, loc, hit, createConstantLike(b, loc, x, 1), zeros);
    Value count = createSum(b, loc, ones, reduce.getDimensions());
    // 0 / 0 would spoil the gradient of this gradient, though nothing uses it.
    Value divisor = arith::MaximumFOp::create(
        b, loc, count, createConstantLike(b, loc, count, 1));
    Value share = arith::DivFOp::create(b, loc, c[0], divisor);
    Value zero = createConstantLike(b, loc, count, 0);
    Value none =
        arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, count, zero);
    return SmallVector<Value>{
        arith::SelectOp::create(b, loc, hit, repeat(share), zeros),
        arith::SelectOp::create(b, loc, none, c[0], zero)};
  }
};

/// The sum of all elements of c.
struct Fill : Base<Fill, linalg::FillOp> {
  Gradients buildVJP(Operation *op, OpBuilder &b, ArrayRef<Value> c) const {
    Location loc = op->getLoc();
    int64_t rank = cast<RankedTensorType>(c[0].getType()).getRank();
    Value sum =
        createSum(b, loc, c[0], llvm::to_vector(llvm::seq<int64_t>(0, rank)));
    Value scalar = tensor::ExtractOp::create(b, loc, sum, ValueRange());
    return SmallVector<Value>{
        createFloatCast(b, loc, scalar, op->getOperand(0).getType()), Value()};
  }
};
} // namespace

void bn::registerLinalgModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    linalg::MatmulOp::attachInterface<Matmul>(*context);
    linalg::BroadcastOp::attachInterface<Broadcast>(*context);
    linalg::TransposeOp::attachInterface<Transpose>(*context);
    linalg::ReduceOp::attachInterface<Reduce>(*context);
    linalg::FillOp::attachInterface<Fill>(*context);
  });
}
