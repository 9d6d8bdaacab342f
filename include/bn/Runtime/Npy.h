//===- Npy.h - NumPy's .npy files -------------------------------*- C++ -*-===//
//
// Files of format version 1.0, 2.0 or 3.0, little-endian, in C order, with
// element types bool, (u)int8 to (u)int64, float16, float32, float64, and
// bfloat16 as ml_dtypes writes it (`<V2`). Anything else is refused, as is a
// file whose size is not exactly what its header says.
//
//===----------------------------------------------------------------------===//

#ifndef BN_RUNTIME_NPY_H
#define BN_RUNTIME_NPY_H

#include "bn/Runtime/Array.h"
#include "llvm/Support/FileSystem.h"

namespace mlir::bn::runtime {

/// An open .npy file whose header has been read and checked against the size of
/// the file; the elements are still on disk. Failures are of kind BadInput and
/// name the path.
class NpyFile {
public:
  static llvm::Expected<NpyFile> open(StringRef path);

  NpyFile(NpyFile &&other);
  NpyFile &operator=(NpyFile &&) = delete;
  ~NpyFile();

  const ValueType &getType() const { return type; }

  /// Reads the elements into an array of as many bytes.
  llvm::Error read(Array &array);

private:
  NpyFile(StringRef path, llvm::sys::fs::file_t file)
      : path(path), file(file) {}

  /// Reads exactly `bytes` bytes at `offset`.
  llvm::Error readBytes(char *data, int64_t bytes, int64_t offset);
  llvm::Error readHeader(int64_t fileSize);
  llvm::Error fail(const llvm::Twine &message) const;

  std::string path;
  llvm::sys::fs::file_t file;
  ValueType type;
  int64_t dataOffset = 0;
};

/// Reads a whole file.
llvm::Expected<Array> readNpy(StringRef path);

/// Writes an array as a file of version 1.0 whose elements begin at a multiple
/// of 64 bytes.
void writeNpy(const Array &array, llvm::raw_ostream &os);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_NPY_H
