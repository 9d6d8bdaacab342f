//===- Summary.cpp - An array in one line ---------------------------------===//

#include "bn/Runtime/Summary.h"
#include "ElementStorage.h"
#include "Number.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::bn;
using namespace mlir::bn::runtime;

static constexpr int64_t kMaxValues = 8;

/// Minimum, maximum and mean of at least one element.
template <typename T>
static std::array<double, 3> getStatistics(const T *elements, int64_t count) {
  double min = elements[0], max = elements[0], sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    double value = elements[i];
    // A comparison with NaN is false, so once min is NaN it stays so.
    if (value < min || std::isnan(value))
      min = value;
    if (value > max || std::isnan(value))
      max = value;
    sum += value;
  }
  return {min, max, sum / count};
}

void runtime::printSummary(const Array &array, llvm::raw_ostream &os) {
  const ValueType &type = array.getType();
  int64_t count = array.getNumElements();
  os << type.str();
  if (count > 0) {
    auto [min, max, mean] = withStorageType(type.element, [&](auto *storage) {
      return getStatistics(
          static_cast<const std::remove_pointer_t<decltype(storage)> *>(
              array.getData()),
          count);
    });
    os << llvm::format(", min %g, max %g, mean %g", min, max, mean);
  }
  os << ", values [";
  auto *bytes = static_cast<const char *>(array.getData());
  for (int64_t i = 0; i < std::min(count, kMaxValues); ++i) {
    os << (i ? ", " : "");
    printNumber(type.element, bytes + i * getByteSize(type.element), os);
  }
  os << (count > kMaxValues ? ", ...]" : "]");
}
