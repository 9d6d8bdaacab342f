//===- Number.cpp - Numbers as text ---------------------------------------===//

#include "Number.h"
#include "ElementStorage.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

bool runtime::looksLikeNumber(StringRef text) {
  double value;
  return text == "true" || text == "false" || llvm::to_float(text, value);
}

static const llvm::fltSemantics &getSemantics(ElementType type) {
  switch (type) {
  case ElementType::Float16:
    return llvm::APFloat::IEEEhalf();
  case ElementType::BFloat16:
    return llvm::APFloat::BFloat();
  case ElementType::Float32:
    return llvm::APFloat::IEEEsingle();
  default:
    return llvm::APFloat::IEEEdouble();
  }
}

/// The bits of a float; nothing where finite digits overflow.
static std::optional<uint64_t> parseFloat(StringRef text, ElementType type) {
  llvm::APFloat value(getSemantics(type));
  auto status =
      value.convertFromString(text, llvm::APFloat::rmNearestTiesToEven);
  if (!status) {
    llvm::consumeError(status.takeError());
    return std::nullopt;
  }
  if (*status & llvm::APFloat::opOverflow)
    return std::nullopt;
  return value.bitcastToAPInt().getZExtValue();
}

/// The bits of an integer. A type without a sign of its own takes all numbers
/// that it has as a signed or as an unsigned one.
static std::optional<uint64_t> parseInteger(StringRef text, ElementType type) {
  bool isBool = type == ElementType::Bool;
  if (isBool && (text == "true" || text == "false"))
    return text == "true";
  unsigned bits = isBool ? 1 : 8 * getByteSize(type);
  bool isUnsigned =
      isBool || (type >= ElementType::UInt8 && type <= ElementType::UInt64);
  bool isNegative = text.consume_front("-");
  if (!isNegative)
    text.consume_front("+");
  uint64_t magnitude;
  if (text.getAsInteger(10, magnitude))
    return std::nullopt;
  uint64_t limit = isNegative ? uint64_t(1) << (bits - 1)
                              : llvm::maskTrailingOnes<uint64_t>(bits);
  if (magnitude > limit || (isNegative && isUnsigned))
    return std::nullopt;
  return isNegative ? -magnitude : magnitude;
}

bool runtime::parseNumber(StringRef text, ElementType type, void *data) {
  std::optional<uint64_t> bits =
      isFloat(type) ? parseFloat(text, type) : parseInteger(text, type);
  if (!bits)
    return false;
  for (unsigned i = 0, e = getByteSize(type); i < e; ++i)
    static_cast<uint8_t *>(data)[i] = *bits >> (8 * i);
  return true;
}

void runtime::printNumber(ElementType type, const void *data,
                          llvm::raw_ostream &os) {
  withStorageType(type, [&](auto *storage) {
    using T = std::remove_pointer_t<decltype(storage)>;
    T value = *static_cast<const T *>(data);
    if constexpr (std::is_same_v<T, bool>)
      os << (value ? "true" : "false");
    else if constexpr (std::is_integral_v<T>)
      os << +value; // Promoted: an int8_t is no character here.
    else
      os << llvm::format("%g", double(value));
  });
}
