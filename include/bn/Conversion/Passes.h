//===- Passes.h - Conversions out of the bn dialect -------------*- C++ -*-===//

#ifndef BN_CONVERSION_PASSES_H
#define BN_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;

namespace bn {

/// Patterns that replace every bn op by the linalg ops that its
/// `AggregatedOpInterface::decomposeOperation` builds.
void populateBNToLinalgPatterns(RewritePatternSet &patterns);

#define GEN_PASS_DECL
#include "bn/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "bn/Conversion/Passes.h.inc"

} // namespace bn
} // namespace mlir

#endif // BN_CONVERSION_PASSES_H
