//===- Array.h - Owned, aligned arrays --------------------------*- C++ -*-===//

#ifndef BN_RUNTIME_ARRAY_H
#define BN_RUNTIME_ARRAY_H

#include "bn/Runtime/ValueType.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>

namespace mlir::bn::runtime {

/// Memory for one value of a static type. It begins at a multiple of
/// `kAlignment`; large arrays begin at a huge page and ask for huge pages.
class Array {
public:
  static constexpr size_t kAlignment = 64;

  /// An array of uninitialized elements. Fails where its size overflows or no
  /// memory can be had; the type must be static.
  static llvm::Expected<Array> allocate(const ValueType &type);

  const ValueType &getType() const { return type; }
  int64_t getNumElements() const { return *type.getNumElements(); }
  int64_t getNumBytes() const { return *type.getNumBytes(); }

  void *getData() { return data.get(); }
  const void *getData() const { return data.get(); }

private:
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };

  Array(const ValueType &type, void *data) : type(type), data(data) {}

  ValueType type;
  std::unique_ptr<void, Free> data;
};

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_ARRAY_H
