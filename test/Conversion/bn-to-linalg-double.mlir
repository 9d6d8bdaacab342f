// Gradients of gradients: one sweep for all sums, one for both data results; and
// nothing at all for a cotangent that is zero.
// RUN: bn-opt %s --convert-bn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func @training
//  CHECK-SAME:   %[[X:.*]]: tensor<4x3xf32>, %[[P:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<4x3xf32>, %[[U:.*]]: tensor<4x3xf32>
//       CHECK:   %[[SUMS:.*]]:5 = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[X]], %[[D]], %[[U]], %[[P]],
//       CHECK:   %[[CHANNEL:.*]]:10 = linalg.generic {{.*}} ins(%[[SUMS]]#0,
//       CHECK:   %[[DATA:.*]]:2 = linalg.generic {{.*}} ins(%[[X]], %[[D]], %[[U]], %[[P]], %[[CHANNEL]]#1,
//   CHECK-NOT:   linalg.generic
//       CHECK:   return %[[DATA]]#0, %[[CHANNEL]]#0, %[[DATA]]#1
func.func @training(%x: tensor<4x3xf32>, %p: tensor<3xf32>, %d: tensor<4x3xf32>, %u: tensor<4x3xf32>)
    -> (tensor<4x3xf32>, tensor<3xf32>, tensor<4x3xf32>) {
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %d, %u, %p, %p epsilon = 1.0e-05
    : tensor<4x3xf32>, tensor<3xf32>
  return %0#0, %0#1, %0#2 : tensor<4x3xf32>, tensor<3xf32>, tensor<4x3xf32>
}

// -----

// Without input_cotangent: the two sums of the first gradient, and a gamma_delta
// of zeros. Zeros of a dynamic shape are seen too.
// CHECK-LABEL: func @training_zero_data
//  CHECK-SAME:   %[[X:.*]]: tensor<?x3xf32>, %[[P:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<?x3xf32>
//       CHECK:   %[[SUMS:.*]]:2 = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[X]], %[[D]], %[[P]],
//       CHECK:   %[[DATA:.*]]:2 = linalg.generic {{.*}} ins(%[[X]], %[[D]], %[[P]],
//       CHECK:   %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<3xf32>
//       CHECK:   return %[[DATA]]#0, %[[ZERO]], %[[DATA]]#1
func.func @training_zero_data(%x: tensor<?x3xf32>, %p: tensor<3xf32>, %d: tensor<?x3xf32>)
    -> (tensor<?x3xf32>, tensor<3xf32>, tensor<?x3xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf32>
  %zero = arith.constant 0.0 : f32
  %u = tensor.splat %zero[%n] : tensor<?x3xf32>
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %d, %u, %p, %p epsilon = 1.0e-05
    : tensor<?x3xf32>, tensor<3xf32>
  return %0#0, %0#1, %0#2 : tensor<?x3xf32>, tensor<3xf32>, tensor<?x3xf32>
}

// -----

// Nothing arrives: nothing is read.
// CHECK-LABEL: func @training_all_zero
//   CHECK-NOT:   linalg.generic
//       CHECK:   return
func.func @training_all_zero(%x: tensor<4x3xf32>, %p: tensor<3xf32>)
    -> (tensor<4x3xf32>, tensor<3xf32>, tensor<4x3xf32>) {
  %u = arith.constant dense<0.0> : tensor<4x3xf32>
  %z = arith.constant dense<0.0> : tensor<3xf32>
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %x, %u, %z, %z epsilon = 1.0e-05
    : tensor<4x3xf32>, tensor<3xf32>
  return %0#0, %0#1, %0#2 : tensor<4x3xf32>, tensor<3xf32>, tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func @inference
//  CHECK-SAME:   %[[X:.*]]: tensor<4x3xf32>, %[[P:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<4x3xf32>, %[[U:.*]]: tensor<4x3xf32>
//       CHECK:   %[[SUMS:.*]]:3 = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[X]], %[[D]], %[[U]], %[[P]] :
//       CHECK:   %[[CHANNEL:.*]]:6 = linalg.generic
//       CHECK:   %[[DATA:.*]]:2 = linalg.generic
//   CHECK-NOT:   linalg.generic
//       CHECK:   return %[[DATA]]#0, %[[CHANNEL]]#0, %[[CHANNEL]]#1, %[[CHANNEL]]#2, %[[DATA]]#1
func.func @inference(%x: tensor<4x3xf32>, %p: tensor<3xf32>, %d: tensor<4x3xf32>, %u: tensor<4x3xf32>)
    -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3xf32>) {
  %0:5 = bn.inference_double_backprop %x, %p, %p, %p, %d, %u, %p, %p, %p, %p epsilon = 1.0e-05
    : tensor<4x3xf32>, tensor<3xf32>
  return %0#0, %0#1, %0#2, %0#3, %0#4 : tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3xf32>
}

// -----

// Only input_cotangent: one sum, delta_delta from it alone, input not read.
// CHECK-LABEL: func @inference_only_data
//  CHECK-SAME:   %{{.*}}: tensor<4x3xf32>, %[[P:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<4x3xf32>, %[[U:.*]]: tensor<4x3xf32>
//       CHECK:   linalg.generic {{.*}} ins(%[[U]], %{{[^,]*}} :
func.func @inference_only_data(%x: tensor<4x3xf32>, %p: tensor<3xf32>, %d: tensor<4x3xf32>, %u: tensor<4x3xf32>)
    -> tensor<4x3xf32> {
  %z = arith.constant dense<0.0> : tensor<3xf32>
  %0:5 = bn.inference_double_backprop %x, %p, %p, %p, %d, %u, %z, %z, %z, %z epsilon = 1.0e-05
    : tensor<4x3xf32>, tensor<3xf32>
  return %0#4 : tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func @update
//  CHECK-SAME:   %[[RM:.*]]: tensor<?xf32>, %[[RV:.*]]: tensor<?xf32>, %[[M:.*]]: tensor<?xf32>, %[[V:.*]]: tensor<?xf32>, %[[N:.*]]: index
//       CHECK:   %[[SAMPLE:.*]] = arith.cmpi sge, %[[N]], %{{.*}}
//       CHECK:   arith.select %[[SAMPLE]]
//       CHECK:   linalg.generic {{.*}} ins(%[[RM]], %[[RV]], %[[M]], %[[V]] :
func.func @update(%rm: tensor<?xf32>, %rv: tensor<?xf32>, %m: tensor<?xf32>, %v: tensor<?xf32>, %n: index)
    -> (tensor<?xf32>, tensor<?xf32>) {
  %0:2 = bn.update_statistics %rm, %rv, %m, %v count %n momentum = 0.9 unbiased : tensor<?xf32>
  return %0#0, %0#1 : tensor<?xf32>, tensor<?xf32>
}
