//===- DifferentiableOpInterface.h - Derivatives of ops ---------*- C++ -*-===//

#ifndef BN_DIFFERENTIATION_DIFFERENTIABLEOPINTERFACE_H
#define BN_DIFFERENTIATION_DIFFERENTIABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/BitVector.h"

#include "bn/Differentiation/DifferentiableOpInterface.h.inc"

namespace mlir::bn {

/// Adds the rules for ops of the arith, math, linalg and tensor dialects.
void registerDifferentiationModels(DialectRegistry &registry);

} // namespace mlir::bn

#endif // BN_DIFFERENTIATION_DIFFERENTIABLEOPINTERFACE_H
