//===- Array.cpp - Owned, aligned arrays ----------------------------------===//

#include "bn/Runtime/Array.h"
#include "bn/Runtime/Error.h"
#include "llvm/Support/MathExtras.h"
#include <sys/mman.h>

using namespace mlir::bn::runtime;

static constexpr size_t kHugePage = size_t(2) << 20;

llvm::Expected<Array> Array::allocate(const ValueType &type) {
  std::optional<int64_t> bytes = type.getNumBytes();
  if (!bytes)
    return badInput("an array of " + type.str() + " is too large");
  // Small arrays share pages; a large one is worth huge pages of its own, which
  // spare the kernels most misses of the translation buffer.
  size_t size = *bytes;
  size_t alignment = size < 2 * kHugePage ? kAlignment : kHugePage;
  // An array of no elements still has an address of its own.
  size_t rounded = llvm::alignTo(std::max<size_t>(size, 1), alignment);
  void *memory =
      rounded < size ? nullptr : std::aligned_alloc(alignment, rounded);
  if (!memory)
    return badInput("no memory for an array of " + type.str());
#ifdef MADV_HUGEPAGE
  if (alignment == kHugePage)
    madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return Array(type, memory);
}
