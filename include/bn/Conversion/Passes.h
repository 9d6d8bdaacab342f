//===- Passes.h - Conversions out of the bn dialect -------------*- C++ -*-===//

#ifndef BN_CONVERSION_PASSES_H
#define BN_CONVERSION_PASSES_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;

namespace bn {

/// How training_backprop is lowered.
enum class BackpropForm { Closed, Staged };

/// Patterns that replace every bn op by the linalg ops that its
/// `AggregatedOpInterface::decomposeOperation` builds, and training_backprop in
/// staged form by those of `decomposeStaged`.
void populateBNToLinalgPatterns(RewritePatternSet &patterns,
                                BackpropForm form = BackpropForm::Closed);

#define GEN_PASS_DECL
#include "bn/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "bn/Conversion/Passes.h.inc"

} // namespace bn
} // namespace mlir

#endif // BN_CONVERSION_PASSES_H
