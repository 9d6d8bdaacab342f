// RUN: bn-opt %s --bn-verify-stage=stage=linalg --split-input-file --verify-diagnostics

func.func @bn(%x: tensor<4x3xf32>, %p: tensor<3xf32>) -> tensor<4x3xf32> {
  // expected-error@+1 {{'bn.inference' op is left after lowering, expected linalg ops on tensors only}}
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<4x3xf32>, tensor<3xf32>
  %z = bn.inference %y, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<4x3xf32>, tensor<3xf32>
  return %z : tensor<4x3xf32>
}
