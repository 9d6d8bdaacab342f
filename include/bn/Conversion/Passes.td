//===- Passes.td - Conversions out of the bn dialect -------*- tablegen -*-===//

#ifndef BN_CONVERSION_PASSES
#define BN_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertBNToLinalgPass : Pass<"convert-bn-to-linalg"> {
  let summary = "Convert bn ops to linalg ops on tensors";
  let description = [{
    Replaces each bn op by its closed form in linalg: one sweep for the sums of
    a channel, one for the elementwise results (training on f64 data needs one
    more before them, for the mean). Sums are accumulated in f64.

    With `form=staged`, `bn.training_backprop` becomes its derivation by the
    chain rule instead: the nine steps of the forward computation backwards, one
    linalg op for each value. It shows where the closed form comes from, and
    equals it where `mean` is the mean of `input`; see docs/Math.md.
  }];
  let options = [
    Option<"form", "form", "::mlir::bn::BackpropForm",
           /*default=*/"::mlir::bn::BackpropForm::Closed",
           "How training_backprop is lowered",
           [{::llvm::cl::values(
               clEnumValN(::mlir::bn::BackpropForm::Closed, "closed",
                          "two sums, then one sweep"),
               clEnumValN(::mlir::bn::BackpropForm::Staged, "staged",
                          "step by step, by the chain rule"))}]>
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif // BN_CONVERSION_PASSES
