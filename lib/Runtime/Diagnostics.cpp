//===- Diagnostics.cpp - MLIR's diagnostics as errors ---------------------===//

#include "Diagnostics.h"
#include "bn/Runtime/Error.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::bn::runtime;

static std::string toString(Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream os(text);
  // A location may be fused from several; name one place in a file.
  if (auto location =
          diagnostic.getLocation()->findInstanceOf<FileLineColLoc>()) {
    os << location.getFilename().getValue() << ":";
    // The module as a whole has no line.
    if (location.getLine() != 0)
      os << location.getLine() << ":" << location.getColumn() << ":";
    os << " ";
  }
  os << diagnostic;
  return text;
}

DiagnosticCapture::DiagnosticCapture(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
            message.empty())
          message = toString(diagnostic);
        return success();
      }) {}

llvm::Error DiagnosticCapture::takeError(const llvm::Twine &fallback) {
  return rejected(message.empty() ? fallback : llvm::Twine(message));
}
