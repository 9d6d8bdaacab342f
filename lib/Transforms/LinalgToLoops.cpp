//===- LinalgToLoops.cpp - Affine loops where sizes are affine symbols ----===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_LINALGTOLOOPSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// Whether the dims of `buffer` may bound affine loops.
static bool hasAffineSizes(Value buffer) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || type.hasStaticShape() || affine::isTopLevelValue(buffer))
    return true;
  auto areSymbols = [](ValueRange sizes) {
    return llvm::all_of(
        sizes, [](Value size) { return affine::isValidSymbol(size); });
  };
  Operation *op = buffer.getDefiningOp();
  if (!op)
    return false;
  return TypeSwitch<Operation *, bool>(op)
      .Case<memref::AllocOp, memref::AllocaOp>([&](auto op) {
        return areSymbols(op.getDynamicSizes());
      })
      .Case([&](memref::SubViewOp op) { return areSymbols(op.getSizes()); })
      .Default(false);
}

namespace {
struct LinalgToLoops : bn::impl::LinalgToLoopsPassBase<LinalgToLoops> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    auto walk = getOperation()->walk([&](linalg::LinalgOp op) {
      if (!op.hasPureBufferSemantics())
        return WalkResult::advance();
      rewriter.setInsertionPoint(op);
      bool affine = llvm::all_of(op->getOperands(), hasAffineSizes);
      if (failed(affine ? linalg::linalgOpToAffineLoops(rewriter, op)
                        : linalg::linalgOpToLoops(rewriter, op))) {
        op->emitError("cannot become loops");
        return WalkResult::interrupt();
      }
      rewriter.eraseOp(op);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
