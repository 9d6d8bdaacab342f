//===- ReverseMode.cpp - Reverse mode on straight-line code ---------------===//

#include "bn/Differentiation/ReverseMode.h"
#include "bn/Differentiation/DifferentiableOpInterface.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::bn;

/// Whether `type` is of integers that may hold the bits of floats. Truth values
/// and places do not: what depends on them has steps, and no slope.
static bool isOfBits(Type type) {
  Type element = getElementTypeOrSelf(type);
  return isa<IntegerType>(element) && !element.isInteger(1);
}

/// Whether `op` may make integers of floats by another way than rounding.
static bool takesBits(Operation *op) {
  auto takes = [](Operation *nested) {
    return nested->getNumRegions() == 0 &&
           !isa<arith::FPToSIOp, arith::FPToUIOp>(nested) &&
           llvm::any_of(nested->getResultTypes(), isOfBits) &&
           llvm::any_of(nested->getOperandTypes(), [](Type type) {
             return isa<FloatType>(getElementTypeOrSelf(type));
           });
  };
  return op
      ->walk([&](Operation *nested) {
        return takes(nested) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether `op` may have an effect of type `Effect` on whatever memory.
template <typename Effect> static bool mayHave(Operation *op) {
  auto effects = getEffectsRecursively(op);
  return !effects ||
         llvm::any_of(*effects,
                      [](const MemoryEffects::EffectInstance &effect) {
                        return isa<Effect>(effect.getEffect());
                      });
}

ReverseMode::ReverseMode(Block *block, ArrayRef<unsigned> wrt)
    : block(block), b(block->getTerminator()) {
  for (unsigned index : wrt)
    varied.insert(block->getArgument(index));
  // Buffers and globals may hold what varies once some of it has been stored.
  bool stored = false;
  for (Operation &op : block->without_terminator()) {
    bool any = false, anyBits = takesBits(&op);
    op.walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        if (varied.contains(operand)) {
          any = true;
          anyBits |= isOfBits(operand.getType());
        }
    });
    bool loads = stored && mayHave<MemoryEffects::Read>(&op);
    if (!any && !loads)
      continue;
    // Of whatever type, so that what has no derivative is found on the way.
    for (Value result : op.getResults())
      if (isOfBits(result.getType())
              ? anyBits || loads
              : !getElementTypeOrSelf(result).isIntOrIndex())
        varied.insert(result);
    stored |= mayHave<MemoryEffects::Write>(&op);
  }
}

void ReverseMode::addGradient(Value value, Value gradient) {
  if (!gradient || !varied.contains(value))
    return;
  if (gradient.getType() != value.getType())
    gradient =
        tensor::CastOp::create(b, value.getLoc(), value.getType(), gradient);
  Value &sum = gradients[value];
  sum =
      sum ? arith::AddFOp::create(b, value.getLoc(), sum, gradient).getResult()
          : gradient;
}

LogicalResult ReverseMode::run() {
  SmallVector<Operation *> ops;
  for (Operation &op : block->without_terminator())
    ops.push_back(&op);
  // Those that are added on the way are not visited.
  for (Operation *op : llvm::reverse(ops))
    if (failed(visit(op)))
      return failure();
  return success();
}

LogicalResult ReverseMode::visit(Operation *op) {
  SmallVector<Value> cotangents = llvm::map_to_vector(
      op->getResults(), [&](Value result) { return getGradient(result); });
  if (llvm::none_of(cotangents, [](Value value) { return bool(value); }))
    return success();
  auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  auto isVaried = [&](Value value) { return varied.contains(value); };
  auto hasVariedBits = [&](Value value) {
    return isVaried(value) && isOfBits(value.getType());
  };
  if (!differentiable || llvm::any_of(captured, isVaried) ||
      llvm::any_of(op->getOperands(), hasVariedBits))
    return emitNoDerivative(op);
  llvm::BitVector needed(op->getNumOperands());
  for (OpOperand &operand : op->getOpOperands())
    needed[operand.getOperandNumber()] = varied.contains(operand.get());
  auto results = differentiable.buildNeededVJP(b, cotangents, needed);
  if (failed(results))
    return failure();
  for (auto [operand, gradient] : llvm::zip(op->getOperands(), *results))
    addGradient(operand, gradient);
  return success();
}
