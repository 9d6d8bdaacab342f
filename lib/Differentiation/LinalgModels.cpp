//===- LinalgModels.cpp - Derivatives of linalg ops -----------------------===//
//
// Short rules where the gradient is a named op again, for all else the one of
// StructuredModel.cpp. c is the cotangent of the result. An operand that is
// only a destination has no gradient.
//
//===----------------------------------------------------------------------===//

#include "StructuredModel.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::bn;

namespace {
/// A matrix that is a factor or a gradient, with names for its dims.
struct Matrix {
  Value value;
  char rows, columns;
};
} // namespace

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
  Value zeros = createZeros(b, loc, tensor::getMixedSizes(b, loc, like.value),
                            getElementTypeOrSelf(like.value));
  auto maps = b.getAffineMapArrayAttr({map(left), map(right), map(like)});
  return linalg::MatmulOp::create(
             b, loc, TypeRange(zeros), ValueRange{left.value, right.value},
             ValueRange(zeros), b.getNamedAttr("indexing_maps", maps))
      .getResult(0);
}

/// r = init + x y: for x the sum over columns of c and y, for y that over rows
/// of x and c, for init c.
static FailureOr<Gradients> differentiateMatmul(linalg::MatmulOp op,
                                                OpBuilder &b, Value c) {
  Value x = op.getInputs()[0], y = op.getInputs()[1];
  Type element = getElementTypeOrSelf(c);
  if (getElementTypeOrSelf(x) != element || getElementTypeOrSelf(y) != element)
    return failure();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  // Each operand transposed or not; anything else is no product of matrices.
  if (!llvm::all_of(maps, [](AffineMap map) {
        return map.getNumResults() == 2 && map.isProjectedPermutation();
      }))
    return failure();
  auto name = [](Value value, AffineMap map) {
    return Matrix{value, "mnk"[map.getDimPosition(0)],
                  "mnk"[map.getDimPosition(1)]};
  };
  Matrix left = name(x, maps[0]), right = name(y, maps[1]),
         result = name(c, maps[2]);
  return Gradients{createProduct(b, op.getLoc(), result, right, left),
                   createProduct(b, op.getLoc(), left, result, right), c};
}

/// c transposed back.
static Gradients differentiateTranspose(linalg::TransposeOp op, OpBuilder &b,
                                        Value c) {
  Location loc = op.getLoc();
  Value x = op.getInput();
  Value init = tensor::EmptyOp::create(b, loc, tensor::getMixedSizes(b, loc, x),
                                       getElementTypeOrSelf(x));
  auto permutation = invertPermutationVector(op.getPermutation());
  return {
      linalg::TransposeOp::create(b, loc, c, init, permutation)->getResult(0),
      Value()};
}

/// r = init + sum of x: c repeated along the reduced dims, c.
static FailureOr<Gradients> differentiateReduce(linalg::ReduceOp op,
                                                OpBuilder &b, Value c) {
  Block *body = op.getBody();
  auto add =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (op.getInputs().size() != 1 || !add || add.getLhs() == add.getRhs() ||
      llvm::any_of(add->getOperands(), [&](Value operand) {
        return operand.getParentBlock() != body || operand.getDefiningOp();
      }))
    return failure();
  return Gradients{
      createBroadcast(b, op.getLoc(), c, op.getInputs()[0], op.getDimensions()),
      c};
}

namespace {
template <typename OpTy> struct Structured : RuleFor<Structured<OpTy>, OpTy> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    return buildNeededVJP(op, b, c,
                          llvm::BitVector(op->getNumOperands(), true));
  }

  FailureOr<Gradients> buildNeededVJP(Operation *op, OpBuilder &b,
                                      ArrayRef<Value> c,
                                      const llvm::BitVector &needed) const {
    FailureOr<Gradients> named =
        TypeSwitch<Operation *, FailureOr<Gradients>>(op)
            .Case([&](linalg::MatmulOp op) {
              return differentiateMatmul(op, b, c[0]);
            })
            .Case([&](linalg::ReduceOp op) {
              return differentiateReduce(op, b, c[0]);
            })
            .Case([&](linalg::BroadcastOp op) {
              return Gradients{
                  createSum(b, op.getLoc(), c[0], op.getDimensions()), Value()};
            })
            .Case([&](linalg::TransposeOp op) {
              return differentiateTranspose(op, b, c[0]);
            })
            .Default(failure());
    return succeeded(named) ? named
                            : differentiateStructured(
                                  cast<linalg::LinalgOp>(op), b, c, needed);
  }
};
} // namespace

template <typename... OpTys> static void attach(MLIRContext *context) {
  (OpTys::template attachInterface<Structured<OpTys>>(*context), ...);
}

void bn::registerLinalgModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    attach<
#define GET_OP_LIST
#include "mlir/Dialect/Linalg/IR/LinalgStructuredOps.cpp.inc"
        >(context);
  });
}
