//===- BNBase.td - The bn dialect and its common definitions -*- tablegen -*-===//

#ifndef BN_BASE
#define BN_BASE

include "mlir/IR/OpBase.td"

def BN_Dialect : Dialect {
  let name = "bn";
  let cppNamespace = "::mlir::bn";
  let summary = "Batch normalization that one can train through";
  let description = [{
    Batch normalization, its gradients and their gradients, as ops on tensors
    that are independent for each channel.

    ### Shapes

    An op has one or more *data* operands and results (`input`, `output`,
    `delta`, ...) of the same shape, and *channel* operands and results
    (`gamma`, `mean`, `gamma_delta`, ...). `channel_dims` names the dims of the
    data that are channels; all other dims are reduced. A channel operand has
    the shape of those dims, in order:

    | layout                     | data                | `channel_dims` | channel operand |
    |----------------------------|---------------------|----------------|-----------------|
    | NCHW (the default)         | `N x C x H x W`     | `[1]`          | `C`             |
    | channels last              | `N x H x W x C`     | `[3]`          | `C`             |
    | blocked                    | `N x C/8 x H x W x 8` | `[1, 4]`     | `C/8 x 8`       |
    | per activation             | `N x C x H x W`     | `[1, 2, 3]`    | `C x H x W`     |

    ### Schedules

    The attribute `bn.schedule` on an op, `"channels"` or `"rows"`, says how it
    runs in parallel, which the compiler chooses otherwise: in blocks of
    channels, each read again while it is in cache, or in slices of rows that
    are all channels wide. Results are the same but for the order of sums.

    ### Notation

    For each channel, M is the number of reduced elements, sums run over them,
    `s = 1 / sqrt(variance + epsilon)`, and `x̂ = (input - mean) * s`. Variance
    is the biased one, divided by M.

    ### Constraints

    The verifier and its tests refer to these by number.

    - C1: `input` has rank 2 or more.
    - C2: `channel_dims` is not empty, strictly increasing, and within the rank
      of `input`.
    - C3: `input` has element type f16, bf16, f32 or f64.
    - C4: every other data operand has the element type of `input` and a
      compatible shape.
    - C5: every channel operand has the element type of `input`, or f32 where
      that is f16 or bf16.
    - C6: every channel operand has the shape of the channel dims of `input`,
      up to dynamic dims.
    - C7: `epsilon` is finite and not negative.
    - C8: `mean_delta` and `variance_delta` come together or not at all.

    For `bn.update_statistics`, whose operands have no data to compare with:

    - C9: `running_mean` has element type f32 or f64 and rank 1 or more; the
      other statistics have its element type and a compatible shape.
    - C10: `momentum` is between 0 and 1.
    - C11: `unbiased` comes with `count`.

    Result types are inferred: a data result has the type of `input`, a channel
    result the static and dynamic sizes of `input`'s channel dims, a running
    average that of the running average it replaces.

    ### Edge cases

    Where M is 1, variance is 0, x̂ is 0 and `input_delta` of training is 0.
    Where M is 0, mean and variance are NaN (the mean of nothing, as in NumPy),
    sums are 0 and data results are empty. NaN and infinities spread within
    their channel only.
  }];
  let hasOperationAttrVerify = 1;
  let hasCanonicalizer = 1;
  // Canonicalization casts results that become more static.
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

/// The element type and shape of these are checked by C1 to C6, which can name
/// the operand; the predicate only asks for a ranked tensor.
class BN_Tensor<string summary>
    : Type<IsRankedTensorTypePred, summary, "::mlir::RankedTensorType">;

def BN_Data : BN_Tensor<"ranked tensor of f16, bf16, f32 or f64 values">;
def BN_Channel : BN_Tensor<"ranked tensor of f32 or f64, or the data's, values">;

#endif // BN_BASE
