//===- RuntimeTest.cpp - What only a C++ program can try ------------------===//
//
//   threads     two threads compile and run at once, apart and together
//   cycles N    N times: parse, compile, run, destroy one of standard input's
//               programs; memory must not grow
//   guards      standard input's function between pages that cannot be accessed
//   memory      arrays that invoke refuses
//   passes      kernels lowered by passes of one's own
//   large       more than 2^31 elements; takes 5 GB
//
//===----------------------------------------------------------------------===//

#include "RuntimeTest.h"
#include "bn/Pipelines/Pipelines.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/Fill.h"

using namespace runtime_test;

llvm::ExitOnError runtime_test::check("error: ");

void runtime_test::expect(bool condition, const llvm::Twine &message) {
  if (!condition)
    check(badInput(message));
}

std::string runtime_test::getTraining(StringRef data, StringRef channels,
                                      int64_t channelDim) {
  std::string x = ("tensor<" + data + ">").str();
  std::string p = ("tensor<" + channels + ">").str();
  std::string tail = " epsilon = 1.0e-05 channel_dims = [" +
                     std::to_string(channelDim) + "] : " + x + ", " + p + "\n";
  std::string results =
      x + ", " + p + ", " + p + ", " + x + ", " + p + ", " + p;
  return "func.func @main(%x: " + x + ", %g: " + p + ", %b: " + p +
         ", %dy: " + x + ") -> (" + results + ") {\n" +
         "%y, %m, %v = bn.training %x, %g, %b" + tail +
         "%dx, %dg, %db = bn.training_backprop %x, %g, %b, %m, %v, %dy" + tail +
         "return %y, %m, %v, %dx, %dg, %db : " + results + "\n}";
}

std::unique_ptr<Kernel> runtime_test::compile(StringRef source) {
  auto program = check(Program::parse(source, "source"));
  auto signature = check(program->getSignature());
  return check(program->compile(signature, signature.arguments));
}

Bytes runtime_test::getBytes(const void *data, int64_t size) {
  return Bytes(static_cast<const char *>(data),
               static_cast<const char *>(data) + size);
}

std::vector<Array> runtime_test::getInputs(const Kernel &kernel) {
  std::vector<Array> arrays;
  for (const ValueType &type : kernel.getSignature().arguments) {
    arrays.push_back(check(Array::allocate(type)));
    fillRandom(arrays.back(), arrays.size());
  }
  return arrays;
}

std::vector<Bytes> runtime_test::run(const Kernel &kernel) {
  std::vector<Array> inputs = getInputs(kernel);
  std::vector<Array> results = check(kernel.allocateResults());
  check(kernel.invoke(inputs, results));
  std::vector<Bytes> bytes;
  for (const Array &result : results)
    bytes.push_back(getBytes(result.getData(), result.getNumBytes()));
  return bytes;
}

static void testPasses() {
  auto program = check(
      Program::parse("func.func @main(%x: tensor<?xi32>) -> tensor<?xi32> {\n"
                     "%y = arith.addi %x, %x : tensor<?xi32>\n"
                     "return %y : tensor<?xi32>\n}",
                     "source"));
  ValueType type = ValueType::getArray(ElementType::Int32, {3});
  auto build = [](mlir::OpPassManager &pm) {
    mlir::bn::buildBNToLLVMPipeline(pm, mlir::bn::BNPipelineOptions());
  };
  auto kernel = check(program->compileWith(build, {"main", {type}, {type}}));
  int32_t x[] = {1, -2, 3}, y[3];
  check(kernel->invoke({x}, {y}));
  expect(y[0] == 2 && y[1] == -4 && y[2] == 6, "wrong output");

  auto sum =
      check(Program::parse("func.func @sum(%x: f32, %y: f32) -> f32 {\n"
                           "%s = arith.addf %x, %y : f32\nreturn %s : f32\n}",
                           "source"));
  float one = 1, two = 2, three;
  auto adder = check(sum->compileWith(build, check(sum->getSignature())));
  check(adder->invoke({&one, &two}, {&three}));
  expect(three == 3, "wrong sum");

  auto getError = [&](auto build, const Signature &signature) {
    return llvm::toString(program->compileWith(build, signature).takeError());
  };
  llvm::outs() << "dynamic: " << getError(build, check(program->getSignature()))
               << "\n"
               << "no result: " << getError(build, {"main", {type}, {}}) << "\n"
               << "no passes: "
               << getError([](auto &) {}, {"main", {type}, {type}}) << "\n";
}

int main(int argc, char **argv) {
  StringRef test = argc > 1 ? argv[1] : "";
  int64_t cycles = 0;
  if (test == "threads")
    testThreads();
  else if (test == "cycles" && argc == 3 &&
           !StringRef(argv[2]).getAsInteger(10, cycles))
    testCycles(cycles);
  else if (test == "guards")
    testGuards();
  else if (test == "memory")
    testMemory();
  else if (test == "passes")
    testPasses();
  else if (test == "large")
    testLarge();
  else
    check(badInput(
        "expected threads, cycles N, guards, memory, passes or large"));
  llvm::outs() << "ok\n";
}
