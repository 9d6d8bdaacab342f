//===- FuseElementwise.cpp - Merge elementwise sweeps over data -----------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::bn {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// A producer with fewer loops than its consumer is a per-channel value: fusing
/// it would compute it anew for every element.
static bool sweepsAsOften(linalg::GenericOp producer,
                          linalg::GenericOp consumer) {
  return producer.getNumLoops() >= consumer.getNumLoops();
}

/// Whether the result is in memory anyway, as it is returned or as an op needs
/// it that it cannot be fused into, like a matmul: others then read it too.
static bool isStored(linalg::GenericOp op) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(user);
    return user->hasTrait<OpTrait::IsTerminator>() ||
           (linalgOp && linalgOp.getNumLoops() > op.getNumLoops());
  });
}

/// Copies are copied in turn, and bodies merged: of n ops, one after the other
/// and each used twice, there would be 2^n. So there are limits, beyond which
/// results are in memory.
static constexpr size_t kMaxCopies = 4, kMaxBodyOps = 256;

static bool isSmallTogether(linalg::GenericOp producer,
                            linalg::GenericOp consumer) {
  auto count = [](linalg::GenericOp op) {
    return op.getBlock()->getOperations().size();
  };
  return count(producer) + count(consumer) <= kMaxBodyOps;
}

/// Gives every fusable user of an elementwise op its own copy: a mask that two
/// sweeps need is computed in both rather than stored in between.
static void cloneProducersPerUser(Operation *root) {
  SmallVector<linalg::GenericOp> producers;
  root->walk([&](linalg::GenericOp op) {
    if (bn::isElementwiseOnTensors(op) && op->getNumResults() == 1 &&
        op->getResult(0).hasNUsesOrMore(2))
      producers.push_back(op);
  });
  // Users before producers, so that clones are cloned in turn.
  for (linalg::GenericOp producer : llvm::reverse(producers)) {
    SmallVector<OpOperand *> uses = llvm::map_to_vector(
        producer->getUses(), [](OpOperand &use) { return &use; });
    bool allFuse = llvm::all_of(uses, [&](OpOperand *use) {
      auto consumer = dyn_cast<linalg::GenericOp>(use->getOwner());
      return consumer && sweepsAsOften(producer, consumer) &&
             consumer->getBlock() == producer->getBlock() &&
             linalg::areElementwiseOpsFusable(use);
    });
    if (!allFuse || uses.size() > kMaxCopies)
      continue;
    for (OpOperand *use : llvm::drop_begin(uses)) {
      OpBuilder b(producer);
      use->set(b.clone(*producer)->getResult(0));
    }
  }
}

/// Computes a slice of an elementwise op by itself, so that it does not need
/// the whole result in memory.
static void computeSlices(RewriterBase &rewriter, Operation *root) {
  SmallVector<tensor::ExtractSliceOp> slices;
  root->walk([&](tensor::ExtractSliceOp op) { slices.push_back(op); });
  for (tensor::ExtractSliceOp slice : slices) {
    auto producer = slice.getSource().getDefiningOp<linalg::GenericOp>();
    if (!bn::isElementwiseOnTensors(producer) ||
        producer->getBlock() != slice->getBlock())
      continue;
    rewriter.setInsertionPoint(slice);
    auto tiled = tensor::replaceExtractSliceWithTiledProducer(
        rewriter, slice, cast<OpResult>(slice.getSource()));
    if (succeeded(tiled))
      rewriter.replaceOp(slice, tiled->tiledValues);
  }
}

/// Merges producers into consumers, those with several users only where
/// `shared`: each user then computes them by itself.
static LogicalResult mergeSweeps(Operation *root, bool shared) {
  RewritePatternSet patterns(root->getContext());
  linalg::populateElementwiseOpsFusionPatterns(
      patterns, [&](OpOperand *operand) {
        auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
        auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
        return producer && consumer && (shared || producer->hasOneUse()) &&
               sweepsAsOften(producer, consumer) &&
               isSmallTogether(producer, consumer) && !isStored(producer);
      });
  return applyPatternsGreedily(root, std::move(patterns));
}

namespace {
struct FuseElementwise : bn::impl::FuseElementwisePassBase<FuseElementwise> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    computeSlices(rewriter, getOperation());
    // First what costs no copies: users that become one op are one user.
    if (failed(mergeSweeps(getOperation(), /*shared=*/false)))
      return signalPassFailure();
    cloneProducersPerUser(getOperation());
    if (failed(mergeSweeps(getOperation(), /*shared=*/true)))
      signalPassFailure();
  }
};
} // namespace
