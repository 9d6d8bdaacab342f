//===- ReverseMode.cpp - Reverse mode on straight-line code ---------------===//

#include "bn/Differentiation/ReverseMode.h"
#include "bn/Differentiation/DifferentiableOpInterface.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::bn;

ReverseMode::ReverseMode(Block *block, ArrayRef<unsigned> wrt)
    : block(block), b(block->getTerminator()) {
  for (unsigned index : wrt)
    varied.insert(block->getArgument(index));
  for (Operation &op : block->without_terminator()) {
    auto depends = [&](Operation *nested) {
      return llvm::any_of(nested->getOperands(), [&](Value operand) {
        return varied.contains(operand);
      });
    };
    bool any = op.walk([&](Operation *nested) {
                   return depends(nested) ? WalkResult::interrupt()
                                          : WalkResult::advance();
                 }).wasInterrupted();
    if (!any)
      continue;
    // Of whatever type, so that what has no derivative is found on the way.
    for (Value result : op.getResults())
      if (!getElementTypeOrSelf(result).isIntOrIndex())
        varied.insert(result);
    // A buffer may hold from now on what the op has stored.
    for (Value operand : op.getOperands())
      if (isa<BaseMemRefType>(operand.getType()))
        varied.insert(operand);
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
  if (!differentiable || llvm::any_of(captured, [&](Value value) {
        return varied.contains(value);
      }))
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
