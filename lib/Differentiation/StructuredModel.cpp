//===- StructuredModel.cpp - The derivative of any linalg op --------------===//
//
// Of all whose body is differentiable and makes, at each point of the loops, an
// element of a result, a term of a sum, or a candidate for a maximum or
// minimum. c is the cotangent of the result.
//
//===----------------------------------------------------------------------===//

#include "StructuredModel.h"
#include "bn/Differentiation/ReverseMode.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::bn;

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
  for (unsigned i = inputs.size(); i-- > 0;) {
    if (!body.getArgument(i).use_empty())
      continue;
    SmallVector<AffineMap> bounds = {map};
    bounds.append(maps.begin(), maps.begin() + i);
    bounds.append(maps.begin() + i + 1, maps.end());
    if (!inversePermutation(concatAffineMaps(bounds, b.getContext())))
      continue;
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

/// The value that the body combines with each element of the only result, as
/// the last thing it does, by a maximum or minimum; null where it does not.
static Value findCandidate(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1)
    return {};
  Operation *combiner =
      op.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
  BlockArgument extremum = op.getRegionOutputArgs().front();
  if (!isa_and_present<arith::MaximumFOp, arith::MinimumFOp>(combiner) ||
      !combiner->hasOneUse() || !extremum.hasOneUse() ||
      *extremum.user_begin() != combiner)
    return {};
  return combiner->getOperand(combiner->getOperand(0) == extremum ? 1 : 0);
}

/// For each element of the result of `op`, which is an extremum, the sum of
/// what `buildTerm` makes of those candidates that are the result.
static linalg::GenericOp
createSumOfHits(linalg::LinalgOp op, OpBuilder &b,
                function_ref<Value(OpBuilder &, Value)> buildTerm) {
  Location loc = op.getLoc();
  OwningOpRef<Operation *> copy = op->clone();
  auto source = cast<linalg::LinalgOp>(*copy);
  Value result = op->getResult(0);
  AffineMap map = op.getIndexingMapMatchingResult(op->getResult(0));
  SmallVector<Value> inputs = op.getDpsInputs();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps.insert(maps.begin() + inputs.size(), map);

  Type element = getElementTypeOrSelf(result);
  Block *body = source.getBlock();
  Value extremum = body->insertArgument(inputs.size(), element, loc);
  inputs.push_back(result);
  Operation *yield = body->getTerminator();
  Value candidate = findCandidate(source);
  OpBuilder inside(yield);
  Value hit = arith::CmpFOp::create(inside, loc, arith::CmpFPredicate::OEQ,
                                    candidate, extremum);
  Value term = buildTerm(inside, candidate);
  Type sumType = term.getType();
  Value zero =
      arith::ConstantOp::create(inside, loc, inside.getZeroAttr(sumType));
  term = arith::SelectOp::create(inside, loc, hit, term, zero);
  Operation *combiner = yield->getOperand(0).getDefiningOp();
  BlockArgument sum = body->getArguments().back();
  sum.setType(sumType);
  yield->setOperands(arith::AddFOp::create(inside, loc, sum, term).getResult());
  combiner->erase();

  Value zeros =
      createZeros(b, loc, tensor::getMixedSizes(b, loc, result), sumType);
  auto generic =
      linalg::GenericOp::create(b, loc, TypeRange(zeros), inputs, zeros, maps,
                                op.getIteratorTypesArray());
  generic.getRegion().takeBody((*copy)->getRegion(0));
  return generic;
}

/// r = max(init, maximum of x): c shared equally by the x that are r; c where
/// there is none. The minimum likewise.
static FailureOr<Gradients>
differentiateExtremum(linalg::LinalgOp op, OpBuilder &b, Value c,
                      const llvm::BitVector &needed) {
  Location loc = op.getLoc();
  Type element = getElementTypeOrSelf(c);
  Value sum = createSumOfHits(op, b, [&](OpBuilder &inside, Value) -> Value {
                Type type = getSumType(element);
                return arith::ConstantOp::create(inside, loc,
                                                 inside.getFloatAttr(type, 1));
              }).getResult(0);
  Value count = createFloatCast(b, loc, sum, element);
  // 0 / 0 would spoil the gradient of this gradient, though nothing uses it.
  Value divisor = arith::MaximumFOp::create(
      b, loc, count, createConstantLike(b, loc, count, 1));
  Value share = arith::DivFOp::create(b, loc, c, divisor);

  // With the tied x in place, the result is their sum.
  linalg::GenericOp hits = createSumOfHits(
      op, b, [](OpBuilder &, Value candidate) { return candidate; });
  Gradients gradients(op->getNumOperands());
  for (OpOperand *x : op.getDpsInputOperands()) {
    unsigned number = x->getOperandNumber();
    if (!needed[number] || !isDifferentiable(x->get().getType()) ||
        op.getMatchingBlockArgument(x).use_empty())
      continue;
    auto built = differentiateBody(hits, b, share, hits->getOpOperand(number));
    if (failed(built))
      return failure();
    gradients[number] = *built;
  }
  hits.erase();
  Value zero = createConstantLike(b, loc, count, 0);
  Value none =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, count, zero);
  gradients.back() = arith::SelectOp::create(b, loc, none, c, zero);
  return gradients;
}

FailureOr<Gradients>
bn::differentiateStructured(linalg::LinalgOp op, OpBuilder &b,
                            ArrayRef<Value> cotangents,
                            const llvm::BitVector &needed) {
  bool pointwise = isPointwise(op);
  if (!pointwise && findCandidate(op))
    return differentiateExtremum(op, b, cotangents[0], needed);
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
