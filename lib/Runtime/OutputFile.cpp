//===- OutputFile.cpp - Files that appear whole or not at all -------------===//

#include "bn/Runtime/OutputFile.h"
#include "bn/Runtime/Error.h"

using namespace mlir::bn;
using namespace mlir::bn::runtime;
namespace fs = llvm::sys::fs;

llvm::Error OutputFile::fail(std::error_code code) const {
  return badInput("cannot write '" + path + "': " + code.message());
}

llvm::Expected<OutputFile> OutputFile::create(llvm::StringRef path) {
  OutputFile file(path);
  fs::file_status status;
  std::error_code missing = fs::status(path, status);
  bool isSpecial = path == "-" || (!missing && !fs::is_regular_file(status));
  if (path.empty())
    return file.fail(std::make_error_code(std::errc::invalid_argument));
  if (!missing && fs::is_directory(status))
    return file.fail(std::make_error_code(std::errc::is_a_directory));

  if (isSpecial) {
    std::error_code code;
    file.stream =
        std::make_unique<llvm::raw_fd_ostream>(path, code, fs::CD_OpenExisting);
    if (code)
      return file.fail(code);
    return file;
  }

  if (!missing) {
    // Moving a file over this one needs no permission to write it: ask.
    if (std::error_code code = fs::access(path, fs::AccessMode::Write))
      return file.fail(code);
    // Where it is a link, replace what it leads to.
    llvm::SmallString<128> target;
    if (std::error_code code = fs::real_path(path, target))
      return file.fail(code);
    file.path = target.str();
  }
  auto temporary = fs::TempFile::create(file.path + ".%%%%%%%%.tmp");
  if (!temporary)
    return file.fail(llvm::errorToErrorCode(temporary.takeError()));
  file.temporary = std::move(*temporary);
  file.stream = std::make_unique<llvm::raw_fd_ostream>(file.temporary->FD,
                                                       /*shouldClose=*/false);
  return file;
}

OutputFile::OutputFile(OutputFile &&other)
    : path(std::move(other.path)), temporary(std::move(other.temporary)),
      stream(std::move(other.stream)) {
  other.temporary.reset();
}

OutputFile::~OutputFile() {
  if (stream)
    llvm::consumeError(flush());
  stream.reset();
  if (temporary)
    llvm::consumeError(temporary->discard());
}

llvm::Error OutputFile::flush() {
  stream->flush();
  if (!stream->has_error())
    return llvm::Error::success();
  std::error_code code = stream->error();
  // The stream ends the process where it dies with an error unseen.
  stream->clear_error();
  return fail(code);
}

llvm::Error OutputFile::keep() {
  if (llvm::Error error = flush())
    return error;
  stream.reset();
  if (!temporary)
    return llvm::Error::success();
  llvm::Error error = temporary->keep(path);
  temporary.reset();
  return error ? fail(llvm::errorToErrorCode(std::move(error)))
               : llvm::Error::success();
}

llvm::Error runtime::keepAll(llvm::MutableArrayRef<OutputFile> files) {
  for (OutputFile &file : files)
    if (llvm::Error error = file.flush())
      return error;
  for (OutputFile &file : files)
    if (llvm::Error error = file.keep())
      return error;
  return llvm::Error::success();
}
