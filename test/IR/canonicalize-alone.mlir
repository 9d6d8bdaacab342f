// Canonicalization makes casts where nothing else in the program is of their dialect.
// RUN: bn-opt %s --canonicalize | FileCheck %s

// CHECK: %[[Y:.*]] = bn.inference {{.*}} : tensor<8x4xf32>, tensor<4xf32>
// CHECK: tensor.cast %[[Y]] : tensor<8x4xf32> to tensor<?x4xf32>
func.func @f(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = "bn.inference"(%x, %p, %p, %p, %p) <{epsilon = 1.0e-5 : f64}>
      : (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
