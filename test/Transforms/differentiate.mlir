// RUN: bn-opt %s --bn-differentiate="entry=train wrt=0,1" | FileCheck %s
// RUN: bn-opt %s --bn-differentiate=entry=relu | FileCheck %s --check-prefix=RELU
// RUN: bn-opt %s --bn-differentiate=entry=top | FileCheck %s --check-prefix=TOP

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

// The mask comes from the result: nothing else keeps the operand. What was
// declared private is made private.
// RELU-LABEL: func private @relu_vjp
//  RELU-SAME:   %[[X:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
//       RELU:   %[[ZERO:.*]] = arith.constant
//       RELU:   %[[Y:.*]] = arith.maximumf %[[X]], %[[ZERO]]
//       RELU:   %[[MASK:.*]] = arith.cmpf ogt, %[[Y]], %[[ZERO]]
//       RELU:   arith.select %[[MASK]], %[[C]]
//   RELU-NOT: func private @relu_vjp
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %y = arith.maximumf %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @relu_vjp(tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0:2 = call @relu_vjp(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %0#1 : tensor<4xf32>
}

// Each of those that are the largest takes its share.
// TOP-LABEL: func @top_vjp
//  TOP-SAME:   %[[X:.*]]: tensor<4x3xf32>, %{{.*}}: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
//       TOP:   %[[MAX:.*]] = linalg.reduce { arith.maximumf }
//       TOP:   %[[REPEATED:.*]] = linalg.broadcast ins(%[[MAX]]
//       TOP:   %[[HIT:.*]] = arith.cmpf oeq, %[[X]], %[[REPEATED]]
//       TOP:   %[[ONES:.*]] = arith.select %[[HIT]]
//       TOP:   %[[COUNT:.*]] = linalg.reduce ins(%[[ONES]]
//       TOP:   %[[DIVISOR:.*]] = arith.maximumf %[[COUNT]]
//       TOP:   %[[SHARE:.*]] = arith.divf %[[C]], %[[DIVISOR]]
//       TOP:   %[[NONE:.*]] = arith.cmpf oeq, %[[COUNT]]
//       TOP:   %[[SHARES:.*]] = linalg.broadcast ins(%[[SHARE]]
//   TOP-DAG:   arith.select %[[HIT]], %[[SHARES]]
//   TOP-DAG:   arith.select %[[NONE]], %[[C]]
func.func @top(%x: tensor<4x3xf32>, %start: tensor<4xf32>) -> tensor<4xf32> {
  %max = linalg.reduce { arith.maximumf } ins(%x : tensor<4x3xf32>) outs(%start : tensor<4xf32>) dimensions = [1]
  return %max : tensor<4xf32>
}
