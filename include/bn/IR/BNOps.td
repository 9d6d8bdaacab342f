//===- BNOps.td - The batch-norm ops -----------------------*- tablegen -*-===//

#ifndef BN_OPS
#define BN_OPS

include "bn/IR/BNBase.td"
include "bn/Differentiation/DifferentiableOpInterface.td"
include "bn/IR/BNInterfaces.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/TilingInterface.td"

def BN_Differentiable : DeclareOpInterfaceMethods<DifferentiableOpInterface>;

/// An op on channels. Everything but its mathematics (`decomposeOperation`) is
/// derived from the table of its operands and results.
class BN_ChannelwiseOp<string mnemonic, list<Trait> traits = []>
    : Op<BN_Dialect, mnemonic,
         !listconcat([Pure, BN_ChannelwiseOpInterface, InferTypeOpInterface,
                      ReifyRankedShapedTypeOpInterface, TilingInterface,
                      AggregatedOpInterface], traits)> {
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

def BN_TrainingOp : BN_ChannelwiseOp<"training", [BN_Differentiable]> {
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

def BN_InferenceOp : BN_ChannelwiseOp<"inference", [BN_Differentiable]> {
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

def BN_TrainingBackpropOp : BN_ChannelwiseOp<"training_backprop", [BN_Differentiable]> {
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

def BN_InferenceBackpropOp : BN_ChannelwiseOp<"inference_backprop", [BN_Differentiable]> {
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

def BN_TrainingDoubleBackpropOp : BN_ChannelwiseOp<"training_double_backprop"> {
  let summary = "Gradient of training_backprop";
  let description = [{
    The cotangents are the gradients of a loss with respect to the results of
    `bn.training_backprop`. The results are the gradients of

    `Σ input_cotangent * input_delta + gamma_cotangent * gamma_delta + beta_cotangent * beta_delta`

    with respect to `input`, `gamma` and `delta` of that op, where `mean` and
    `variance` are the batch statistics of `input` and vary with it. For each
    channel, with M reduced elements and `avg` the sum divided by M:

    1. `s = 1 / sqrt(variance + epsilon)`, `x̂ = (input - mean) * s`
    2. `δ = delta - avg delta`, `u = input_cotangent - avg input_cotangent`
    3. `g = Σ delta * x̂`, `r = Σ input_cotangent * x̂`,
       `k = Σ delta * input_cotangent - avg delta * Σ input_cotangent`
    4. `slope = gamma_cotangent * s - gamma * s² * r / M`
    5. `input_delta = slope * δ - gamma * s² * g / M * u
          + x̂ * s * (gamma * s * (3 * r * g / M - k) - gamma_cotangent * g) / M`
    6. `gamma_delta = s * (k - r * g / M)`
    7. `delta_delta = gamma * s * u + slope * (input - mean) + beta_cotangent`

    Nothing is divided by `gamma` or by `variance` alone: zeros there are as good
    as other values. A cotangent that is a splat of zeros is absent: nothing is
    computed from it.

    Source: docs/Math.md, (D1) to (D6). Errors: constraints C1 to C7 of the
    dialect.

    Example:

    ```mlir
    %ddx, %ddgamma, %ddy =
        bn.training_double_backprop %x, %gamma, %mean, %variance, %dy, %u, %a, %b
        epsilon = 1.0e-05 : tensor<8x64x14x14xf32>, tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$mean,
                       BN_Channel:$variance, BN_Data:$delta,
                       BN_Data:$input_cotangent, BN_Channel:$gamma_cotangent,
                       BN_Channel:$beta_cotangent, F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$input_delta, BN_Channel:$gamma_delta,
                      BN_Data:$delta_delta);
}

def BN_InferenceDoubleBackpropOp : BN_ChannelwiseOp<"inference_double_backprop"> {
  let summary = "Gradient of inference_backprop";
  let description = [{
    The cotangents are the gradients of a loss with respect to the five results
    of `bn.inference_backprop`. The results are the gradients of

    `Σ input_cotangent * input_delta + gamma_cotangent * gamma_delta + beta_cotangent * beta_delta + mean_cotangent * mean_delta + variance_cotangent * variance_delta`

    with respect to its operands `input`, `gamma`, `mean`, `variance` and
    `delta`, in this order. For each channel:

    1. `s = 1 / sqrt(variance + epsilon)`, `x̂ = (input - mean) * s`
    2. `d = Σ delta`, `g = Σ delta * x̂`,
       `q = Σ delta * input_cotangent - mean_cotangent * d`
    3. `t = -variance_cotangent / 2`,
       `slope = s * (gamma_cotangent + t * gamma * s²)`
    4. `input_delta = slope * delta`
    5. `gamma_delta = s * q + t * s² * g`
    6. `mean_delta = -slope * d`
    7. `variance_delta = -gamma * s² * gamma_delta - s * (slope * g - gamma * s² * q) / 2`
    8. `delta_delta = gamma * s * input_cotangent + slope * (input - mean)
          + beta_cotangent - gamma * s * mean_cotangent`

    A cotangent that is a splat of zeros is absent: nothing is computed from it.

    Source: Chainer's FixedBatchNormalizationGrad, backward. Errors: constraints
    C1 to C7 of the dialect.

    Example:

    ```mlir
    %ddx, %ddgamma, %ddmean, %ddvariance, %ddy =
        bn.inference_double_backprop %x, %gamma, %mean, %variance, %dy,
        %u, %a, %b, %c, %d epsilon = 1.0e-05 channel_dims = [3]
        : tensor<8x14x14x64xf32>, tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Data:$input, BN_Channel:$gamma, BN_Channel:$mean,
                       BN_Channel:$variance, BN_Data:$delta,
                       BN_Data:$input_cotangent, BN_Channel:$gamma_cotangent,
                       BN_Channel:$beta_cotangent, BN_Channel:$mean_cotangent,
                       BN_Channel:$variance_cotangent, F64Attr:$epsilon,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{1}">:$channel_dims);
  let results = (outs BN_Data:$input_delta, BN_Channel:$gamma_delta,
                      BN_Channel:$mean_delta, BN_Channel:$variance_delta,
                      BN_Data:$delta_delta);
}

def BN_UpdateStatisticsOp
    : Op<BN_Dialect, "update_statistics",
         [Pure, BN_Differentiable, InferTypeOpInterface, AggregatedOpInterface,
          DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                   ["reifyResultShapes"]>]> {
  let summary = "Running averages of mean and variance";
  let description = [{
    Exponentially decaying averages of the statistics that `bn.training`
    returns, for `bn.inference` to use. For each channel:

    1. `factor = count / (count - 1)` where `unbiased` is set and `count` is 2 or
       more; else `factor = 1`
    2. `new_running_mean = momentum * running_mean + (1 - momentum) * mean`
    3. `new_running_variance = momentum * running_variance
          + (1 - momentum) * factor * variance`

    `momentum` is the share of the past that is kept, as in ONNX and in Keras;
    PyTorch's `momentum` is 1 minus this one. With a `momentum` of 1 the running
    statistics are kept as they are, with 0 they are replaced, whatever the value
    left out is: a NaN too. Else a NaN or an infinity in the statistics of a
    channel shows in the running averages of that channel, and of no other.

    `count` is M, the number of elements that the statistics were taken from:
    with `unbiased`, the variance added is that of a sample, M / (M - 1) times
    the biased one. A sample of one element says nothing about variance; its
    biased variance, 0, is used as it is.

    Source: the running averages of Stanford's CS231n; Ioffe and Szegedy, "Batch
    Normalization", algorithm 2 (arXiv:1502.03167), for `unbiased`. Errors:
    constraints C9 to C11 of the dialect.

    Example:

    ```mlir
    %m, %v = bn.update_statistics %running_mean, %running_variance, %mean, %variance
        count %count momentum = 0.9 unbiased : tensor<64xf32>
    ```
  }];
  let arguments = (ins BN_Channel:$running_mean, BN_Channel:$running_variance,
                       BN_Channel:$mean, BN_Channel:$variance,
                       Optional<Index>:$count, F64Attr:$momentum,
                       UnitAttr:$unbiased);
  let results = (outs BN_Channel:$new_running_mean,
                      BN_Channel:$new_running_variance);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// The type of each running average.
    static ::llvm::LogicalResult inferReturnTypes(
        ::mlir::MLIRContext *context,
        ::std::optional<::mlir::Location> location,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types);
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                        ::mlir::TypeRange actual) {
      return detail::isCompatibleReturnTypes(inferred, actual);
    }
    ::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>
    decomposeOperation(::mlir::OpBuilder &b);
  }];
}

#endif // BN_OPS
