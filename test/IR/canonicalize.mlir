// RUN: bn-opt %s -canonicalize="test-convergence" | FileCheck %s

// CHECK-LABEL: @absorb_casts
// CHECK-SAME: (%[[X:.*]]: tensor<8x4xf32>, %[[P:.*]]: tensor<4xf32>)
func.func @absorb_casts(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<?x?xf32> {
  %d = tensor.cast %x : tensor<8x4xf32> to tensor<?x?xf32>
  // CHECK: %[[Y:.*]] = bn.inference %[[X]], {{.*}} : tensor<8x4xf32>, tensor<4xf32>
  // CHECK: %[[CAST:.*]] = tensor.cast %[[Y]]
  // CHECK: return %[[CAST]]
  %y = bn.inference %d, %p, %p, %p, %p epsilon = 1.0e-5 : tensor<?x?xf32>, tensor<4xf32>
  return %y : tensor<?x?xf32>
}

// CHECK-LABEL: @absorb_casts_of_several
func.func @absorb_casts_of_several(%x: tensor<8x4xf32>, %p: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  // CHECK: bn.training {{.*}} : tensor<8x4xf32>, tensor<?xf32>{{$}}
  %c = tensor.cast %x : tensor<8x4xf32> to tensor<?x?xf32>
  %y, %m, %v = bn.training %c, %p, %p epsilon = 1.0e-5 : tensor<?x?xf32>, tensor<?xf32>
  return %y, %m : tensor<?x?xf32>, tensor<?xf32>
}

// CHECK-LABEL: @drop_zero_pair
func.func @drop_zero_pair(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<8x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // CHECK-NOT: arith.constant
  // CHECK: bn.training_backprop %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}} epsilon
  %0:3 = bn.training_backprop %x, %p, %p, %p, %p, %x, %zero, %zero epsilon = 1.0e-5 : tensor<8x4xf32>, tensor<4xf32>
  return %0#0 : tensor<8x4xf32>
}

// CHECK-LABEL: @keep_half_zero_pair
func.func @keep_half_zero_pair(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<8x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // CHECK: bn.training_backprop {{.*}}, %cst epsilon
  %0:3 = bn.training_backprop %x, %p, %p, %p, %p, %x, %p, %zero epsilon = 1.0e-5 : tensor<8x4xf32>, tensor<4xf32>
  return %0#0 : tensor<8x4xf32>
}

// CHECK-LABEL: @unused
func.func @unused(%x: tensor<8x4xf32>, %p: tensor<4xf32>) {
  // CHECK-NOT: bn.
  %0:3 = bn.training %x, %p, %p epsilon = 1.0e-5 : tensor<8x4xf32>, tensor<4xf32>
  return
}

// CHECK-LABEL: @keep_statistics
// CHECK-SAME: (%[[RM:.*]]: tensor<4xf32>, %[[RV:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>)
func.func @keep_statistics(%rm: tensor<4xf32>, %rv: tensor<4xf32>, %p: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: return %[[RM]], %[[RV]]
  %0:2 = bn.update_statistics %rm, %rv, %p, %p momentum = 1.0 : tensor<4xf32>
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @replace_statistics
// CHECK-SAME: (%{{.*}}: tensor<4xf32>, %[[M:.*]]: tensor<4xf32>, %[[V:.*]]: tensor<4xf32>)
func.func @replace_statistics(%p: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: return %[[M]], %[[V]]
  %0:2 = bn.update_statistics %p, %p, %m, %v momentum = 0.0 : tensor<4xf32>
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @replace_statistics_unbiased
func.func @replace_statistics_unbiased(%p: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: bn.update_statistics
  %0:2 = bn.update_statistics %p, %p, %p, %p count %n momentum = 0.0 unbiased : tensor<4xf32>
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// No offset of a view lies inside an empty array.
// CHECK-LABEL: @view_of_empty
// CHECK-SAME: %[[A:[^,]*]]: memref<3x2x0xf32>, %[[N:[^,]*]]: index
func.func @view_of_empty(%a: memref<3x2x0xf32>, %n: index, %from: memref<3x?xf32>) {
  %d = memref.cast %a : memref<3x2x0xf32> to memref<?x?x?xf32>
  // CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %[[A]] to offset: [0], sizes: [3, %[[N]]], strides: [{{[0-9]+}}, 1]
  // CHECK: memref.copy %{{.*}}, %[[VIEW]]
  %v = memref.subview %d[0, 1, 0] [3, 1, %n] [1, 1, 1]
    : memref<?x?x?xf32> to memref<3x?xf32, strided<[?, 1], offset: ?>>
  memref.copy %from, %v : memref<3x?xf32> to memref<3x?xf32, strided<[?, 1], offset: ?>>
  return
}

// What contradicts the declared result is left for the lowering to report.
// CHECK-LABEL: @contradicting_result
//       CHECK:   tensor.cast
//  CHECK-NEXT:   bn.training {{.*}} -> tensor<4x3xf32>
func.func @contradicting_result(%x: tensor<5x3xf32>, %g: tensor<3xf32>) -> tensor<4x3xf32> {
  %c = tensor.cast %x : tensor<5x3xf32> to tensor<?x3xf32>
  %y, %m, %v = bn.training %c, %g, %g epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32> -> tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>
  return %y : tensor<4x3xf32>
}
