//===- Triad.cpp - What memory allows -------------------------------------===//

#include "Case.h"
#include "bn/Runtime/Benchmark.h"
#include <memory>
#include <thread>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

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

double bench::measureTriad(int threads) {
  // Three arrays of 128 MiB: far more than any cache.
  constexpr size_t kSize = size_t(32) << 20;
  auto allocate = [] {
    void *memory = std::aligned_alloc(64, kSize * sizeof(float));
    std::fill_n(static_cast<float *>(memory), memory ? kSize : 0, 1.0f);
    return std::unique_ptr<float, decltype(&std::free)>(
        static_cast<float *>(memory), std::free);
  };
  auto a = allocate(), b = allocate(), c = allocate();
  if (!a || !b || !c)
    return 0;
  size_t part = kSize / threads / 16 * 16;
  double best = 0;
  for (int run = 0; run < 7; ++run) {
    double start = runtime::getMilliseconds();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
      workers.emplace_back(triad, a.get() + t * part, b.get() + t * part,
                           c.get() + t * part, part);
    for (std::thread &worker : workers)
      worker.join();
    double time = runtime::getMilliseconds() - start;
    best = std::max(best, 3 * sizeof(float) * part * threads / time);
  }
  return best;
}
