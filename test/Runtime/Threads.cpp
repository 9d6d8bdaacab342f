//===- Threads.cpp - Many kernels at once ---------------------------------===//

#include "RuntimeTest.h"
#include <thread>

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
