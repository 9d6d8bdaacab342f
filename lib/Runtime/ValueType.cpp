//===- ValueType.cpp - Types of arguments and results ---------------------===//

#include "bn/Runtime/ValueType.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

namespace {
struct ElementTypeInfo {
  ElementType type;
  StringLiteral name;
  StringLiteral descr;
  unsigned byteSize;
};
} // namespace

/// One line per element type, in the order of the enumeration.
static constexpr ElementTypeInfo elementTypes[] = {
    {ElementType::Bool, "i1", "|b1", 1},
    {ElementType::Int8, "i8", "|i1", 1},
    {ElementType::Int16, "i16", "<i2", 2},
    {ElementType::Int32, "i32", "<i4", 4},
    {ElementType::Int64, "i64", "<i8", 8},
    {ElementType::UInt8, "ui8", "|u1", 1},
    {ElementType::UInt16, "ui16", "<u2", 2},
    {ElementType::UInt32, "ui32", "<u4", 4},
    {ElementType::UInt64, "ui64", "<u8", 8},
    {ElementType::Index, "index", "<i8", 8},
    {ElementType::Float16, "f16", "<f2", 2},
    {ElementType::BFloat16, "bf16", "<V2", 2},
    {ElementType::Float32, "f32", "<f4", 4},
    {ElementType::Float64, "f64", "<f8", 8},
};

static const ElementTypeInfo &getInfo(ElementType type) {
  return elementTypes[static_cast<unsigned>(type)];
}

StringRef runtime::getName(ElementType type) { return getInfo(type).name; }

unsigned runtime::getByteSize(ElementType type) {
  return getInfo(type).byteSize;
}

StringRef runtime::getNpyDescr(ElementType type) { return getInfo(type).descr; }

bool runtime::isFloat(ElementType type) { return type >= ElementType::Float16; }

bool runtime::haveSameStorage(ElementType a, ElementType b) {
  auto isWideInteger = [](ElementType type) {
    return type != ElementType::Bool && !isFloat(type);
  };
  return a == b || (isWideInteger(a) && isWideInteger(b) &&
                    getByteSize(a) == getByteSize(b));
}

std::optional<ElementType> runtime::parseElementType(StringRef name) {
  for (const ElementTypeInfo &info : elementTypes)
    if (info.name == name)
      return info.type;
  return std::nullopt;
}

std::optional<ElementType> runtime::parseNpyDescr(StringRef descr) {
  // NumPy writes the byte order of a raw two-byte type in either way.
  if (descr == "|V2")
    return ElementType::BFloat16;
  for (const ElementTypeInfo &info : elementTypes)
    if (info.descr == descr)
      return info.type;
  return std::nullopt;
}

static std::optional<ElementType> getElementType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    StringRef prefix = integer.isUnsigned() ? "ui" : "i";
    return parseElementType((prefix + Twine(integer.getWidth())).str());
  }
  if (isa<IndexType, Float16Type, BFloat16Type, Float32Type, Float64Type>(
          type)) {
    std::string name;
    llvm::raw_string_ostream(name) << type;
    return parseElementType(name);
  }
  return std::nullopt;
}

std::optional<ValueType> ValueType::get(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped) {
    std::optional<ElementType> element = getElementType(type);
    return element ? std::optional(getScalar(*element)) : std::nullopt;
  }
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto memref = dyn_cast<MemRefType>(type);
  bool isDense =
      (tensor && !tensor.getEncoding()) ||
      (memref && memref.getLayout().isIdentity() && !memref.getMemorySpace());
  std::optional<ElementType> element = getElementType(shaped.getElementType());
  if (!isDense || !element)
    return std::nullopt;
  return getArray(*element, shaped.getShape());
}

std::optional<int64_t> ValueType::getNumElements() const {
  std::optional<int64_t> bytes = getNumBytes();
  if (!bytes)
    return std::nullopt;
  return *bytes / getByteSize(element);
}

std::optional<int64_t> ValueType::getNumBytes() const {
  int64_t bytes = getByteSize(element);
  bool isEmpty = false;
  for (int64_t size : shape) {
    if (size == 0) {
      isEmpty = true;
      continue;
    }
    std::optional<int64_t> product = llvm::checkedMul(bytes, size);
    if (!product)
      return std::nullopt;
    bytes = *product;
  }
  return isEmpty ? 0 : bytes;
}

bool ValueType::accepts(const ValueType &given) const {
  if (isScalar != given.isScalar || shape.size() != given.shape.size() ||
      !haveSameStorage(element, given.element))
    return false;
  return llvm::all_of(llvm::zip(shape, given.shape), [](auto sizes) {
    auto [declared, size] = sizes;
    return ShapedType::isDynamic(declared) || declared == size;
  });
}

std::string ValueType::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (int64_t size : shape) {
    if (ShapedType::isDynamic(size))
      os << "?x";
    else
      os << size << "x";
  }
  os << getName(element);
  return text;
}
