//===- Error.h - Whose fault a failure is -----------------------*- C++ -*-===//
//
// Every failure of the runtime is an llvm::Error of one of two kinds, with a
// message of one line: what was expected, and what came instead.
//
//===----------------------------------------------------------------------===//

#ifndef BN_RUNTIME_ERROR_H
#define BN_RUNTIME_ERROR_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace mlir::bn::runtime {

/// The values are the exit codes of a tool that ends with such an error.
enum class ErrorKind {
  /// The program does not parse, verify, lower or link.
  Rejected = 1,
  /// The program may be fine; what it was asked or given is not.
  BadInput = 2,
};

class RuntimeError : public llvm::ErrorInfo<RuntimeError> {
public:
  static char ID;

  RuntimeError(ErrorKind kind, std::string message)
      : kind(kind), message(std::move(message)) {}

  ErrorKind getKind() const { return kind; }
  void log(llvm::raw_ostream &os) const override { os << message; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  ErrorKind kind;
  std::string message;
};

llvm::Error rejected(const llvm::Twine &message);
llvm::Error badInput(const llvm::Twine &message);

/// `error`, its message preceded by `context` and a colon.
llvm::Error addContext(const llvm::Twine &context, llvm::Error error);

/// Prints `error: MESSAGE` as one line; returns the exit code of its kind.
int reportError(llvm::Error error, llvm::raw_ostream &os);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_ERROR_H
