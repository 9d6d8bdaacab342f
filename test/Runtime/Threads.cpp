//===- Threads.cpp - Many kernels, at once and one after another ----------===//

#include "RuntimeTest.h"
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace runtime_test;

void runtime_test::testThreads() {
  const std::string sources[] = {getTraining("6x20x35xf32", "20xf32", 1),
                                 getTraining("9x14x12xf16", "12xf32", 2)};
  auto repeat = [](const Kernel &kernel, const std::vector<Bytes> &want) {
    for (int i = 0; i < 5; ++i)
      expect(run(kernel) == want, "another thread changes results");
  };
  auto join = [](std::vector<std::thread> &threads) {
    for (std::thread &thread : threads)
      thread.join();
    threads.clear();
  };
  // The first thing that the process does, so that what it sets up once is set
  // up by two threads at once.
  std::vector<std::thread> threads;
  std::vector<Bytes> results[2];
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      std::unique_ptr<Kernel> kernel = compile(sources[i]);
      results[i] = run(*kernel);
      repeat(*kernel, results[i]);
    });
  join(threads);
  for (int i = 0; i < 2; ++i)
    repeat(*compile(sources[i]), results[i]);

  std::unique_ptr<Kernel> shared = compile(sources[0]);
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { repeat(*shared, results[0]); });
  join(threads);
}

/// Bytes of this process that are in memory.
static int64_t getResidentBytes() {
  int64_t total, resident;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void runtime_test::testCycles(int64_t cycles) {
  // Small, to be compiled often.
  const char *source =
      "func.func @main(%x: tensor<2x3xf32>, %p: tensor<3xf32>)\n"
      "    -> tensor<2x3xf32> {\n"
      "%y = bn.inference %x, %p, %p, %p, %p epsilon = 9.0\n"
      "    : tensor<2x3xf32>, tensor<3xf32>\n"
      "return %y : tensor<2x3xf32>\n}";
  int64_t before = 0;
  for (int64_t i = 0; i < cycles; ++i) {
    // What is kept for ever, like tables of passes, is there by then.
    if (i == cycles / 2)
      before = getResidentBytes();
    run(*compile(source));
  }
  int64_t growth = getResidentBytes() - before;
  llvm::outs() << before << " bytes after " << cycles / 2 << " cycles, "
               << growth << " more after " << cycles << "\n";
  expect(growth < (4 << 20), "memory grows");
}
