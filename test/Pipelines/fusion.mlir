// Only partial sums, in f64, have buffers of their own.
// RUN: bn-opt %s --bn-to-affine --split-input-file | FileCheck %s --implicit-check-not='memref.alloc({{.*}}f{{16|32}}>' --implicit-check-not=memref.copy

// Sum and ReLU join the sweep that normalises.
// CHECK-LABEL: func @residual_relu
//  CHECK-SAME:   %[[X:[^:]*]]: memref<8x16x14x14xf32>, {{.*}} %[[R:[^:]*]]: memref<8x16x14x14xf32>, %[[OUT:[^:]*]]: memref<8x16x14x14xf32>)
//   CHECK-DAG:   %[[RESIDUAL:.*]] = memref.collapse_shape %[[R]]
//   CHECK-DAG:   %[[RESULT:.*]] = memref.collapse_shape %[[OUT]]
//       CHECK:   affine.parallel (%[[C:.*]]) = (0) to (16) {
//       CHECK:     affine.for {{.*}} iter_args
//       CHECK:     affine.for {{.*}} iter_args
//       CHECK:     affine.for %[[N:.*]] = 0 to 8 {
//       CHECK:       affine.for %[[I:.*]] = 0 to 196 {
//       CHECK:         %[[V:.*]] = affine.load %[[RESIDUAL]][%[[N]], %[[C]], %[[I]]]
//       CHECK:         %[[S:.*]] = arith.addf %{{.*}}, %[[V]]
//       CHECK:         %[[Z:.*]] = arith.maximumf %[[S]]
//       CHECK:         affine.store %[[Z]], %[[RESULT]][%[[N]], %[[C]], %[[I]]]
//   CHECK-NOT:   affine.for
func.func @residual_relu(%x: tensor<8x16x14x14xf32>, %g: tensor<16xf32>, %b: tensor<16xf32>,
                         %r: tensor<8x16x14x14xf32>) -> tensor<8x16x14x14xf32> {
  %y, %m, %v = bn.training %x, %g, %b epsilon = 1.0e-05 : tensor<8x16x14x14xf32>, tensor<16xf32>
  %s = arith.addf %y, %r : tensor<8x16x14x14xf32>
  %zero = arith.constant dense<0.0> : tensor<8x16x14x14xf32>
  %z = arith.maximumf %s, %zero : tensor<8x16x14x14xf32>
  return %z : tensor<8x16x14x14xf32>
}

// -----

// The mask of ReLU's gradient is computed in both sweeps and stored nowhere.
// CHECK-LABEL: func @relu_backprop
//       CHECK:   affine.parallel
//       CHECK:     affine.for
//       CHECK:       affine.for
//       CHECK:         arith.cmpf
//       CHECK:         arith.select
//       CHECK:     affine.for
//       CHECK:       affine.for
//       CHECK:         arith.cmpf
//       CHECK:         arith.select
//       CHECK:         affine.store
//   CHECK-NOT:   affine.for
func.func @relu_backprop(%x: tensor<8x16x?x?xf32>, %p: tensor<16xf32>, %y: tensor<8x16x?x?xf32>,
                         %d: tensor<8x16x?x?xf32>)
    -> (tensor<8x16x?x?xf32>, tensor<16xf32>, tensor<16xf32>) {
  %zero = arith.constant 0.0 : f32
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %h = tensor.dim %y, %c2 : tensor<8x16x?x?xf32>
  %w = tensor.dim %y, %c3 : tensor<8x16x?x?xf32>
  %zeros = tensor.splat %zero[%h, %w] : tensor<8x16x?x?xf32>
  %positive = arith.cmpf ogt, %y, %zeros : tensor<8x16x?x?xf32>
  %e = arith.select %positive, %d, %zeros : tensor<8x16x?x?xi1>, tensor<8x16x?x?xf32>
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %p, %p, %e epsilon = 1.0e-05
    : tensor<8x16x?x?xf32>, tensor<16xf32>
  return %dx, %dg, %db : tensor<8x16x?x?xf32>, tensor<16xf32>, tensor<16xf32>
}

// -----

// Zeros of dynamic size do not ask the result for it, so they move into the loop.
// CHECK-LABEL: func @dynamic_relu
//       CHECK:   affine.parallel
//       CHECK:         %[[Z:.*]] = arith.maximumf {{.*}} : f32
//  CHECK-NEXT:         affine.store %[[Z]]
// The rows that slices of equal length leave over:
//       CHECK:       affine.for
//       CHECK:         %[[Z:.*]] = arith.maximumf {{.*}} : f32
//  CHECK-NEXT:         affine.store %[[Z]]
//   CHECK-NOT:   affine.for
func.func @dynamic_relu(%x: tensor<?x64xf32>, %g: tensor<64xf32>, %b: tensor<64xf32>) -> tensor<?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %zeros = tensor.splat %zero[%n] : tensor<?x64xf32>
  %y, %m, %v = bn.training %x, %g, %b epsilon = 1.0e-05 : tensor<?x64xf32>, tensor<64xf32>
  %z = arith.maximumf %y, %zeros : tensor<?x64xf32>
  return %z : tensor<?x64xf32>
}

// -----

// Casts on either side: bf16 in memory, f32 in registers.
// CHECK-LABEL: func @casts
//  CHECK-SAME:   memref<8x16x14x14xbf16>
//       CHECK:   affine.parallel
//   CHECK-NOT:   memref<{{.*}}14xf32>
//       CHECK:         arith.truncf %{{.*}} : f32 to bf16
//       CHECK:   return
func.func @casts(%x: tensor<8x16x14x14xbf16>, %g: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<8x16x14x14xbf16> {
  %w = arith.extf %x : tensor<8x16x14x14xbf16> to tensor<8x16x14x14xf32>
  %y, %m, %v = bn.training %w, %g, %b epsilon = 1.0e-05 : tensor<8x16x14x14xf32>, tensor<16xf32>
  %n = arith.truncf %y : tensor<8x16x14x14xf32> to tensor<8x16x14x14xbf16>
  return %n : tensor<8x16x14x14xbf16>
}

// -----

// Without input_cotangent, delta_delta needs no sums; what nothing uses is
// neither computed nor stored.
// CHECK-LABEL: func @unused_results
//   CHECK-NOT:   iter_args
//       CHECK:   affine.store
//   CHECK-NOT:   affine.store
//       CHECK:   return
func.func @unused_results(%x: tensor<8x16x14x14xf32>, %p: tensor<16xf32>) -> tensor<8x16x14x14xf32> {
  %u = arith.constant dense<0.0> : tensor<8x16x14x14xf32>
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %x, %u, %p, %p epsilon = 1.0e-05
    : tensor<8x16x14x14xf32>, tensor<16xf32>
  return %0#2 : tensor<8x16x14x14xf32>
}
