//===- Ours.cpp - Kernels that this compiler makes ------------------------===//

#include "Candidates.h"
#include "bn/InitAll.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Program.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bench;

/// With `dynamic`, all dims are.
static std::string getProgram(const Case &c, bool dynamic = false) {
  auto tensor = [&](llvm::ArrayRef<int64_t> shape, llvm::StringRef element) {
    std::string type = "tensor<";
    for (int64_t size : shape)
      type += (dynamic ? "?" : std::to_string(size)) + "x";
    return type + element.str() + ">";
  };
  std::string data = tensor(c.getDataShape(), getName(c.type));
  std::string bits = tensor(c.getDataShape(), "i1");
  std::string channel = tensor(c.getChannelShape(), "f32");
  std::string dims = llvm::join(
      llvm::map_range(c.getChannelDims(),
                      [](int64_t dim) { return std::to_string(dim); }),
      ", ");
  bool forward = c.pass == Pass::Forward;

  std::string parameters =
      "%x: " + data + ", %g: " + channel + ", %b: " + channel;
  if (!forward)
    parameters += ", %m: " + channel + ", %v: " + channel + ", %d: " + data;
  std::string before, after, delta = "%d", output = "%0";
  if (c.neighbour != Neighbour::None)
    before = "%zero = arith.constant dense<0.0> : " + data + "\n";
  if (c.neighbour == Neighbour::Mask) {
    parameters += ", %y: " + data;
    before += "%positive = arith.cmpf ogt, %y, %zero : " + data + "\n";
    before +=
        "%e = arith.select %positive, %d, %zero : " + bits + ", " + data + "\n";
    delta = "%e";
  }
  if (c.neighbour == Neighbour::Residual) {
    parameters += ", %r: " + data;
    after = "%sum = arith.addf %0, %r : " + data + "\n";
    output = "%sum";
  }
  if (c.neighbour == Neighbour::Residual || c.neighbour == Neighbour::ReLU) {
    after += "%z = arith.maximumf " + output + ", %zero : " + data + "\n";
    output = "%z";
  }
  return llvm::formatv(
      R"(func.func @main({0}) -> ({1}, {2}, {2}) {{
{3}%0, %1, %2 = bn.{4} %x, %g, %b{5} epsilon = {6} channel_dims = [{7}]
  : {1}, {2}
{8}return {9}, %1, %2 : {1}, {2}, {2}
})",
      parameters, data, channel, before,
      forward ? "training" : "training_backprop",
      forward ? "" : ", %m, %v, " + delta, llvm::formatv("{0:e}", kEpsilon),
      dims, after, output);
}

static llvm::Expected<std::optional<Candidate>>
onArrays(llvm::Expected<std::unique_ptr<runtime::Kernel>> kernel,
         Arrays &arguments, Arrays &results) {
  if (!kernel)
    return kernel.takeError();
  // A case without a neighbour takes the arguments of one with it, too.
  size_t count = (*kernel)->getSignature().arguments.size();
  return makeCandidate([kernel = std::shared_ptr(std::move(*kernel)), count,
                        &arguments, &results] {
    return kernel->invoke(llvm::MutableArrayRef(arguments).take_front(count),
                          results);
  });
}

llvm::Expected<std::optional<Candidate>>
bench::makeOurs(const Case &c, Arrays &arguments, Arrays &results) {
  auto program = runtime::Program::parse(getProgram(c), c.str());
  if (!program)
    return program.takeError();
  auto signature = (*program)->getSignature();
  if (!signature)
    return signature.takeError();
  return onArrays((*program)->compile(*signature, signature->arguments),
                  arguments, results);
}

/// Lowered by `build` alone, and called with the types of the arrays.
static llvm::Expected<std::optional<Candidate>>
compileWith(const Case &c, bool dynamic,
            llvm::function_ref<void(mlir::OpPassManager &)> build,
            Arrays &arguments, Arrays &results) {
  auto program = runtime::Program::parse(getProgram(c, dynamic), c.str());
  if (!program)
    return program.takeError();
  runtime::Signature signature{"main", {}, {}};
  for (const runtime::Array &array : arguments)
    signature.arguments.push_back(array.getType());
  for (const runtime::Array &array : results)
    signature.results.push_back(array.getType());
  return onArrays((*program)->compileWith(build, signature), arguments,
                  results);
}

llvm::Expected<std::optional<Candidate>>
bench::makeDynamic(const Case &c, Arrays &arguments, Arrays &results) {
  auto build = [](mlir::OpPassManager &pm) {
    mlir::bn::BNPipelineOptions options;
    // As in the code that `bn-runner --emit=obj` writes.
    options.checkArguments = true;
    buildBNToLLVMPipeline(pm, options);
  };
  return compileWith(c, /*dynamic=*/true, build, arguments, results);
}

/// The first pass is ours: no other knows what a bn op is.
static constexpr llvm::StringLiteral kUpstreamPasses = R"(
  convert-bn-to-linalg,
  convert-elementwise-to-linalg,
  one-shot-bufferize{bufferize-function-boundaries
                     function-boundary-type-conversion=identity-layout-map},
  buffer-results-to-out-params{modify-public-functions hoist-static-allocs},
  buffer-deallocation-pipeline,
  convert-linalg-to-parallel-loops,
  canonicalize,
  expand-strided-metadata,
  lower-affine,
  convert-scf-to-openmp,
  canonicalize,
  convert-scf-to-cf,
  convert-math-to-llvm,
  func.func(llvm-request-c-wrappers),
  arith-expand{include-bf16},
  convert-to-llvm,
  reconcile-unrealized-casts)";

llvm::Expected<std::optional<Candidate>>
bench::makeUpstream(const Case &c, Arrays &arguments, Arrays &results) {
  static bool registered = [] {
    mlir::registerAllPasses();
    mlir::bn::registerAllPasses();
    return true;
  }();
  (void)registered;
  auto build = [](mlir::OpPassManager &pm) {
    if (failed(mlir::parsePassPipeline(kUpstreamPasses, pm)))
      llvm_unreachable("passes that do not parse");
  };
  return compileWith(c, /*dynamic=*/false, build, arguments, results);
}
