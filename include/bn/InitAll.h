//===- InitAll.h - Registration of the bn dialect and passes ----*- C++ -*-===//
//
// One call each for a tool that wants everything this project offers.
//
//===----------------------------------------------------------------------===//

#ifndef BN_INITALL_H
#define BN_INITALL_H

#include "bn/Conversion/Passes.h"
#include "bn/IR/BN.h"
#include "bn/Pipelines/Pipelines.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/TilingInterfaceImpl.h"
#include "mlir/IR/DialectRegistry.h"

namespace mlir::bn {

/// Adds the bn dialect to `registry`, and what other dialects' ops need to be
/// differentiated and tiled.
inline void registerAllDialects(DialectRegistry &registry) {
  registry.insert<BNDialect>();
  registerDifferentiationModels(registry);
  linalg::registerTilingInterfaceExternalModels(registry);
}

/// Registers every bn pass and pipeline with the global pass registry, so that
/// opt-style drivers know them by name.
inline void registerAllPasses() {
  registerBNConversionPasses();
  registerBNTransformsPasses();
  registerBNPipelines();
}

} // namespace mlir::bn

#endif // BN_INITALL_H
