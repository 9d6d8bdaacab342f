//===- TileAndFuse.cpp - Tile bn ops together with their neighbours -------===//

#include "Utils.h"
#include "bn/IR/BN.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::bn {
#define GEN_PASS_DEF_TILEANDFUSEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// Whether every use of `op`'s results is an operand of `user`.
static bool isUsedOnlyBy(Operation *op, Operation *user) {
  return llvm::all_of(op->getUsers(),
                      [&](Operation *other) { return other == user; });
}

/// Tiles `op` into a parallel loop over blocks of its channels. Elementwise
/// producers that serve this op alone move into the loop.
static FailureOr<SmallVector<LoopLikeOpInterface>>
tileWithProducers(RewriterBase &rewriter, ChannelwiseOpInterface op) {
  SmallVector<int64_t> block = getChannelBlock(op);
  scf::SCFTileAndFuseOptions options;
  options.tilingOptions.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
  options.tilingOptions.setTileSizes(
      getAsIndexOpFoldResult(rewriter.getContext(), block));

  // Decided before tiling, while uses are still those of the program.
  llvm::SmallPtrSet<Operation *, 4> producers;
  SmallVector<Operation *> worklist = {op};
  while (!worklist.empty()) {
    Operation *user = worklist.pop_back_val();
    for (Value operand : user->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (isElementwiseOnTensors(producer) && isUsedOnlyBy(producer, user) &&
          producers.insert(producer).second)
        worklist.push_back(producer);
    }
  }
  options.setFusionControlFn(
      [&](tensor::ExtractSliceOp, OpResult producer, bool isDestination)
          -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
        if (isDestination || !producers.contains(producer.getOwner()))
          return std::nullopt;
        return scf::SCFTileAndFuseOptions::ControlFnResult{};
      });

  rewriter.setInsertionPoint(op);
  auto tiled = scf::tileConsumerAndFuseProducersUsingSCF(
      rewriter, cast<TilingInterface>(op.getOperation()), options);
  if (failed(tiled))
    return failure();
  SmallVector<Value> results;
  for (Value result : op->getResults())
    results.push_back(tiled->replacements.lookup(result));
  rewriter.replaceOp(op, results);
  return tiled->loops;
}

/// Moves elementwise users of the loop's results into the loop, until none is
/// left that can be computed block by block.
static void fuseConsumers(RewriterBase &rewriter,
                          SmallVector<LoopLikeOpInterface> &loops) {
  llvm::SmallPtrSet<Operation *, 4> tried;
  while (true) {
    Operation *consumer = nullptr;
    for (Operation *user : loops.front()->getUsers())
      if (isElementwiseOnTensors(user) && tried.insert(user).second) {
        consumer = user;
        break;
      }
    if (!consumer)
      return;
    // What else the consumer needs, in its region too, must be there before the
    // loop.
    llvm::SetVector<Value> others;
    getUsedValuesDefinedAbove(consumer->getRegions(), others);
    for (Value operand : consumer->getOperands())
      if (operand.getDefiningOp() != loops.front())
        others.insert(operand);
    if (failed(moveValueDefinitions(rewriter, others.getArrayRef(),
                                    loops.front())))
      continue;
    auto fused = scf::tileAndFuseConsumer(rewriter, consumer, loops);
    if (succeeded(fused) && consumer->use_empty())
      rewriter.eraseOp(consumer);
  }
}

namespace {
struct TileAndFuse : bn::impl::TileAndFusePassBase<TileAndFuse> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<ChannelwiseOpInterface> ops;
    getOperation()->walk([&](ChannelwiseOpInterface op) {
      // Inside a parallel loop the op is a block already.
      if (!op->getParentOfType<scf::ForallOp>() &&
          llvm::any_of(getChannelBlock(op),
                       [](int64_t size) { return size != 0; }))
        ops.push_back(op);
    });
    for (ChannelwiseOpInterface op : ops) {
      auto loops = tileWithProducers(rewriter, op);
      if (failed(loops)) {
        op.emitOpError("could not be tiled over its channel dims");
        return signalPassFailure();
      }
      fuseConsumers(rewriter, *loops);
    }
  }
};
} // namespace
