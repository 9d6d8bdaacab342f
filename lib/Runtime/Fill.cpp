//===- Fill.cpp - Arrays without a file -----------------------------------===//

#include "bn/Runtime/Fill.h"
#include "ElementStorage.h"

using namespace mlir::bn;
using namespace mlir::bn::runtime;

void runtime::fillConstant(Array &array, double value) {
  withStorageType(array.getType().element, [&](auto *type) {
    using T = std::remove_pointer_t<decltype(type)>;
    std::fill_n(static_cast<T *>(array.getData()), array.getNumElements(),
                static_cast<T>(value));
  });
}

/// A bijection of 64-bit words whose output looks random for consecutive
/// inputs: multiply and fold, twice, with odd constants.
static uint64_t scramble(uint64_t word) {
  word = (word ^ (word >> 32)) * 0xd6e8feb86659fd93;
  word = (word ^ (word >> 32)) * 0xd6e8feb86659fd93;
  return word ^ (word >> 32);
}

/// The sum of the four 16-bit parts of a random word has variance
/// 4 * (2^32 - 1) / 12, hence the scale.
static double toNormal(uint64_t word) {
  constexpr int mean = 2 * 0xffff;
  constexpr double scale = 1.7320508075688772 / 65536;
  int sum = 0;
  for (unsigned shift : {0, 16, 32, 48})
    sum += (word >> shift) & 0xffff;
  return (sum - mean) * scale;
}

void runtime::fillRandom(Array &array, uint64_t seed) {
  uint64_t start = scramble(seed + 1);
  withStorageType(array.getType().element, [&](auto *type) {
    using T = std::remove_pointer_t<decltype(type)>;
    T *elements = static_cast<T *>(array.getData());
    for (int64_t i = 0, e = array.getNumElements(); i < e; ++i)
      elements[i] = static_cast<T>(toNormal(scramble(start + i)));
  });
}

void runtime::fillConverted(Array &array, const Array &source) {
  withStorageType(array.getType().element, [&](auto *to) {
    using T = std::remove_pointer_t<decltype(to)>;
    withStorageType(source.getType().element, [&](auto *from) {
      using S = std::remove_pointer_t<decltype(from)>;
      const S *elements = static_cast<const S *>(source.getData());
      std::transform(elements, elements + source.getNumElements(),
                     static_cast<T *>(array.getData()),
                     [](S element) { return static_cast<T>(double(element)); });
    });
  });
}
