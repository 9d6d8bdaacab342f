//===- ManualDeallocation.cpp - Leave the user's buffers to the user ------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::bn {
#define GEN_PASS_DEF_MANUALDEALLOCATIONPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using bufferization::BufferizationDialect;

namespace {
struct ManualDeallocation
    : bn::impl::ManualDeallocationPassBase<ManualDeallocation> {
  void runOnOperation() override {
    auto mark = [&](Operation *op) {
      op->setAttr(BufferizationDialect::kManualDeallocation,
                  UnitAttr::get(&getContext()));
    };
    getOperation()->walk([&](FunctionOpInterface function) {
      SmallVector<Operation *> allocations;
      bool frees = false;
      function.walk([&](Operation *op) {
        if (hasEffect<MemoryEffects::Free>(op)) {
          mark(op);
          frees = true;
        } else if (isa<memref::AllocOp>(op)) {
          allocations.push_back(op);
        }
      });
      if (frees)
        llvm::for_each(allocations, mark);
    });
  }
};
} // namespace
