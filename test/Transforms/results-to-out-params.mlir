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

// -----

// CHECK-LABEL: func @never
//  CHECK-SAME:   -> tensor<4xf32>
//  CHECK-NEXT:   llvm.unreachable
func.func @never() -> tensor<4xf32> {
  llvm.unreachable
}

// -----

// %y may use the memory of %z's destination, which is written first.
// CHECK-LABEL: func @shared
//  CHECK-SAME:   %[[Z_OUT:[^:]*]]: memref<4xf32>, %[[Y_OUT:[^:]*]]: memref<4xf32>, %[[TWICE_OUT:[^:]*]]: memref<4xf32>)
//       CHECK:   %[[Y:.*]] = linalg.exp
//       CHECK:   %[[Z:.*]] = linalg.map { math.tanh }
//       CHECK:   %[[COPY:.*]] = bufferization.alloc_tensor() copy(%[[Y]])
//   CHECK-NOT:   alloc_tensor
//       CHECK:   bufferization.materialize_in_destination %[[Z]] in restrict writable %[[Z_OUT]]
//       CHECK:   bufferization.materialize_in_destination %[[COPY]] in restrict writable %[[Y_OUT]]
//       CHECK:   bufferization.materialize_in_destination %[[Z]] in restrict writable %[[TWICE_OUT]]
func.func @shared(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %z = linalg.map { math.tanh } ins(%x : tensor<4xf32>) outs(%y : tensor<4xf32>)
  return %z, %y, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: func @fills
//       CHECK:   %[[FIRST:.*]] = linalg.fill
//       CHECK:   %[[SECOND:.*]] = linalg.fill
//   CHECK-DAG:   linalg.reduce {{.*}} outs(%[[FIRST]]
//   CHECK-DAG:   linalg.reduce {{.*}} outs(%[[SECOND]]
//   CHECK-NOT:   alloc_tensor
func.func @fills(%x: tensor<4x3xf32>, %y: tensor<4x3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %start = linalg.fill ins(%zero : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %0 = linalg.reduce { arith.addf } ins(%x : tensor<4x3xf32>) outs(%start : tensor<3xf32>) dimensions = [0]
  %1 = linalg.reduce { arith.addf } ins(%y : tensor<4x3xf32>) outs(%start : tensor<3xf32>) dimensions = [0]
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// Inner sums, too.
// CHECK-LABEL: func @inner_fills
// CHECK-COUNT-2: linalg.fill
//       CHECK:   linalg.add
func.func @inner_fills(%x: tensor<4x3xf32>, %y: tensor<4x3xf32>, %out: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %start = linalg.fill ins(%zero : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %0 = linalg.reduce { arith.addf } ins(%x : tensor<4x3xf32>) outs(%start : tensor<3xf32>) dimensions = [0]
  %1 = linalg.reduce { arith.addf } ins(%y : tensor<4x3xf32>) outs(%start : tensor<3xf32>) dimensions = [0]
  %2 = linalg.add ins(%0, %1 : tensor<3xf32>, tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
  return %2 : tensor<3xf32>
}
