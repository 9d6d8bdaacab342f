//===- ElementStorage.h - Elements as C++ types -----------------*- C++ -*-===//
//
// Gives every ElementType a C++ type that is stored like it and that converts
// from and to float or wider. f16 and bf16 round to nearest, ties to even.
//
//===----------------------------------------------------------------------===//

#ifndef BN_LIB_RUNTIME_ELEMENTSTORAGE_H
#define BN_LIB_RUNTIME_ELEMENTSTORAGE_H

#include "bn/Runtime/ValueType.h"
#include "llvm/ADT/bit.h"
#include <cmath>

namespace mlir::bn::runtime {

struct BFloat16 {
  uint16_t bits;

  BFloat16(float value) {
    uint32_t wide = llvm::bit_cast<uint32_t>(value);
    uint32_t toEven = 0x7fff + ((wide >> 16) & 1);
    // Rounding must not carry a NaN's payload into its sign.
    bits = std::isnan(value) ? (wide >> 16) | 0x40 : (wide + toEven) >> 16;
  }
  operator float() const { return llvm::bit_cast<float>(uint32_t(bits) << 16); }
};

struct Float16 {
  uint16_t bits;

  Float16(float value) {
    uint32_t wide = llvm::bit_cast<uint32_t>(value);
    uint32_t sign = (wide >> 16) & 0x8000;
    uint32_t magnitude = wide & 0x7fffffff;
    if (std::isnan(value)) {
      bits = sign | 0x7e00;
    } else if (magnitude >= llvm::bit_cast<uint32_t>(65520.0f)) {
      bits = sign | 0x7c00;
    } else if (magnitude < llvm::bit_cast<uint32_t>(0x1p-14f)) {
      // Next to 0.5, floats are as far apart as subnormals of f16 are.
      float aligned = llvm::bit_cast<float>(magnitude) + 0.5f;
      bits = sign | (llvm::bit_cast<uint32_t>(aligned) -
                     llvm::bit_cast<uint32_t>(0.5f));
    } else {
      uint32_t toEven = 0xfff + ((magnitude >> 13) & 1);
      uint32_t rebias = uint32_t(127 - 15) << 23;
      bits = sign | ((magnitude - rebias + toEven) >> 13);
    }
  }
  operator float() const {
    uint32_t exponent = (bits >> 10) & 0x1f;
    float fraction = float(bits & 0x3ff) / 1024;
    float magnitude = std::ldexp(1 + fraction, int(exponent) - 15);
    if (exponent == 0)
      magnitude = std::ldexp(fraction, -14);
    if (exponent == 0x1f)
      magnitude = fraction == 0 ? INFINITY : NAN;
    return bits & 0x8000 ? -magnitude : magnitude;
  }
};

/// Calls `function` with a null pointer to the storage type of `type`; returns
/// what it returns.
template <typename Function>
auto withStorageType(ElementType type, Function function) {
  switch (type) {
  case ElementType::Bool:
    return function(static_cast<bool *>(nullptr));
  case ElementType::Int8:
    return function(static_cast<int8_t *>(nullptr));
  case ElementType::Int16:
    return function(static_cast<int16_t *>(nullptr));
  case ElementType::Int32:
    return function(static_cast<int32_t *>(nullptr));
  case ElementType::UInt8:
    return function(static_cast<uint8_t *>(nullptr));
  case ElementType::UInt16:
    return function(static_cast<uint16_t *>(nullptr));
  case ElementType::UInt32:
    return function(static_cast<uint32_t *>(nullptr));
  case ElementType::UInt64:
    return function(static_cast<uint64_t *>(nullptr));
  case ElementType::Int64:
  case ElementType::Index:
    return function(static_cast<int64_t *>(nullptr));
  case ElementType::Float16:
    return function(static_cast<Float16 *>(nullptr));
  case ElementType::BFloat16:
    return function(static_cast<BFloat16 *>(nullptr));
  case ElementType::Float32:
    return function(static_cast<float *>(nullptr));
  case ElementType::Float64:
    return function(static_cast<double *>(nullptr));
  }
  llvm_unreachable("unknown element type");
}

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_ELEMENTSTORAGE_H
