// RUN: bn-opt %s --bn-verify-stage=stage=memref --verify-diagnostics

// The op that was not bufferized is named, not the casts around it.
func.func @gather(%m: memref<8x3xf32>, %i: tensor<5x1xindex>) -> tensor<5x1x3xf32> {
  %x = bufferization.to_tensor %m : memref<8x3xf32> to tensor<8x3xf32>
  // expected-error@+1 {{'tensor.gather' op is left after lowering, expected ops on memrefs only}}
  %r = tensor.gather %x[%i] gather_dims([0]) : (tensor<8x3xf32>, tensor<5x1xindex>) -> tensor<5x1x3xf32>
  return %r : tensor<5x1x3xf32>
}
