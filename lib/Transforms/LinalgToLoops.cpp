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
    return llvm::all_of(sizes,
                        [](Value size) { return affine::isValidSymbol(size); });
  };
  Operation *op = buffer.getDefiningOp();
  if (!op)
    return false;
  return TypeSwitch<Operation *, bool>(op)
      .Case<memref::AllocOp, memref::AllocaOp>(
          [&](auto op) { return areSymbols(op.getDynamicSizes()); })
      .Case([&](memref::SubViewOp op) { return areSymbols(op.getSizes()); })
      .Default(false);
}

/// The number that `op` sets all of its buffer to; null where it does more.
static Value getFiller(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isPermutation() ||
      llvm::any_of(op.getDpsInputs(), [](Value input) {
        return isa<ShapedType>(input.getType());
      }))
    return nullptr;
  Value value = op.getBlock()->getTerminator()->getOperand(0);
  if (value.getParentBlock() != op.getBlock())
    return value;
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || op.isInitTensor(op.getMatchingOpOperand(argument)))
    return nullptr;
  return op.getMatchingOpOperand(argument)->get();
}

/// The fill of a new buffer that `op` then accumulates on, if the loops of the
/// sums are innermost: each element can be set right before its sum.
static linalg::LinalgOp findFill(linalg::LinalgOp op, OpOperand &init) {
  Value buffer = init.get();
  AffineMap map = op.getMatchingIndexingMap(&init);
  unsigned numParallel = op.getNumParallelLoops();
  if (!isa_and_present<memref::AllocOp, memref::AllocaOp>(
          buffer.getDefiningOp()) ||
      buffer.getParentBlock() != op->getBlock() ||
      llvm::count(op->getOperands(), buffer) != 1 ||
      numParallel == op.getNumLoops() || !map.isProjectedPermutation() ||
      map.getNumResults() != numParallel ||
      !llvm::all_of(map.getResults(), [&](AffineExpr dim) {
        return cast<AffineDimExpr>(dim).getPosition() < numParallel;
      }))
    return nullptr;

  linalg::LinalgOp fill;
  for (Operation *user : buffer.getUsers()) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*user);
    if (user == op || !ancestor || op->isBeforeInBlock(ancestor))
      continue;
    if (fill)
      return nullptr;
    fill = dyn_cast<linalg::LinalgOp>(user);
    if (!fill || user != ancestor || !getFiller(fill))
      return nullptr;
  }
  return fill;
}

namespace {
/// An element of `buffer` to be set before each sum.
struct InitialValue {
  Value value, buffer;
  AffineMap map;
};

struct LinalgToLoops : bn::impl::LinalgToLoopsPassBase<LinalgToLoops> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    DenseMap<Operation *, SmallVector<InitialValue>> initialValues;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (!op.hasPureBufferSemantics() ||
          !llvm::all_of(op->getOperands(), hasAffineSizes))
        return;
      for (OpOperand &init : op.getDpsInitsMutable())
        if (linalg::LinalgOp fill = findFill(op, init)) {
          initialValues[op].push_back(
              {getFiller(fill), init.get(), op.getMatchingIndexingMap(&init)});
          rewriter.eraseOp(fill);
        }
    });

    auto walk = getOperation()->walk([&](linalg::LinalgOp op) {
      if (!op.hasPureBufferSemantics())
        return WalkResult::advance();
      rewriter.setInsertionPoint(op);
      bool affine = llvm::all_of(op->getOperands(), hasAffineSizes);
      auto loops = affine ? linalg::linalgOpToAffineLoops(rewriter, op)
                          : linalg::linalgOpToLoops(rewriter, op);
      if (failed(loops)) {
        op->emitError("cannot become loops");
        return WalkResult::interrupt();
      }
      for (const InitialValue &initial : initialValues.lookup(op)) {
        rewriter.setInsertionPoint((*loops)[op.getNumParallelLoops()]);
        auto indices = llvm::map_to_vector(
            initial.map.getResults(), [&](AffineExpr dim) -> Value {
              unsigned position = cast<AffineDimExpr>(dim).getPosition();
              return cast<affine::AffineForOp>((*loops)[position])
                  .getInductionVar();
            });
        affine::AffineStoreOp::create(rewriter, op.getLoc(), initial.value,
                                      initial.buffer, indices);
      }
      rewriter.eraseOp(op);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
