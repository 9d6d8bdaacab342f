//===- Summary.h - An array in one line -------------------------*- C++ -*-===//

#ifndef BN_RUNTIME_SUMMARY_H
#define BN_RUNTIME_SUMMARY_H

#include "bn/Runtime/Array.h"

namespace mlir::bn::runtime {

/// Prints, without a line end,
///   2x3xf32, min -1, max 4, mean 1.5, values [-1, 0, 1, 2, 3, 4]
/// with at most eight values. Minimum, maximum and mean are NaN where an
/// element is, and left out where there is no element.
void printSummary(const Array &array, llvm::raw_ostream &os);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_SUMMARY_H
