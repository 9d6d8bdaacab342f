//===- Passes.td - Transformations around the bn dialect ---*- tablegen -*-===//

#ifndef BN_TRANSFORMS_PASSES
#define BN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def ResultsToOutParamsPass
    : Pass<"bn-results-to-out-params", "::mlir::ModuleOp"> {
  let summary = "Turn the results of public functions into out-parameters";
  let description = [{
    Runs on tensors, before bufferization. Every result of a public function
    with a body becomes a trailing memref argument (rank 0 for a scalar) that
    the function writes, so that no result is allocated or copied:

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> { ...; return %y }
    // becomes
    func.func @f(%x: tensor<4xf32> {bufferization.writable = false},
                 %out: memref<4xf32>) {
      ...
      bufferization.materialize_in_destination %y in restrict writable %out
      return
    }
    ```

    A result that is an expanded or a cast tensor is looked through: the
    destination is collapsed instead, and takes the more static type. Tensor
    arguments are marked read-only. A function that is called from elsewhere in
    the module keeps its results.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // BN_TRANSFORMS_PASSES
