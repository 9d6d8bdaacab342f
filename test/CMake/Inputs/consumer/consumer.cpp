// Lowers a module through the library's pipelines, then compiles and runs it.

#include "bn/InitAll.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static constexpr char kSource[] = R"(
func.func @main(%x: tensor<4x1xf32>, %p: tensor<1xf32>) -> tensor<4x1xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 0.0 : tensor<4x1xf32>, tensor<1xf32>
  return %y : tensor<4x1xf32>
})";

static LogicalResult lower() {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  bn::registerAllDialects(registry);
  MLIRContext context(registry);
  auto module = parseSourceString<ModuleOp>(kSource, &context);
  PassManager pm(&context);
  bn::buildBNToLLVMPipeline(pm, bn::BNPipelineOptions());
  if (!module || failed(pm.run(*module)))
    return failure();
  module->print(llvm::outs());
  return success();
}

static llvm::Error run() {
  auto program = bn::runtime::Program::parse(kSource, "source");
  if (!program)
    return program.takeError();
  auto signature = (*program)->getSignature();
  if (!signature)
    return signature.takeError();
  auto kernel = (*program)->compile(*signature, signature->arguments);
  if (!kernel)
    return kernel.takeError();
  float input[] = {1, 3, 1, 3}, one[] = {1}, output[4];
  if (llvm::Error error = (*kernel)->invoke({input, one}, {output}))
    return error;
  llvm::outs() << "output";
  for (float value : output)
    llvm::outs() << " " << value;
  llvm::outs() << "\n";
  return llvm::Error::success();
}

int main() {
  if (failed(lower()))
    return 1;
  llvm::ExitOnError()(run());
}
