//===- Triad.cpp - What memory allows -------------------------------------===//

#include "Timing.h"
#include "bn/Runtime/Benchmark.h"
#include "bn/Runtime/Fill.h"
#include <thread>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

using namespace bench;
using runtime::Array;

static void triad(float *a, const float *b, const float *c, size_t size) {
#ifdef __SSE__
  __m128 scale = _mm_set1_ps(3.0f);
  for (size_t i = 0; i < size; i += 4)
    _mm_stream_ps(a + i, _mm_add_ps(_mm_load_ps(b + i),
                                    _mm_mul_ps(scale, _mm_load_ps(c + i))));
  _mm_sfence();
#else
  for (size_t i = 0; i < size; ++i)
    a[i] = b[i] + 3.0f * c[i];
#endif
}

llvm::Expected<double> bench::measureTriad(int threads) {
  // Three arrays of 128 MiB: far more than any cache.
  constexpr size_t kSize = size_t(32) << 20;
  Arrays arrays;
  for (int i = 0; i < 3; ++i) {
    auto array = Array::allocate(runtime::ValueType::getArray(
        runtime::ElementType::Float32, {int64_t(kSize)}));
    if (!array)
      return array.takeError();
    fillConstant(*array, 1);
    arrays.push_back(std::move(*array));
  }
  size_t part = kSize / threads / 16 * 16;
  auto getPart = [&](int array, int thread) {
    return static_cast<float *>(arrays[array].getData()) + thread * part;
  };
  double best = 0;
  for (int run = 0; run < 7; ++run) {
    double start = runtime::getMilliseconds();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
      workers.emplace_back(triad, getPart(0, t), getPart(1, t), getPart(2, t),
                           part);
    for (std::thread &worker : workers)
      worker.join();
    double time = runtime::getMilliseconds() - start;
    best = std::max(best, 3 * sizeof(float) * part * threads / time);
  }
  return best;
}
