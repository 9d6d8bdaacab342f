//===- Diagnostics.h - MLIR's diagnostics as errors -------------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_DIAGNOSTICS_H
#define BN_LIB_RUNTIME_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

namespace mlir::bn::runtime {

/// Keeps the first error that a context reports during this object's life, and
/// everything else off the terminal.
class DiagnosticCapture {
public:
  DiagnosticCapture(MLIRContext *context);

  /// The error, as `FILE:LINE:COLUMN: message`, of kind Rejected. `fallback` is
  /// its message where nothing was reported.
  llvm::Error takeError(const llvm::Twine &fallback);

private:
  std::string message;
  ScopedDiagnosticHandler handler;
};

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_DIAGNOSTICS_H
