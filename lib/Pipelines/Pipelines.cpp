//===- Pipelines.cpp - From bn ops to linalg, loops and LLVM --------------===//

#include "bn/Pipelines/Pipelines.h"
#include "bn/Conversion/Passes.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// Upstream's canonicalizer without the pattern that casts what an scf.for
/// carries to the shape of the first turn: other turns may have others.
static std::unique_ptr<Pass> createTensorCanonicalizer() {
  return createCanonicalizerPass(
      GreedyRewriteConfig(),
      /*disabledPatterns=*/{"(anonymous namespace)::ForOpTensorCastFolder"});
}

void bn::buildBNToLinalgPipeline(OpPassManager &pm,
                                 const BNPipelineOptions &options) {
  pm.addPass(createVerifyInputPass());
  pm.addPass(createInlinerPass({}, [](OpPassManager &callable) {
    callable.addPass(createTensorCanonicalizer());
  }));
  pm.addPass(createSymbolDCEPass());
  pm.addPass(createConvertElementwiseToLinalgPass());
  pm.addPass(createDecomposeLinalgPass());
  pm.addPass(createRefineLoopsPass());
  pm.addPass(createTensorCanonicalizer());
  pm.addPass(createCSEPass());
  pm.addPass(createCheckShapesPass());
  pm.addPass(createCollapseDimsPass());
  // Neighbours of a bn op become one op each, which tiling then takes along.
  pm.addPass(createFuseElementwisePass());
  // Their sizes must not be asked of the results of the bn op.
  pm.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
  pm.addPass(createTileAndFusePass());
  // Loops lose results that nothing uses, and ops inside them then too.
  pm.addPass(createTensorCanonicalizer());
  pm.addPass(createConvertBNToLinalgPass());
  pm.addPass(createLinalgGeneralizeNamedOpsPass());
  pm.addPass(createFuseElementwisePass());
  pm.addPass(createSplitSweepsPass());
  pm.addPass(createTensorCanonicalizer());
  pm.addPass(createVerifyStagePass({Stage::Linalg}));
}

void bn::buildBNToAffinePipeline(OpPassManager &pm,
                                 const BNPipelineOptions &options) {
  buildBNToLinalgPipeline(pm, options);

  // Tensors to memrefs.
  pm.addPass(createResultsToOutParamsPass());
  pm.addPass(createManualDeallocationPass());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.allowReturnAllocsFromLoops = true;
  // The check that follows names them better.
  bufferize.allowUnknownOps = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  pm.addPass(createVerifyStagePass({Stage::MemRef}));
  // Copies of a buffer to itself vanish only after CSE.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createSpecializeChannelBlocksPass());
  pm.addPass(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(
      bufferization::createPromoteBuffersToStackPass());
  bufferization::buildBufferDeallocationPipeline(
      pm, bufferization::BufferDeallocationPipelineOptions());
  pm.addPass(createConvertBufferizationToMemRefPass());

  // Linalg to affine loops.
  pm.addPass(createForallToAffinePass());
  pm.addPass(createLinalgToLoopsPass());
  pm.addPass(createFoldSubviewsPass());
  pm.addPass(createCanonicalizerPass());
  auto &func = pm.nest<func::FuncOp>();
  func.addPass(
      affine::createAffineLoopNormalizePass(/*promoteSingleIter=*/true));
  func.addPass(affine::createAffineScalarReplacementPass());
  pm.addPass(createPromoteAccumulatorsPass());
  auto &cleanup = pm.nest<func::FuncOp>();
  cleanup.addPass(affine::createAffineScalarReplacementPass());
  cleanup.addPass(affine::createAffineLoopInvariantCodeMotionPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createVerifyStagePass({Stage::Affine}));
}

void bn::buildAffineToLLVMPipeline(OpPassManager &pm,
                                   const BNPipelineOptions &options) {
  pm.addPass(createMergeRunsPass());
  pm.addPass(createJamSumsPass());
  pm.addNestedPass<func::FuncOp>(affine::createAffineScalarReplacementPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createVectorizePass({options.cacheBytes}));
  pm.addPass(createPrefetchPass({options.cacheBytes}));
  // Not every host computes in bf16, or converts to it, in hardware.
  pm.addPass(arith::createArithEmulateUnsupportedFloats({{"bf16"}, "f32"}));
  pm.addPass(createPairBF16Pass());
  pm.addNestedPass<func::FuncOp>(vector::createLowerVectorMultiReductionPass());
  pm.addPass(createConvertVectorToSCFPass());
  if (options.checkArguments)
    pm.addPass(createCheckArgumentsPass());
  pm.addPass(memref::createExpandOpsPass());
  pm.addPass(createResolveExpandShapesPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addNestedPass<func::FuncOp>(affine::createAffineExpandIndexOpsPass());
  if (options.parallel) {
    pm.addNestedPass<func::FuncOp>(createForallToParallelLoopPass());
    pm.addPass(createSequentialReductionsPass());
    pm.addPass(createConvertSCFToOpenMPPass());
    pm.addPass(createHoistAllocasPass());
    // Scopes without allocations must go before loops become blocks.
    pm.addPass(createCanonicalizerPass());
  }
  pm.addPass(createCheckAllocationsPass());
  pm.addPass(createCheckAssertionsPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createRequestCWrappersPass());
  pm.addPass(math::createMathExtendToSupportedTypes({{"f16"}, "f32"}));
  pm.addPass(arith::createArithExpandOpsPass({/*includeBf16=*/true}));
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createStoreBF16Pass());
  pm.addPass(createUnmaskLoadsPass());
  pm.addPass(createVerifyStagePass({Stage::LLVM}));
}

void bn::buildBNToLLVMPipeline(OpPassManager &pm,
                               const BNPipelineOptions &options) {
  buildBNToAffinePipeline(pm, options);
  buildAffineToLLVMPipeline(pm, options);
}

void bn::registerBNPipelines() {
  PassPipelineRegistration<BNPipelineOptions>(
      "bn-to-linalg", "Lower bn ops to linalg on tensors",
      buildBNToLinalgPipeline);
  PassPipelineRegistration<BNPipelineOptions>(
      "bn-to-affine", "Lower bn ops to fused affine loops on memrefs",
      buildBNToAffinePipeline);
  PassPipelineRegistration<BNPipelineOptions>(
      "bn-to-llvm", "Lower bn ops to the LLVM dialect", buildBNToLLVMPipeline);
}
