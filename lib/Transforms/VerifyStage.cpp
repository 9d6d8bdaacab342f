//===- VerifyStage.cpp - What holds after each pipeline -------------------===//

#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::bn {
#define GEN_PASS_DEF_VERIFYSTAGEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// Casts remain because of an op that did not convert.
static bool isCast(Operation *op) {
  return isa<UnrealizedConversionCastOp, bufferization::ToTensorOp,
             bufferization::ToBufferOp>(op);
}

static bool hasTensors(Operation *op) {
  auto isTensor = llvm::IsaPred<TensorType>;
  return llvm::any_of(op->getOperandTypes(), isTensor) ||
         llvm::any_of(op->getResultTypes(), isTensor);
}

/// What `stage` allows in place of `op`; empty if it allows `op`.
static StringRef getExpected(Stage stage, Operation *op) {
  Dialect *dialect = op->getDialect();
  switch (stage) {
  case Stage::Linalg:
    return isa_and_nonnull<BNDialect>(dialect) ? "linalg ops on tensors" : "";
  case Stage::MemRef:
    return hasTensors(op) ? "ops on memrefs" : "";
  case Stage::Affine:
    return isa_and_nonnull<linalg::LinalgDialect>(dialect) || hasTensors(op)
               ? "loops on memrefs"
               : "";
  case Stage::LLVM:
    return isa<ModuleOp>(op) ||
                   isa_and_nonnull<LLVM::LLVMDialect, omp::OpenMPDialect>(
                       dialect)
               ? ""
               : "ops of the LLVM and OpenMP dialects";
  }
  llvm_unreachable("unknown stage");
}

namespace {
struct VerifyStage : bn::impl::VerifyStagePassBase<VerifyStage> {
  using VerifyStagePassBase::VerifyStagePassBase;

  void runOnOperation() override {
    // A cast is named only if there is nothing else to name.
    Operation *broken = nullptr;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (getExpected(stage, op).empty() || (broken && isCast(op)))
        return WalkResult::advance();
      broken = op;
      return isCast(op) ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (!broken)
      return;
    broken->emitOpError("is left after lowering, expected ")
        << getExpected(stage, broken) << " only";
    signalPassFailure();
  }
};
} // namespace
