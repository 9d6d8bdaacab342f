//===- Error.cpp - Whose fault a failure is -------------------------------===//

#include "bn/Runtime/Error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::bn::runtime;

char RuntimeError::ID = 0;

/// Kind and message; an error of LLVM's own concerns the program.
static std::pair<ErrorKind, std::string> take(llvm::Error error) {
  ErrorKind kind = ErrorKind::Rejected;
  error = llvm::handleErrors(
      std::move(error), [&](std::unique_ptr<RuntimeError> own) -> llvm::Error {
        kind = own->getKind();
        return llvm::Error(std::move(own));
      });
  return {kind, llvm::toString(std::move(error))};
}

llvm::Error mlir::bn::runtime::rejected(const llvm::Twine &message) {
  return llvm::make_error<RuntimeError>(ErrorKind::Rejected, message.str());
}

llvm::Error mlir::bn::runtime::badInput(const llvm::Twine &message) {
  return llvm::make_error<RuntimeError>(ErrorKind::BadInput, message.str());
}

llvm::Error mlir::bn::runtime::addContext(const llvm::Twine &context,
                                          llvm::Error error) {
  if (!error)
    return llvm::Error::success();
  auto [kind, message] = take(std::move(error));
  return llvm::make_error<RuntimeError>(kind, (context + ": " + message).str());
}

int mlir::bn::runtime::reportError(llvm::Error error, llvm::raw_ostream &os) {
  auto [kind, message] = take(std::move(error));
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::SplitString(message, lines, "\n");
  os << "error: " << llvm::join(lines, " ") << "\n";
  return static_cast<int>(kind);
}
