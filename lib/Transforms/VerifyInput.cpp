//===- VerifyInput.cpp - What no other pass need expect -------------------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/CheckedArithmetic.h"

namespace mlir::bn {
#define GEN_PASS_DEF_VERIFYINPUTPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// Whether the bytes of an array whose dynamic sizes are 1, and whose sizes of
/// 0 are 1 as well, can be counted: strides are products of all sizes.
static bool isAddressable(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasRank())
    return true;
  int64_t bytes = bn::getNumBytes(shaped.getElementType());
  for (int64_t size : shaped.getShape()) {
    if (ShapedType::isDynamic(size) || size == 0)
      continue;
    std::optional<int64_t> product = llvm::checkedMul(bytes, size);
    if (!product)
      return false;
    bytes = *product;
  }
  return true;
}

static LogicalResult verifySizes(Operation *op, TypeRange types) {
  auto large = llvm::find_if_not(types, isAddressable);
  if (large == types.end())
    return success();
  return op->emitOpError("expected arrays of less than 2^63 bytes, but got ")
         << *large;
}

/// Inlining a call replaces its results by what the callee returns.
static LogicalResult verifyReturns(func::FuncOp func) {
  if (func.isDeclaration() || !func.getOps<func::ReturnOp>().empty())
    return success();
  Operation *last = func.back().getTerminator();
  return last->emitOpError("ends @")
         << func.getName() << ", expected a func.return in it";
}

namespace {
struct VerifyInput : bn::impl::VerifyInputPassBase<VerifyInput> {
  void runOnOperation() override {
    auto verify = [](Operation *op) -> LogicalResult {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          if (failed(verifySizes(op, block.getArgumentTypes())))
            return failure();
      if (auto func = dyn_cast<func::FuncOp>(op);
          func && failed(verifyReturns(func)))
        return failure();
      return verifySizes(op, op->getResultTypes());
    };
    WalkResult result = getOperation()->walk<WalkOrder::PreOrder>(
        [&](Operation *op) { return WalkResult(verify(op)); });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
