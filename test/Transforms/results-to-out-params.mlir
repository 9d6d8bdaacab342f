// RUN: bn-opt %s --bn-results-to-out-params --split-input-file | FileCheck %s

// CHECK-LABEL: func @tensor
//  CHECK-SAME:   %[[X:.*]]: tensor<4xf32> {bufferization.writable = false}, %[[OUT:.*]]: memref<4xf32>) {
//       CHECK:   %[[Y:.*]] = math.exp %[[X]]
//       CHECK:   bufferization.materialize_in_destination %[[Y]] in restrict writable %[[OUT]]
//       CHECK:   return
func.func @tensor(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @scalar
//  CHECK-SAME:   %[[X:.*]]: f32, %[[OUT:.*]]: memref<f32>) {
//       CHECK:   memref.store %[[X]], %[[OUT]][]
func.func @scalar(%x: f32) -> f32 {
  return %x : f32
}

// -----

// The destination is collapsed, not the result expanded.
// CHECK-LABEL: func @expanded
//  CHECK-SAME:   tensor<6xf32> {{{.*}}}, %[[OUT:.*]]: memref<2x3xf32>) {
//       CHECK:   %[[FLAT:.*]] = memref.collapse_shape %[[OUT]]
//       CHECK:   bufferization.materialize_in_destination %{{.*}} in restrict writable %[[FLAT]]
func.func @expanded(%x: tensor<6xf32>) -> tensor<2x3xf32> {
  %y = math.exp %x : tensor<6xf32>
  %z = tensor.expand_shape %y [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
  return %z : tensor<2x3xf32>
}

// -----

// Its callers need what it returns.
// CHECK-LABEL: func @caller
//  CHECK-SAME:   memref<4xf32>) {
// CHECK-LABEL: func @callee
//  CHECK-SAME:   -> tensor<4xf32>
func.func @caller(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @callee(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// What is neither an array nor a number stays a result.
// CHECK-LABEL: func @others
//  CHECK-SAME:   -> (tensor<*xf32>, memref<4xf32>)
func.func @others(%x: tensor<*xf32>, %m: memref<4xf32>) -> (tensor<*xf32>, memref<4xf32>) {
  return %x, %m : tensor<*xf32>, memref<4xf32>
}
