//===- DifferentiableOpInterface.td - Derivatives of ops ---*- tablegen -*-===//

#ifndef BN_DIFFERENTIABLE_OP_INTERFACE
#define BN_DIFFERENTIABLE_OP_INTERFACE

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::mlir::bn";
  let description = [{
    An op whose vector-Jacobian product can be written with other ops: what
    reverse-mode differentiation needs of it.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds, at the insertion point of `b`, the gradient of the sum of all
        results, each weighted with its cotangent, by each operand.

        There is one cotangent per result, of the result's type; null stands
        for zero, and at least one is not null. Returns one gradient per
        operand, of the operand's type up to what is known of its shape; null
        stands for zero, or for an operand that cannot be differentiated by,
        like an index. Where an op of this form has no rule, reports that and
        fails.
      }],
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildVJP",
      (ins "::mlir::OpBuilder &":$b,
           "::llvm::ArrayRef<::mlir::Value>":$cotangents)>,
    InterfaceMethod<[{
        As `buildVJP`, but the gradient by an operand whose bit in `needed` is
        not set may be null. For ops that may have no rule for some operands.
      }],
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildNeededVJP",
      (ins "::mlir::OpBuilder &":$b,
           "::llvm::ArrayRef<::mlir::Value>":$cotangents,
           "const ::llvm::BitVector &":$needed),
      /*methodBody=*/"", [{
        return ::llvm::cast<DifferentiableOpInterface>($_op.getOperation())
            .buildVJP(b, cotangents);
      }]>
  ];
}

#endif // BN_DIFFERENTIABLE_OP_INTERFACE
