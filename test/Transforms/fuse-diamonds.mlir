// RUN: bn-opt %s --convert-elementwise-to-linalg --bn-fuse-elementwise | FileCheck %s

// Users that become one op need a value once: no root is taken twice.
// CHECK-LABEL: func @diamonds
//       CHECK:   linalg.generic
// CHECK-COUNT-3:     math.sqrt
//   CHECK-NOT:     math.sqrt
//   CHECK-NOT:   linalg.generic
func.func @diamonds(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %root0 = math.sqrt %x : tensor<4x3xf32>
  %exp0 = math.exp %root0 : tensor<4x3xf32>
  %minus0 = arith.negf %root0 : tensor<4x3xf32>
  %sum0 = arith.addf %exp0, %minus0 : tensor<4x3xf32>
  %root1 = math.sqrt %sum0 : tensor<4x3xf32>
  %exp1 = math.exp %root1 : tensor<4x3xf32>
  %minus1 = arith.negf %root1 : tensor<4x3xf32>
  %sum1 = arith.addf %exp1, %minus1 : tensor<4x3xf32>
  %root2 = math.sqrt %sum1 : tensor<4x3xf32>
  %exp2 = math.exp %root2 : tensor<4x3xf32>
  %minus2 = arith.negf %root2 : tensor<4x3xf32>
  %sum2 = arith.addf %exp2, %minus2 : tensor<4x3xf32>
  return %sum2 : tensor<4x3xf32>
}
