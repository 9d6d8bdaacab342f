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

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  mlir::bn::registerAllPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::bn::registerAllDialects(registry);

  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "Batch-norm compiler optimizer driver\n", registry));
}
