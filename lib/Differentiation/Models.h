//===- Models.h - One file of rules per dialect -----------------*- C++ -*-===//

#ifndef BN_LIB_DIFFERENTIATION_MODELS_H
#define BN_LIB_DIFFERENTIATION_MODELS_H

#include "bn/Differentiation/DifferentiableOpInterface.h"

namespace mlir::bn {

/// What a rule makes: one gradient for each operand, null for none.
using Gradients = SmallVector<Value>;

/// A rule for `OpTy`, implemented by `Rule`.
template <typename Rule, typename OpTy>
using RuleFor = DifferentiableOpInterface::ExternalModel<Rule, OpTy>;

void registerArithModels(DialectRegistry &registry);
void registerLinalgModels(DialectRegistry &registry);
void registerMathModels(DialectRegistry &registry);
void registerTensorModels(DialectRegistry &registry);

} // namespace mlir::bn

#endif // BN_LIB_DIFFERENTIATION_MODELS_H
