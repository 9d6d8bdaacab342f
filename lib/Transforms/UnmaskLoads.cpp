//===- UnmaskLoads.cpp - Load whole vectors, and mask them then -----------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

namespace mlir::bn {
#define GEN_PASS_DEF_UNMASKLOADSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// Whether `select` may become a minimum or a maximum, which needs no mask.
static bool compares(LLVM::SelectOp select, Value operand) {
  auto compare = select.getCondition().getDefiningOp<LLVM::FCmpOp>();
  return compare && llvm::is_contained(compare->getOperands(), operand);
}

namespace {
struct UnmaskLoads : bn::impl::UnmaskLoadsPassBase<UnmaskLoads> {
  void runOnOperation() override {
    getOperation()->walk([](LLVM::SelectOp select) {
      if (!isa<VectorType>(select.getCondition().getType()))
        return;
      OpBuilder b(select);
      for (OpOperand *operand :
           {&select.getTrueValueMutable(), &select.getFalseValueMutable()})
        if (!matchPattern(operand->get(), m_Constant()) &&
            !compares(select, operand->get()))
          operand->set(
              LLVM::FreezeOp::create(b, select.getLoc(), operand->get()));
    });
  }
};
} // namespace
