//===- bn-opt.cpp - The opt-style driver of the bn dialect ----------------===//
//
// mlir-opt with the bn dialect, its passes and its pipelines on top of
// everything upstream registers.
//
//===----------------------------------------------------------------------===//

#include "bn/IR/Nesting.h"
#include "bn/InitAll.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

static constexpr char kOverview[] = R"(Batch-norm compiler optimizer driver

  --bn-to-linalg          bn ops to linalg on tensors
  --bn-to-affine          ... and on to fused affine loops on memrefs
  --bn-to-llvm            ... and on to the LLVM dialect
  --convert-bn-to-linalg  bn ops to linalg, without tiling or fusion
  --bn-*                  the passes that these pipelines are made of
)";

/// As MlirOptMain, but for programs that would overflow the parser's stack.
static LogicalResult run(StringRef input, StringRef output,
                         DialectRegistry &registry,
                         const MlirOptMainConfig &config) {
  auto fail = [](const llvm::Twine &message) {
    llvm::errs() << "error: " << message << "\n";
    return failure();
  };
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> source = openInputFile(input, &message);
  if (!source)
    return fail(message);
  if (llvm::Error error = bn::checkNesting(*source))
    return fail(source->getBufferIdentifier() + ": " +
                llvm::toString(std::move(error)));
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &message);
  if (!file)
    return fail(message);
  if (failed(MlirOptMain(file->os(), std::move(source), registry, config)))
    return failure();
  file->keep();
  return success();
}

int main(int argc, char **argv) {
  // A crash shows the stack, and what was parsed or run.
  llvm::InitLLVM init(argc, argv);
  registerAllPasses();
  bn::registerAllPasses();

  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  bn::registerAllDialects(registry);

  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, kOverview, registry);
  auto config = MlirOptMainConfig::createFromCLOptions();
  return asMainReturnCode(config.shouldShowDialects() ||
                                  config.shouldListPasses()
                              ? MlirOptMain(argc, argv, input, output, registry)
                              : run(input, output, registry, config));
}
