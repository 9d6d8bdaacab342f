// RUN: bn-opt %s --bn-decompose-linalg | FileCheck %s

// CHECK-LABEL: func @softmax
//   CHECK-NOT:   linalg.softmax
//       CHECK:   arith.maxnumf
//       CHECK:   math.exp
//       CHECK:   arith.divf
//       CHECK:   return
func.func @softmax(%x: tensor<4x?xf32>, %init: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %y = linalg.softmax dimension(1) ins(%x : tensor<4x?xf32>) outs(%init : tensor<4x?xf32>) -> tensor<4x?xf32>
  return %y : tensor<4x?xf32>
}

// To the blocked layout and back.
// CHECK-LABEL: func @blocked
//       CHECK:   linalg.transpose {{.*}} permutation = [0, 1, 3, 2]
//       CHECK:   linalg.transpose {{.*}} permutation = [0, 1, 3, 2]
//   CHECK-NOT:   pack
//       CHECK:   return
func.func @blocked(%x: tensor<2x16x5xf32>, %b: tensor<2x2x5x8xf32>, %init: tensor<2x16x5xf32>) -> tensor<2x16x5xf32> {
  %y = linalg.pack %x inner_dims_pos = [1] inner_tiles = [8] into %b : tensor<2x16x5xf32> -> tensor<2x2x5x8xf32>
  %z = linalg.unpack %y inner_dims_pos = [1] inner_tiles = [8] into %init : tensor<2x2x5x8xf32> -> tensor<2x16x5xf32>
  return %z : tensor<2x16x5xf32>
}

// CHECK-LABEL: func @splat
//  CHECK-SAME:   %[[X:.*]]: f32, %[[N:.*]]: index
//       CHECK:   %[[EMPTY:.*]] = tensor.empty(%[[N]]) : tensor<?x3xf32>
//       CHECK:   linalg.fill ins(%[[X]] : f32) outs(%[[EMPTY]]
func.func @splat(%x: f32, %n: index) -> tensor<?x3xf32> {
  %y = tensor.splat %x[%n] : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
