// RUN: bn-opt %s --bn-differentiate="entry=train wrt=0,1" | FileCheck %s

// The gradient takes mean and variance from the forward op.
// CHECK-LABEL: func @train_vjp
//  CHECK-SAME:   %[[X:.*]]: tensor<4x3xf32>, %[[GAMMA:.*]]: tensor<3xf32>, %[[BETA:.*]]: tensor<3xf32>, %[[DY:.*]]: tensor<4x3xf32>)
//  CHECK-SAME:   -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<3xf32>)
//       CHECK:   %[[Y:.*]], %[[MEAN:.*]], %[[VARIANCE:.*]] = bn.training %[[X]], %[[GAMMA]], %[[BETA]]
//       CHECK:   %[[D:.*]] = arith.addf %[[DY]], %[[DY]]
//       CHECK:   %[[DX:.*]], %[[DGAMMA:.*]], %{{.*}} = bn.training_backprop %[[X]], %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VARIANCE]], %[[D]] epsilon = 1.000000e-05
//   CHECK-NOT:   bn.
//       CHECK:   return %{{.*}}, %[[DX]], %[[DGAMMA]]
func.func @train(%x: tensor<4x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<4x3xf32> {
  %y, %mean, %variance = bn.training %x, %gamma, %beta epsilon = 1.0e-05 : tensor<4x3xf32>, tensor<3xf32>
  %twice = arith.addf %y, %y : tensor<4x3xf32>
  return %twice : tensor<4x3xf32>
}
