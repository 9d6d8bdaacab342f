// RUN: bn-opt %s --bn-verify-stage=stage=affine --split-input-file --verify-diagnostics

func.func @tensor(%x: tensor<4xf32>) -> memref<4xf32> {
  // expected-error@+1 {{op is left after lowering, expected loops on memrefs only}}
  %m = bufferization.to_buffer %x : tensor<4xf32> to memref<4xf32>
  return %m : memref<4xf32>
}

// -----

func.func @linalg(%x: memref<4xf32>) {
  // expected-error@+1 {{'linalg.exp' op is left after lowering, expected loops on memrefs only}}
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return
}
