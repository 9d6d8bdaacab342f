//===- BNInterfaces.td - What all batch-norm ops share -----*- tablegen -*-===//

#ifndef BN_INTERFACES
#define BN_INTERFACES

include "mlir/IR/OpBase.td"

def BN_ChannelwiseOpInterface : OpInterface<"ChannelwiseOpInterface"> {
  let cppNamespace = "::mlir::bn";
  let description = [{
    An op that computes each channel of its results from the same channel of
    its operands. Operands and results are either data, of the shape of the
    first operand `input`, or have the shape of the channel dims of `input`.
  }];
  let methods = [
    InterfaceMethod<"The dims of the data that are channels, increasing.",
      "::llvm::ArrayRef<int64_t>", "getChannelDims">,
    InterfaceMethod<"Added to the variance before its square root is taken.",
      "::llvm::APFloat", "getEpsilon">,
    InterfaceMethod<"The first operand, whose shape the data share.",
      "::mlir::TypedValue<::mlir::RankedTensorType>", "getInput">,
    StaticInterfaceMethod<"Name and kind of each operand, optional ones too.",
      "::llvm::ArrayRef<::mlir::bn::ValueSpec>", "getOperandSpecs">,
    StaticInterfaceMethod<"Name and kind of each result.",
      "::llvm::ArrayRef<::mlir::bn::ValueSpec>", "getResultSpecs">,
  ];
  // Before InferTypeOpInterface's own check, which would add a second error.
  let verify = [{
    return ::llvm::cast<ChannelwiseOpInterface>($_op).verifyConstraints(
        $_op->getOperands());
  }];
  let extraClassDeclaration = [{
    /// The dims of the data that are reduced, increasing.
    ::llvm::SmallVector<int64_t> getReducedDims();

    /// The operands without casts that hide static sizes.
    ::llvm::SmallVector<::mlir::Value> getMostStaticOperands();

    /// Checks the constraints, with these operands in place of the op's own.
    ::llvm::LogicalResult verifyConstraints(::mlir::ValueRange operands);

    /// Infers the result types on other operands. Reports a violated
    /// constraint at `location`, if given.
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Type>>
    inferTypes(::mlir::ValueRange operands,
               ::std::optional<::mlir::Location> location = ::std::nullopt);

    /// A copy of the op on other operands, its result types inferred anew.
    ::mlir::Operation *cloneWithOperands(::mlir::OpBuilder &b,
                                         ::mlir::ValueRange operands);
  }];
}

#endif // BN_INTERFACES
