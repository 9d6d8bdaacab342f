//===- DifferentiableOpInterface.cpp - Derivatives of ops -----------------===//

#include "bn/Differentiation/DifferentiableOpInterface.h"
#include "Models.h"

using namespace mlir;

#include "bn/Differentiation/DifferentiableOpInterface.cpp.inc"

void bn::registerDifferentiationModels(DialectRegistry &registry) {
  registerArithModels(registry);
  registerLinalgModels(registry);
  registerMathModels(registry);
  registerTensorModels(registry);
}
