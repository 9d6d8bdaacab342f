//===- HoistAllocas.cpp - One stack buffer per thread ---------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"

namespace mlir::bn {
#define GEN_PASS_DEF_HOISTALLOCASPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

namespace {
struct HoistAllocas : bn::impl::HoistAllocasPassBase<HoistAllocas> {
  void runOnOperation() override {
    getOperation()->walk([](memref::AllocaOp alloca) {
      auto parallel = alloca->getParentOfType<omp::ParallelOp>();
      if (parallel && alloca->getNumOperands() == 0)
        alloca->moveBefore(&parallel.getRegion().front(),
                           parallel.getRegion().front().begin());
    });
  }
};
} // namespace
