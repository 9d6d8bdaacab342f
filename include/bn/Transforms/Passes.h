//===- Passes.h - Transformations around the bn dialect ---------*- C++ -*-===//

#ifndef BN_TRANSFORMS_PASSES_H
#define BN_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::bn {

#define GEN_PASS_DECL
#include "bn/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "bn/Transforms/Passes.h.inc"

} // namespace mlir::bn

#endif // BN_TRANSFORMS_PASSES_H
