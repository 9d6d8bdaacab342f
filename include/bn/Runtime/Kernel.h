//===- Kernel.h - A compiled function ---------------------------*- C++ -*-===//

#ifndef BN_RUNTIME_KERNEL_H
#define BN_RUNTIME_KERNEL_H

#include "bn/Runtime/Array.h"
#include <vector>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace mlir::bn::runtime {

/// What a function is called, takes and gives.
struct Signature {
  std::string name;
  SmallVector<ValueType> arguments;
  SmallVector<ValueType> results;
};

/// Machine code in memory. It outlives the Program it was compiled from, and
/// may be invoked by several threads at once, on different results.
class Kernel {
public:
  ~Kernel();

  /// All types are static; a result of a scalar type is an array of rank 0.
  const Signature &getSignature() const { return signature; }

  /// Compulsory traffic of one invocation: bytes of all array arguments, read
  /// once, and of all results, written once.
  int64_t getNumBytes() const;

  /// Runs the function once. Each pointer leads to the elements of an array, in
  /// C order, or to a scalar; results are written in place. BadInput where the
  /// number of pointers is wrong, an address is no multiple of the size of an
  /// element, or a result overlaps anything else. Arrays are best aligned like
  /// Array.
  ///
  /// What only the function itself can find, like a lack of memory for its
  /// temporary arrays or sizes computed from data that contradict each other,
  /// it reports on standard error, and aborts the process.
  llvm::Error invoke(ArrayRef<void *> arguments,
                     ArrayRef<void *> results) const;

  /// The same for arrays, whose types are checked too.
  llvm::Error invoke(MutableArrayRef<Array> arguments,
                     MutableArrayRef<Array> results) const;

  /// One uninitialized array for each result.
  llvm::Expected<std::vector<Array>> allocateResults() const;

private:
  friend class Program;

  Kernel(Signature signature);

  /// Links an object file whose function `invoker` takes pointers to all
  /// arguments and results, and passes them to the C interface.
  static llvm::Expected<std::unique_ptr<Kernel>>
  link(ArrayRef<char> object, StringRef invoker, Signature signature);

  Signature signature;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void (*invoker)(void **) = nullptr;
  /// The memref descriptors of all arrays, one after the other, with null for
  /// their addresses: base, aligned base, offset, sizes, strides.
  SmallVector<int64_t> descriptors;
};

/// Sets the number of threads for the invocations that the calling thread
/// makes; without it, OpenMP's default (OMP_NUM_THREADS, or all cores).
void setNumThreads(int numThreads);
/// The number of threads that an invocation by the calling thread may use.
int getNumThreads();

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_KERNEL_H
