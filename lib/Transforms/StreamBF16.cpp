//===- StreamBF16.cpp - Write bf16 past the caches ------------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::bn {
#define GEN_PASS_DEF_STREAMBF16PASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

namespace {
struct StreamBF16 : bn::impl::StreamBF16PassBase<StreamBF16> {
  void runOnOperation() override {
    getOperation()->walk([](LLVM::StoreOp store) {
      auto type = dyn_cast<VectorType>(store.getValue().getType());
      if (!store.getNontemporal() || !type || !type.getElementType().isBF16())
        return;
      OpBuilder b(store);
      store.getValueMutable().assign(b.createOrFold<LLVM::BitcastOp>(
          store.getLoc(), type.clone(b.getI16Type()), store.getValue()));
    });
  }
};
} // namespace
