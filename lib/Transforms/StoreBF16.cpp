//===- StoreBF16.cpp - Store vectors of bf16 as integers ------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::bn {
#define GEN_PASS_DEF_STOREBF16PASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

namespace {
struct StoreBF16 : bn::impl::StoreBF16PassBase<StoreBF16> {
  void runOnOperation() override {
    getOperation()->walk([](LLVM::StoreOp store) {
      auto type = dyn_cast<VectorType>(store.getValue().getType());
      if (!type || !type.getElementType().isBF16())
        return;
      OpBuilder b(store);
      store.getValueMutable().assign(b.createOrFold<LLVM::BitcastOp>(
          store.getLoc(), type.clone(b.getI16Type()), store.getValue()));
    });
  }
};
} // namespace
