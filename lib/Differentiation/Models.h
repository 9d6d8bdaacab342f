//===- Models.h - One file of rules per dialect -----------------*- C++ -*-===//

#ifndef BN_LIB_DIFFERENTIATION_MODELS_H
#define BN_LIB_DIFFERENTIATION_MODELS_H

#include "bn/Differentiation/DifferentiableOpInterface.h"

namespace mlir::bn {

void registerArithModels(DialectRegistry &registry);
void registerLinalgModels(DialectRegistry &registry);
void registerMathModels(DialectRegistry &registry);
void registerTensorModels(DialectRegistry &registry);

} // namespace mlir::bn

#endif // BN_LIB_DIFFERENTIATION_MODELS_H
