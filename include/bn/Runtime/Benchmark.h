//===- Benchmark.h - How long a kernel takes --------------------*- C++ -*-===//

#ifndef BN_RUNTIME_BENCHMARK_H
#define BN_RUNTIME_BENCHMARK_H

#include "bn/Runtime/Kernel.h"

namespace mlir::bn::runtime {

/// Wall-clock times in milliseconds.
struct BenchmarkTimes {
  unsigned runs;
  double min, median, max;
};

/// Calls `invoke` once to warm up, then `runs` (at least 1) times; ends with
/// its first failure.
llvm::Expected<BenchmarkTimes> benchmark(function_ref<llvm::Error()> invoke,
                                         unsigned runs);

/// Prints one line of JSON: entry, runs, threads, min_ms, median_ms, max_ms,
/// compile_ms, bytes and gb_per_s, where bytes is the kernel's compulsory
/// traffic and a gigabyte is 10^9 bytes.
void printBenchmark(const Kernel &kernel, const BenchmarkTimes &times,
                    double compileTime, llvm::raw_ostream &os);

/// Milliseconds on a clock that only goes forward.
double getMilliseconds();

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_BENCHMARK_H
