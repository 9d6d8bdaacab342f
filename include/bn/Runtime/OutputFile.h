//===- OutputFile.h - Files that appear whole or not at all -----*- C++ -*-===//

#ifndef BN_RUNTIME_OUTPUTFILE_H
#define BN_RUNTIME_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace mlir::bn::runtime {

/// A file that is written beside its place, and moved there by `keep`. Without
/// `keep`, or where it fails, nothing is left behind and a file that was there
/// before is as it was. Devices and pipes are written directly.
///
/// All failures are of kind BadInput and name the path.
class OutputFile {
public:
  /// Checks that `path` can be written, and opens it. `-` is standard output.
  static llvm::Expected<OutputFile> create(llvm::StringRef path);

  OutputFile(OutputFile &&other);
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  llvm::raw_ostream &os() { return *stream; }

  /// Writes everything out; then only `keep` is left to do.
  llvm::Error flush();
  llvm::Error keep();

private:
  OutputFile(llvm::StringRef path) : path(path) {}
  llvm::Error fail(std::error_code code) const;

  std::string path;
  std::optional<llvm::sys::fs::TempFile> temporary;
  std::unique_ptr<llvm::raw_fd_ostream> stream;
};

/// Keeps all files if all can be written out, else none.
llvm::Error keepAll(llvm::MutableArrayRef<OutputFile> files);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_OUTPUTFILE_H
