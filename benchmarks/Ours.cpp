//===- Ours.cpp - Kernels that this compiler makes ------------------------===//

#include "Case.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Program.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bench;

static std::string getProgram(const Case &c) {
  auto tensor = [](llvm::ArrayRef<int64_t> shape) {
    std::string type = "tensor<";
    for (int64_t size : shape)
      type += std::to_string(size) + "x";
    return type + "f32>";
  };
  std::string data = tensor(c.getDataShape());
  std::string channel = tensor(c.getChannelShape());
  std::string dims = llvm::join(
      llvm::map_range(c.getChannelDims(),
                      [](int64_t dim) { return std::to_string(dim); }),
      ", ");
  bool forward = c.pass == Pass::Forward;
  return llvm::formatv(
      R"(func.func @main(%x: {0}, %g: {1}, %b: {1}{2}) -> ({0}, {1}, {1}) {{
  %0, %1, %2 = bn.{3} %x, %g, %b{4} epsilon = {5} channel_dims = [{6}]
    : {0}, {1}
  return %0, %1, %2 : {0}, {1}, {1}
})",
      data, channel,
      forward
          ? ""
          : llvm::formatv(", %m: {1}, %v: {1}, %d: {0}", data, channel).str(),
      forward ? "training" : "training_backprop", forward ? "" : ", %m, %v, %d",
      llvm::formatv("{0:e}", kEpsilon), dims);
}

llvm::Expected<Run> bench::makeOurs(const Case &c, Arrays &arguments,
                                    Arrays &results) {
  auto program = runtime::Program::parse(getProgram(c), c.str());
  if (!program)
    return program.takeError();
  auto signature = (*program)->getSignature();
  if (!signature)
    return signature.takeError();
  auto kernel = (*program)->compile(*signature, signature->arguments);
  if (!kernel)
    return kernel.takeError();
  return [kernel = std::shared_ptr(std::move(*kernel)), &arguments, &results] {
    return kernel->invoke(arguments, results);
  };
}
