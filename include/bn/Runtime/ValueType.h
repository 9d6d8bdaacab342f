//===- ValueType.h - Types of arguments and results -------------*- C++ -*-===//
//
// What a compiled function takes and gives, independent of any MLIRContext.
//
//===----------------------------------------------------------------------===//

#ifndef BN_RUNTIME_VALUETYPE_H
#define BN_RUNTIME_VALUETYPE_H

#include "mlir/IR/BuiltinTypes.h"
#include <optional>
#include <string>

namespace mlir::bn::runtime {

enum class ElementType {
  Bool,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Index,
  Float16,
  BFloat16,
  Float32,
  Float64,
};

/// MLIR's spelling: i1, i8, ui8, index, bf16, f32, ...
StringRef getName(ElementType type);
/// Bytes of one element in memory and in a .npy file.
unsigned getByteSize(ElementType type);
/// The `descr` of a .npy file, like `<f4`; bf16 is `<V2`.
StringRef getNpyDescr(ElementType type);

bool isFloat(ElementType type);
/// Whether elements of both types are stored alike: the same type, or integers
/// of one width, whose sign is a matter of the operations on them.
bool haveSameStorage(ElementType a, ElementType b);

std::optional<ElementType> parseElementType(StringRef name);
std::optional<ElementType> parseNpyDescr(StringRef descr);

/// A scalar, or a dense array whose elements lie in C order.
struct ValueType {
  ElementType element;
  /// Sizes of the dims of an array; ShapedType::kDynamic where not known.
  SmallVector<int64_t> shape;
  bool isScalar = false;

  static ValueType getScalar(ElementType element) {
    return {element, {}, true};
  }
  static ValueType getArray(ElementType element, ArrayRef<int64_t> shape) {
    return {element, SmallVector<int64_t>(shape), false};
  }
  /// The value type of a scalar, a ranked tensor without encoding, or a memref
  /// of identity layout in the default memory space; else nothing.
  static std::optional<ValueType> get(Type type);

  bool isStatic() const { return !ShapedType::isDynamicShape(shape); }

  /// Elements and bytes of a static type; nothing where the product of element
  /// size and dims other than 0 overflows (strides need that product).
  std::optional<int64_t> getNumElements() const;
  std::optional<int64_t> getNumBytes() const;

  /// Whether a value of static type `given` can be passed where this is
  /// declared: a dynamic dim takes every size.
  bool accepts(const ValueType &given) const;

  /// Written like an MLIR shape: `2x?x3xf32`; `f32` for a scalar or rank 0.
  std::string str() const;
};

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_VALUETYPE_H
