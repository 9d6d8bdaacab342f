//===- Passes.td - Conversions out of the bn dialect -------*- tablegen -*-===//

#ifndef BN_CONVERSION_PASSES
#define BN_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertBNToLinalgPass : Pass<"convert-bn-to-linalg"> {
  let summary = "Convert bn ops to linalg ops on tensors";
  let description = [{
    Replaces each bn op by its closed form in linalg: one sweep for the sums of
    a channel, one for the elementwise result (training needs one more sweep,
    for the centred squares). Sums are accumulated in f64.

  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif // BN_CONVERSION_PASSES
