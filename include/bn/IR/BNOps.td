//===- BNOps.td - The batch-norm ops -----------------------*- tablegen -*-===//

#ifndef BN_OPS
#define BN_OPS

include "bn/IR/BNBase.td"
include "bn/IR/BNInterfaces.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/TilingInterface.td"

/// An op on channels. Everything but its mathematics (`decomposeOperation`) is
/// derived from the table of its operands and results.
class BN_ChannelwiseOp<string mnemonic>
    : Op<BN_Dialect, mnemonic,
         [Pure, BN_ChannelwiseOpInterface, InferTypeOpInterface,
          ReifyRankedShapedTypeOpInterface, TilingInterface,
          AggregatedOpInterface]> {
  let extraClassDeclaration = [{
    static ::llvm::ArrayRef<::mlir::bn::ValueSpec> getOperandSpecs();
    static ::llvm::ArrayRef<::mlir::bn::ValueSpec> getResultSpecs();

    static ::llvm::LogicalResult inferReturnTypes(
        ::mlir::MLIRContext *context,
        ::std::optional<::mlir::Location> location,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      return detail::inferReturnTypes(
          location, getOperationName(), getOperandSpecs(), getResultSpecs(),
          operands, adaptor.getChannelDims(), adaptor.getEpsilon(), types);
    }
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                        ::mlir::TypeRange actual) {
      return detail::isCompatibleReturnTypes(inferred, actual);
    }
    ::llvm::LogicalResult reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &shapes) {
      return detail::reifyResultShapes(*this, b, shapes);
    }

    static ::mlir::ParseResult parse(::mlir::OpAsmParser &parser,
                                     ::mlir::OperationState &state) {
      auto &properties = state.getOrAddProperties<Properties>();
      return detail::parse(parser, state, getOperandSpecs(), properties.epsilon,
                           properties.channel_dims, inferReturnTypes);
    }
    void print(::mlir::OpAsmPrinter &printer) { detail::print(*this, printer); }

    ::llvm::SmallVector<::mlir::utils::IteratorType> getLoopIteratorTypes() {
      return detail::getLoopIteratorTypes(*this);
    }
    ::llvm::SmallVector<::mlir::Range>
    getIterationDomain(::mlir::OpBuilder &b) {
      return detail::getIterationDomain(*this, b);
    }
    ::mlir::FailureOr<::mlir::TilingResult>
    getTiledImplementation(::mlir::OpBuilder &b,
                           ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
                           ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return detail::getTiledImplementation(*this, b, offsets, sizes);
    }
    ::llvm::LogicalResult getResultTilePosition(
        ::mlir::OpBuilder &b, unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes,
        ::llvm::SmallVector<::mlir::OpFoldResult> &resultOffsets,
        ::llvm::SmallVector<::mlir::OpFoldResult> &resultSizes) {
      return detail::getResultTilePosition(*this, b, resultNumber, offsets,
                                           sizes, resultOffsets, resultSizes);
    }
    bool isOpFusableWithConsumerSlice(
        unsigned resultNumber, ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return detail::isFusableWithSlice(*this, getResultSpecs()[resultNumber],
                                        offsets, sizes);
    }
    ::llvm::LogicalResult getIterationDomainTileFromResultTile(
        ::mlir::OpBuilder &b, unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainOffsets,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainSizes) {
      return detail::getIterationDomainTile(
          *this, getResultSpecs()[resultNumber], offsets, sizes, domainOffsets,
          domainSizes);
    }
    ::mlir::FailureOr<::mlir::TilingResult>
    generateResultTileValue(::mlir::OpBuilder &b, unsigned resultNumber,
                            ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
                            ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return detail::generateResultTileValue(*this, b, resultNumber, offsets,
                                             sizes);
    }

    ::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>
    decomposeOperation(::mlir::OpBuilder &b);
  }];
}

def BN_TrainingOp : BN_ChannelwiseOp<"training"> {
  let summary = "Normalize a batch by its own mean and variance";
  let description = [{
    For each channel, with M reduced elements:

    1. `mean = Σ input / M`
    2. `variance = Σ (input - mean)² / M`
    3. `s = 1 / sqrt(variance + epsilon)`
    4. `output = gamma * (input - mean) * s + beta`

    Step 4 uses the mean and the variance as computed, not as rounded to the
    type of the results.

    Source: Ioffe and Szegedy, "Batch Normalization", algorithm 1
    (arXiv:1502.03167). Errors: constraints C1 to C7 of the dialect.

    Example, channels last:

    ```mlir
    %y, %mean, %variance = bn.training %x, %gamma, %beta
        epsilon = 1.0e-05 channel_dims = [3]
        : tensor<8x14x14x64xf32>, tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$beta,
                       F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$output, BN_Channel:$mean, BN_Channel:$variance);
}

def BN_InferenceOp : BN_ChannelwiseOp<"inference"> {
  let summary = "Normalize by a given mean and variance";
  let description = [{
    For each channel:

    1. `s = 1 / sqrt(variance + epsilon)`
    2. `output = gamma * (input - mean) * s + beta`

    Source: Ioffe and Szegedy, "Batch Normalization", algorithm 2
    (arXiv:1502.03167). Errors: constraints C1 to C7 of the dialect.

    Example:

    ```mlir
    %y = bn.inference %x, %gamma, %beta, %mean, %variance epsilon = 1.0e-05
        : tensor<8x64x14x14xbf16>, tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$beta,
                       BN_Channel:$mean, BN_Channel:$variance, F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$output);
}

def BN_TrainingBackpropOp : BN_ChannelwiseOp<"training_backprop"> {
  let summary = "Gradient of training";
  let description = [{
    `delta` is the gradient of the loss with respect to `output` of
    `bn.training`; `mean` and `variance` are its other two results, the batch
    statistics of `input`. For each channel, with M reduced elements:

    1. `s = 1 / sqrt(variance + epsilon)`, `x̂ = (input - mean) * s`
    2. `beta_delta = Σ delta`
    3. `gamma_delta = Σ delta * x̂`
    4. `input_delta = gamma * s * (delta - (beta_delta + x̂ * gamma_delta) / M)`

    `mean_delta` and `variance_delta`, where given, are the gradients of the
    loss with respect to the results `mean` and `variance`. They add
    `mean_delta / M + 2 * variance_delta * (input - mean) / M` to
    `input_delta`. `beta` is taken for symmetry and not read.

    Source: the closed form of nGraph's BatchNormTrainingBackprop; its
    derivation is in docs/Math.md. Errors: constraints C1 to C8 of the dialect.

    Example:

    ```mlir
    %dx, %dgamma, %dbeta =
        bn.training_backprop %x, %gamma, %beta, %mean, %variance, %dy
        epsilon = 1.0e-05 : tensor<8x64x14x14xf32>, tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$beta,
                       BN_Channel:$mean, BN_Channel:$variance, BN_Data:$delta,
                       Variadic<BN_Channel>:$statistics_deltas,
                       F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$input_delta, BN_Channel:$gamma_delta,
                      BN_Channel:$beta_delta);
}

def BN_InferenceBackpropOp : BN_ChannelwiseOp<"inference_backprop"> {
  let summary = "Gradient of inference, with frozen statistics";
  let description = [{
    `delta` is the gradient of the loss with respect to `output` of
    `bn.inference`, whose mean and variance are inputs like any other. For each
    channel:

    1. `s = 1 / sqrt(variance + epsilon)`, `x̂ = (input - mean) * s`
    2. `input_delta = gamma * s * delta`
    3. `beta_delta = Σ delta`
    4. `gamma_delta = Σ delta * x̂`
    5. `mean_delta = -gamma * s * beta_delta`
    6. `variance_delta = -gamma * s² * gamma_delta / 2`

    Source: Chainer's FixedBatchNormalizationGrad, forward. Errors: constraints
    C1 to C7 of the dialect.

    Example, per activation:

    ```mlir
    %dx, %dgamma, %dbeta, %dmean, %dvariance =
        bn.inference_backprop %x, %gamma, %mean, %variance, %dy
        epsilon = 1.0e-05 channel_dims = [1, 2, 3]
        : tensor<32x3x4x4xf64>, tensor<3x4x4xf64>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$mean,
                       BN_Channel:$variance, BN_Data:$delta, F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$input_delta, BN_Channel:$gamma_delta,
                      BN_Channel:$beta_delta, BN_Channel:$mean_delta,
                      BN_Channel:$variance_delta);
}

#endif // BN_OPS
