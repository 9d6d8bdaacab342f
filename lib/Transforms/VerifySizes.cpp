//===- VerifySizes.cpp - No array is larger than memory -------------------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "llvm/Support/CheckedArithmetic.h"

namespace mlir::bn {
#define GEN_PASS_DEF_VERIFYSIZESPASS
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

namespace {
struct VerifySizes : bn::impl::VerifySizesPassBase<VerifySizes> {
  void runOnOperation() override {
    auto check = [](Operation *op, TypeRange types) {
      auto large = llvm::find_if_not(types, isAddressable);
      if (large == types.end())
        return WalkResult::advance();
      op->emitOpError("expected arrays of less than 2^63 bytes, but got ")
          << *large;
      return WalkResult::interrupt();
    };
    WalkResult result =
        getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
          for (Region &region : op->getRegions())
            for (Block &block : region)
              if (check(op, block.getArgumentTypes()).wasInterrupted())
                return WalkResult::interrupt();
          return check(op, op->getResultTypes());
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
