//===- bn-opt.cpp - The opt-style driver of the bn dialect ----------------===//
//
// mlir-opt with the bn dialect, its passes and its pipelines on top of
// everything upstream registers.
//
//===----------------------------------------------------------------------===//

#include "bn/InitAll.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

static constexpr char kOverview[] = R"(Batch-norm compiler optimizer driver

  --bn-to-linalg          bn ops to linalg on tensors
  --bn-to-affine          ... and on to fused affine loops on memrefs
  --bn-to-llvm            ... and on to the LLVM dialect
  --convert-bn-to-linalg  bn ops to linalg, without tiling or fusion
  --bn-*                  the passes that these pipelines are made of
)";

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  mlir::bn::registerAllPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::bn::registerAllDialects(registry);

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, kOverview, registry));
}
