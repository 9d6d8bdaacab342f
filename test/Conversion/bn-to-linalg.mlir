// RUN: bn-opt %s --convert-bn-to-linalg --split-input-file | FileCheck %s

// Both sums in one sweep, of deviations from an element of the channel.
// CHECK-DAG: #[[SWEEP:.*]] = affine_map<(d0, d1, d2) -> (d1, d0, d2)>
// CHECK-LABEL: func @training
//  CHECK-SAME:   %[[X:.*]]: tensor<4x3x5xf32>, %[[GAMMA:.*]]: tensor<3xf32>, %[[BETA:.*]]: tensor<3xf32>
//       CHECK:   %[[FIRST:.*]] = tensor.extract_slice %[[X]][0, 0, 0] [1, 3, 1]
//       CHECK:   %[[ELEMENT:.*]] = linalg.generic {{.*}} ins(%[[FIRST]]
//       CHECK:   %[[PIVOT:.*]] = linalg.generic {{.*}} ins(%[[ELEMENT]]
//       CHECK:     arith.select
//       CHECK:   %[[D:.*]]:2 = linalg.generic {indexing_maps = [#[[SWEEP]], {{.*}} iterator_types = ["parallel", "reduction", "reduction"]} ins(%[[X]], %[[PIVOT]] : {{.*}}) outs(%{{.*}} : tensor<3xf64>, tensor<3xf64>)
//       CHECK:     %[[DEVIATION:.*]] = arith.subf %{{.*}} : f64
//       CHECK:     arith.mulf %[[DEVIATION]], %[[DEVIATION]]
//       CHECK:     arith.addf %{{.*}} fastmath<reassoc,contract> : f64
//       CHECK:   %[[CHANNEL:.*]]:4 = linalg.generic {{.*}} ins(%[[PIVOT]], %[[D]]#0, %[[D]]#1, %[[GAMMA]], %[[BETA]]
//       CHECK:     arith.maximumf
//       CHECK:     math.sqrt
//       CHECK:   %[[Y:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[CHANNEL]]#0, %[[CHANNEL]]#2, %[[CHANNEL]]#3
//       CHECK:     %[[CENTRED:.*]] = arith.subf %{{.*}} : f32
//       CHECK:     arith.mulf %[[CENTRED]]
//       CHECK:   return %[[Y]], %[[CHANNEL]]#0, %[[CHANNEL]]#1
func.func @training(%x: tensor<4x3x5xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) {
  %y, %mean, %variance = bn.training %x, %gamma, %beta epsilon = 1.0e-05
    : tensor<4x3x5xf32>, tensor<3xf32>
  return %y, %mean, %variance : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// No sum at all.
// CHECK-LABEL: func @inference
//   CHECK-NOT:   "reduction"
//       CHECK:   return
func.func @inference(%x: tensor<4x3xf16>, %p: tensor<3xf32>) -> tensor<4x3xf16> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<4x3xf16>, tensor<3xf32>
  return %y : tensor<4x3xf16>
}

// -----

// One sweep for both sums, one for input_delta.
// CHECK-LABEL: func @backprop
//  CHECK-SAME:   %[[X:.*]]: tensor<?x3xf32>, %{{.*}}: tensor<3xf32>, %[[DELTA:.*]]: tensor<?x3xf32>
//       CHECK:   %[[SUMS:.*]]:2 = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} ins(%[[X]], %[[DELTA]]
//       CHECK:   %[[CHANNEL:.*]]:6 = linalg.generic {{.*}} ins(%[[SUMS]]#0, %[[SUMS]]#1
//       CHECK:   %[[DX:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[DELTA]]
//   CHECK-NOT:   linalg.generic
//       CHECK:   return %[[DX]], %[[CHANNEL]]#0, %[[CHANNEL]]#1
func.func @backprop(%x: tensor<?x3xf32>, %p: tensor<3xf32>, %delta: tensor<?x3xf32>)
    -> (tensor<?x3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %dx, %dgamma, %dbeta = bn.training_backprop %x, %p, %p, %p, %p, %delta epsilon = 1.0e-05
    : tensor<?x3xf32>, tensor<3xf32>
  return %dx, %dgamma, %dbeta : tensor<?x3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// What arrives through the statistics needs no further sweep.
// CHECK-LABEL: func @backprop_pair
//       CHECK:   "reduction"
//   CHECK-NOT:   "reduction"
//       CHECK:   return
func.func @backprop_pair(%x: tensor<4x3xf32>, %p: tensor<3xf32>, %q: tensor<3xf32>) -> tensor<4x3xf32> {
  %dx, %dgamma, %dbeta = bn.training_backprop %x, %p, %p, %p, %p, %x, %q, %q epsilon = 1.0e-05
    : tensor<4x3xf32>, tensor<3xf32>
  return %dx : tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func @inference_backprop
//       CHECK:   %[[SUMS:.*]]:2 = linalg.generic {{.*}}"reduction"
//       CHECK:   %[[CHANNEL:.*]]:5 = linalg.generic {{.*}} ins(%[[SUMS]]#0, %[[SUMS]]#1
//       CHECK:   %[[DX:.*]] = linalg.generic
//       CHECK:   return %[[DX]], %[[CHANNEL]]#0, %[[CHANNEL]]#1, %[[CHANNEL]]#2, %[[CHANNEL]]#3
func.func @inference_backprop(%x: tensor<4x3xbf16>, %p: tensor<3xf32>)
    -> (tensor<4x3xbf16>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %r:5 = bn.inference_backprop %x, %p, %p, %p, %x epsilon = 1.0e-05 : tensor<4x3xbf16>, tensor<3xf32>
  return %r#0, %r#1, %r#2, %r#3, %r#4
    : tensor<4x3xbf16>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// Sizes of which no array can be made have a product, too.
// CHECK-LABEL: func @count_of_many
//       CHECK:   arith.constant 1.8446744073709552E+19 : f64
func.func @count_of_many(%x: tensor<4294967296x1x4294967296xf32>, %p: tensor<1xf32>) -> tensor<4294967296x1x4294967296xf32> {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<4294967296x1x4294967296xf32>, tensor<1xf32>
  return %y : tensor<4294967296x1x4294967296xf32>
}
