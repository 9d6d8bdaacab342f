//===- LinalgModels.cpp - Derivatives of linalg ops -----------------------===//
//
// One rule for all ops whose body is differentiable, and shorter ones where the
// gradient is a named op again. c is the cotangent of the result. An operand
// that is only a destination has no gradient.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "bn/Differentiation/ReverseMode.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
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
/// r = max(init, maximum of x): c shared equally by the elements of x that are
/// r; c where there is none. The minimum likewise.
static FailureOr<Gradients> differentiateReduce(linalg::ReduceOp op,
                                                OpBuilder &b, Value c) {
  Block *body = op.getBody();
  Operation *combiner = body->getTerminator()->getOperand(0).getDefiningOp();
  if (op.getInputs().size() != 1 ||
      !isa_and_present<arith::AddFOp, arith::MaximumFOp, arith::MinimumFOp>(
          combiner) ||
      combiner->getOperand(0) == combiner->getOperand(1) ||
      llvm::any_of(combiner->getOperands(), [&](Value operand) {
        return operand.getParentBlock() != body || operand.getDefiningOp();
      }))
    return failure();

  Location loc = op.getLoc();
  Value x = op.getInputs()[0];
  auto repeat = [&](Value value) {
    return createBroadcast(b, loc, value, x, op.getDimensions());
  };
  if (isa<arith::AddFOp>(combiner))
    return Gradients{repeat(c), c};

  Value zeros = createConstantLike(b, loc, x, 0);
  Value hit = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x,
                                    repeat(op->getResult(0)));
  Value ones = arith::SelectOp::create(b, loc, hit,
                                       createConstantLike(b, loc, x, 1), zeros);
  Value count = createSum(b, loc, ones, op.getDimensions());
  // 0 / 0 would spoil the gradient of this gradient, though nothing uses it.
  Value divisor = arith::MaximumFOp::create(
      b, loc, count, createConstantLike(b, loc, count, 1));
  Value share = arith::DivFOp::create(b, loc, c, divisor);
  Value zero = createConstantLike(b, loc, count, 0);
  Value none =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, count, zero);
  return Gradients{arith::SelectOp::create(b, loc, hit, repeat(share), zeros),
                   arith::SelectOp::create(b, loc, none, c, zero)};
}

/// Whether each element of a result comes from one point of the loops.
static bool isPointwise(linalg::LinalgOp op) {
  return llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
    return op.getMatchingIndexingMap(&init).isPermutation();
  });
}

/// Whether all that the body does with a result is to add to it.
static bool isSum(linalg::LinalgOp op) {
  ValueRange yielded = op.getBlock()->getTerminator()->getOperands();
  return llvm::all_of(
      llvm::zip(op.getRegionOutputArgs(), yielded), [](auto pair) {
        auto [sum, value] = pair;
        auto add = value.template getDefiningOp<arith::AddFOp>();
        return add && value.hasOneUse() && sum.hasOneUse() &&
               *sum.user_begin() == add;
      });
}

/// The gradient by the elements of `x`: that of the body, summed over the
/// points of the loops that read the same element.
static FailureOr<Value> differentiateBody(linalg::LinalgOp op, OpBuilder &b,
                                          ArrayRef<Value> cotangents,
                                          OpOperand &x) {
  Location loc = op.getLoc();
  OwningOpRef<Operation *> copy = op->clone();
  Block &body = copy->getRegion(0).front();
  Operation *yield = body.getTerminator();

  SmallVector<Value> inputs = llvm::to_vector(op->getOperands());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto addInput = [&](Value tensor, unsigned result) -> Value {
    inputs.push_back(tensor);
    maps.push_back(op.getIndexingMapMatchingResult(op->getResult(result)));
    return body.addArgument(getElementTypeOrSelf(tensor), loc);
  };
  ReverseMode reverse(&body, x.getOperandNumber());
  for (auto [result, cotangent] : llvm::enumerate(cotangents))
    if (cotangent)
      reverse.addGradient(yield->getOperand(result),
                          addInput(cotangent, result));
  if (failed(reverse.run()))
    return failure();
  Value gradient = reverse.getGradient(body.getArgument(x.getOperandNumber()));
  if (!gradient)
    return Value();

  // No op where it is a cotangent as it is.
  AffineMap map = op.getMatchingIndexingMap(&x);
  bool sums = !map.isPermutation();
  bool isScalar = !isa<RankedTensorType>(x.get().getType());
  auto argument = dyn_cast<BlockArgument>(gradient);
  if (argument && argument.getOwner() == &body && !sums && !isScalar &&
      maps[argument.getArgNumber()] == map)
    return inputs[argument.getArgNumber()];

  // Results are read, not computed again.
  SmallVector<Value> yielded = llvm::to_vector(yield->getOperands());
  yield->setOperands(gradient);
  if (isPointwise(op))
    for (auto [result, value] : llvm::enumerate(yielded))
      if (value.getParentBlock() == &body && value.getDefiningOp())
        value.replaceAllUsesWith(addInput(op->getResult(result), result));
  for (Operation &dead : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&dead))
      dead.erase();

  // Without inputs that are not read, unless loops get their bounds from them.
  SmallVector<AffineMap> bounds = {map};
  for (auto [arg, input] : llvm::zip(body.getArguments(), maps))
    if (!arg.use_empty())
      bounds.push_back(input);
  if (inversePermutation(concatAffineMaps(bounds, b.getContext())))
    for (unsigned i = inputs.size(); i-- > 0;)
      if (body.getArgument(i).use_empty()) {
        body.eraseArgument(i);
        inputs.erase(inputs.begin() + i);
        maps.erase(maps.begin() + i);
      }

  Type element = getElementTypeOrSelf(x.get());
  Type sumType = sums ? getSumType(element) : element;
  SmallVector<OpFoldResult> sizes;
  if (!isScalar)
    sizes = tensor::getMixedSizes(b, loc, x.get());
  Value init = sums ? createZeros(b, loc, sizes, sumType)
                    : tensor::EmptyOp::create(b, loc, sizes, sumType);
  Value sum = body.addArgument(sumType, loc);
  if (sums) {
    OpBuilder inside(yield);
    Value term = createFloatCast(inside, loc, yield->getOperand(0), sumType);
    yield->setOperands(
        arith::AddFOp::create(inside, loc, sum, term).getResult());
  }
  maps.push_back(map);
  // Points that differ in a parallel loop are for different elements.
  SmallVector<utils::IteratorType> loops;
  for (unsigned dim = 0; dim < map.getNumDims(); ++dim) {
    unsigned uses = llvm::count_if(map.getResults(), [&](AffineExpr expr) {
      return expr.isFunctionOfDim(dim);
    });
    bool isParallel =
        uses == 1 && map.getResultPosition(b.getAffineDimExpr(dim));
    loops.push_back(isParallel ? utils::IteratorType::parallel
                               : utils::IteratorType::reduction);
  }
  auto generic = linalg::GenericOp::create(b, loc, TypeRange(init), inputs,
                                           init, maps, loops);
  generic.getRegion().takeBody(copy->getRegion(0));
  Value result = createFloatCast(b, loc, generic.getResult(0), element);
  return isScalar ? tensor::ExtractOp::create(b, loc, result, ValueRange())
                        .getResult()
                  : result;
}

/// The body makes, at each point of the loops, either an element of a result
/// or a term of a sum.
static FailureOr<Gradients>
differentiateStructured(linalg::LinalgOp op, OpBuilder &b,
                        ArrayRef<Value> cotangents,
                        const llvm::BitVector &needed) {
  bool pointwise = isPointwise(op);
  if (!pointwise && !isSum(op))
    return emitNoDerivative(op);
  Gradients gradients(op->getNumOperands());
  for (OpOperand &x : op->getOpOperands()) {
    if (!needed[x.getOperandNumber()] || !isDifferentiable(x.get().getType()) ||
        op.getBlock()->getArgument(x.getOperandNumber()).use_empty())
      continue;
    Value &gradient = gradients[x.getOperandNumber()];
    if (!pointwise && op.isDpsInit(&x)) {
      gradient = cotangents[op.getTiedOpResult(&x).getResultNumber()];
      continue;
    }
    auto built = differentiateBody(op, b, cotangents, x);
    if (failed(built))
      return failure();
    gradient = *built;
  }
  return gradients;
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
