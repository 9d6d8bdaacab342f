//===- Cycles.cpp - Many kernels, one after another -----------------------===//

#include "RuntimeTest.h"
#include "bn/Pipelines/Pipelines.h"
#include "bn/Transforms/Passes.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fstream>
#include <malloc.h>
#include <unistd.h>

using namespace mlir::bn;
using namespace runtime_test;

/// What dynamic sizes become.
static constexpr int64_t kSize = 16;

namespace {
/// For these sizes alone, as bn-runner compiles; or for any size and memory of
/// any size, with arguments checked.
enum class Kind { Specialized, General };

/// Bytes that this process holds.
struct Memory {
  int64_t onHeap, resident;
};
} // namespace

static Memory getMemory() {
  struct mallinfo2 heap = mallinfo2();
  int64_t total, resident;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return {int64_t(heap.uordblks + heap.hblkhd),
          resident * sysconf(_SC_PAGESIZE)};
}

static std::unique_ptr<Kernel> compileAs(Kind kind, StringRef source) {
  auto program = check(Program::parse(source, "source"));
  Signature signature = check(program->getSignature());
  bool isDifferentiated = signature.name == "main";
  check(program->runPasses([&](mlir::OpPassManager &pm) {
    pm.addPass(createFoldInferencePass());
    if (isDifferentiated)
      pm.addPass(createDifferentiatePass());
    pm.addPass(createSchedulePass());
    pm.addPass(createExplainPass());
  }));
  if (isDifferentiated)
    signature = check(program->getSignature("main_vjp"));
  for (auto *types : {&signature.arguments, &signature.results})
    for (ValueType &type : *types)
      for (int64_t &size : type.shape)
        if (mlir::ShapedType::isDynamic(size))
          size = kSize;
  if (kind == Kind::Specialized)
    return check(program->compile(check(program->getSignature(signature.name)),
                                  signature.arguments));
  return check(program->compileWith(
      [](mlir::OpPassManager &pm) {
        BNPipelineOptions options;
        options.checkArguments = true;
        options.cacheBytes = 1;
        buildBNToLLVMPipeline(pm, options);
      },
      signature));
}

void runtime_test::testCycles(int64_t cycles) {
  auto input = llvm::MemoryBuffer::getSTDIN();
  expect(bool(input), "no standard input");
  llvm::SmallVector<StringRef> sources;
  (*input)->getBuffer().split(sources, "// -----\n");

  Memory before = getMemory();
  for (int64_t i = 0; i < cycles; ++i) {
    // What is kept for ever, like tables of passes, is there by then.
    if (i == cycles / 2)
      before = getMemory();
    int64_t round = i / sources.size();
    run(*compileAs(round % 2 ? Kind::General : Kind::Specialized,
                   sources[i % sources.size()]));
  }
  Memory after = getMemory();
  int64_t onHeap = after.onHeap - before.onHeap,
          resident = after.resident - before.resident;
  llvm::outs() << "after " << cycles / 2 << " cycles: " << before.onHeap
               << " bytes on the heap, " << before.resident
               << " in memory\nafter " << cycles << ": " << onHeap << " and "
               << resident << " more\n";
  // Pages come and go; what is on the heap is exact, but for other threads'.
  expect(onHeap < (16 << 10) && resident < (16 << 20), "memory grows");
}
