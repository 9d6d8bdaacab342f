//===- Pipelines.h - From bn ops to linalg, loops and LLVM ------*- C++ -*-===//
//
// Each pipeline runs on a builtin.module and extends the one before it:
//
//   bn-to-linalg   bn ops on tensors            -> linalg on tensors
//   bn-to-affine   ... bufferized               -> affine loops on memrefs
//   bn-to-llvm     ... vectorised, parallelised -> LLVM dialect
//
// and ends in bn-verify-stage, which reports the first op that its output may
// not hold:
//
//   bn-to-linalg   no op of the bn dialect
//   bn-to-affine   no op on tensors, none of the linalg dialect
//   bn-to-llvm     modules and ops of the LLVM and OpenMP dialects only
//
// Each accepts its own output and that of the one before.
//
//===----------------------------------------------------------------------===//

#ifndef BN_PIPELINES_PIPELINES_H
#define BN_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::bn {

/// Options shared by the pipelines; each reads what concerns its stages.
struct BNPipelineOptions : public PassPipelineOptions<BNPipelineOptions> {
  PassOptions::Option<bool> parallel{
      *this, "parallel",
      llvm::cl::desc("Run channel blocks on several threads through OpenMP"),
      llvm::cl::init(true)};
  PassOptions::Option<uint64_t> cacheBytes{
      *this, "cache-bytes",
      llvm::cl::desc(
          "The size of the last-level cache; default this machine's"),
      llvm::cl::init(0)};
  PassOptions::Option<bool> checkArguments{
      *this, "check-arguments",
      llvm::cl::desc("Check the memrefs that callers pass, when called"),
      llvm::cl::init(false)};
};

/// Linalg on tensors: calls inlined, bn ops tiled over blocks of channels
/// together with their elementwise neighbours, then decomposed.
void buildBNToLinalgPipeline(OpPassManager &pm,
                             const BNPipelineOptions &options);

/// The linalg stage, then affine loops on memrefs. Every result of a public
/// function becomes a trailing out-parameter (a memref; for a scalar result, a
/// memref of rank 0), in the order of the results. A result whose dynamic type
/// is known to be more static gets the more static type.
void buildBNToAffinePipeline(OpPassManager &pm,
                             const BNPipelineOptions &options);

/// The part of bn-to-llvm that follows the affine stage.
void buildAffineToLLVMPipeline(OpPassManager &pm,
                               const BNPipelineOptions &options);

/// The affine stage, then the LLVM dialect.
void buildBNToLLVMPipeline(OpPassManager &pm, const BNPipelineOptions &options);

/// Registers the pipelines under the names above.
void registerBNPipelines();

} // namespace mlir::bn

#endif // BN_PIPELINES_PIPELINES_H
