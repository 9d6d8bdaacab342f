//===- Benchmark.cpp - How long a kernel takes ----------------------------===//

#include "bn/Runtime/Benchmark.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <chrono>

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

double runtime::getMilliseconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double, std::milli>(
             Clock::now().time_since_epoch())
      .count();
}

llvm::Expected<BenchmarkTimes>
runtime::benchmark(function_ref<llvm::Error()> invoke, unsigned runs) {
  if (llvm::Error error = invoke())
    return error;
  SmallVector<double> times(runs);
  for (double &time : times) {
    double start = getMilliseconds();
    if (llvm::Error error = invoke())
      return error;
    time = getMilliseconds() - start;
  }
  llvm::sort(times);
  double median = (times[(runs - 1) / 2] + times[runs / 2]) / 2;
  return BenchmarkTimes{runs, times.front(), median, times.back()};
}

void runtime::printBenchmark(const Kernel &kernel, const BenchmarkTimes &times,
                             double compileTime, llvm::raw_ostream &os) {
  int64_t bytes = kernel.getNumBytes();
  llvm::json::OStream json(os);
  auto decimal = [&](StringRef key, double value) {
    json.attributeBegin(key);
    json.rawValue(
        [&](llvm::raw_ostream &raw) { raw << llvm::format("%.6f", value); });
    json.attributeEnd();
  };
  json.object([&] {
    json.attribute("entry", kernel.getSignature().name);
    json.attribute("runs", times.runs);
    json.attribute("threads", getNumThreads());
    decimal("min_ms", times.min);
    decimal("median_ms", times.median);
    decimal("max_ms", times.max);
    decimal("compile_ms", compileTime);
    json.attribute("bytes", bytes);
    decimal("gb_per_s", times.median > 0 ? bytes / times.median * 1e-6 : 0);
  });
  json.flush();
  os << "\n";
}
