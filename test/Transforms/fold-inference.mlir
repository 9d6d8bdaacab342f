// RUN: bn-opt %s --bn-fold-inference --canonicalize --split-input-file | FileCheck %s

// No bias: zeros normalised by the layer's statistics.
// CHECK-LABEL: func @matmul
//  CHECK-SAME:   %[[X:.*]]: tensor<?x8xf32>, %[[W:.*]]: tensor<8x4xf32>, %[[G:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>, %[[M:.*]]: tensor<4xf32>, %[[V:.*]]: tensor<4xf32>
//       CHECK:   %[[WEIGHTS:.*]] = bn.inference %[[W]], %[[G]], %[[ZERO:.*]], %[[ZERO]], %[[V]] epsilon = 1.000000e-05 : tensor<8x4xf32>
//       CHECK:   %[[ROW:.*]] = bn.inference %{{.*}}, %[[G]], %[[B]], %[[M]], %[[V]] epsilon = 1.000000e-05 : tensor<1x4xf32>
//       CHECK:   %[[BIAS:.*]] = tensor.collapse_shape %[[ROW]]
//       CHECK:   %[[START:.*]] = linalg.broadcast ins(%[[BIAS]] {{.*}} dimensions = [0]
//       CHECK:   %[[Y:.*]] = linalg.matmul ins(%[[X]], %[[WEIGHTS]] {{.*}} outs(%[[START]]
//   CHECK-NOT:   bn.inference
//       CHECK:   return %[[Y]]
func.func @matmul(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %g: tensor<4xf32>, %b: tensor<4xf32>,
                  %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %p = linalg.matmul ins(%x, %w : tensor<?x8xf32>, tensor<8x4xf32>) outs(%z : tensor<?x4xf32>) -> tensor<?x4xf32>
  %y = bn.inference %p, %g, %b, %m, %v epsilon = 1.0e-05 : tensor<?x4xf32>, tensor<4xf32>
  return %y : tensor<?x4xf32>
}

// -----

// One bias in the destination, another added later.
// CHECK-LABEL: func @conv_nchw
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<4x3x3x3xf32>, %[[BIAS:[^:]*]]: tensor<4xf32>, %[[P:[^:]*]]: tensor<4xf32>
//       CHECK:   bn.inference %[[W]], %[[P]], %{{.*}} epsilon = 1.000000e-05 channel_dims = [0]
//       CHECK:   arith.addf %[[BIAS]], %[[BIAS]]
//       CHECK:   bn.inference
//       CHECK:   %[[Y:.*]] = linalg.conv_2d_nchw_fchw
//  CHECK-NEXT:   return %[[Y]]
func.func @conv_nchw(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %bias: tensor<4xf32>,
                     %p: tensor<4xf32>) -> tensor<2x4x6x6xf32> {
  %e = tensor.empty() : tensor<2x4x6x6xf32>
  %i = linalg.broadcast ins(%bias : tensor<4xf32>) outs(%e : tensor<2x4x6x6xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>)
                                outs(%i : tensor<2x4x6x6xf32>) -> tensor<2x4x6x6xf32>
  %a = arith.addf %i, %c : tensor<2x4x6x6xf32>
  %y = bn.inference %a, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x4x6x6xf32>, tensor<4xf32>
  return %y : tensor<2x4x6x6xf32>
}

// -----

// The bias is added by a linalg.generic that broadcasts it.
// CHECK-LABEL: func @conv_nhwc
//       CHECK:   bn.inference {{.*}} channel_dims = [3] : tensor<3x3x3x4xf32>
//       CHECK:   bn.inference {{.*}} : tensor<1x4xf32>
//       CHECK:   %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf
//  CHECK-NEXT:   return %[[Y]]
#map = affine_map<(n, h, w, c) -> (n, h, w, c)>
#channel = affine_map<(n, h, w, c) -> (c)>
func.func @conv_nhwc(%x: tensor<2x8x8x3xf32>, %w: tensor<3x3x3x4xf32>, %bias: tensor<4xf32>,
                     %p: tensor<4xf32>) -> tensor<2x6x6x4xf32> {
  %z = arith.constant dense<0.0> : tensor<2x6x6x4xf32>
  %c = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<2x8x8x3xf32>, tensor<3x3x3x4xf32>)
                                outs(%z : tensor<2x6x6x4xf32>) -> tensor<2x6x6x4xf32>
  %a = linalg.generic {indexing_maps = [#channel, #map, #map],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%bias, %c : tensor<4xf32>, tensor<2x6x6x4xf32>) outs(%z : tensor<2x6x6x4xf32>) {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %s = arith.addf %l, %r : f32
      linalg.yield %s : f32
  } -> tensor<2x6x6x4xf32>
  %y = bn.inference %a, %p, %p, %p, %p epsilon = 1.0e-05 channel_dims = [3] : tensor<2x6x6x4xf32>, tensor<4xf32>
  return %y : tensor<2x6x6x4xf32>
}

// -----

// The layer's result is needed as it is.
// CHECK-LABEL: func @other_use
//       CHECK:   %[[P:.*]] = linalg.matmul
//       CHECK:   %[[Y:.*]] = bn.inference %[[P]]
//       CHECK:   return %[[Y]], %[[P]]
func.func @other_use(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %p: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %z = arith.constant dense<0.0> : tensor<2x4xf32>
  %l = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%z : tensor<2x4xf32>) -> tensor<2x4xf32>
  %y = bn.inference %l, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x4xf32>, tensor<4xf32>
  return %y, %l : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// What is added differs from row to row: no bias.
// CHECK-LABEL: func @residual
//       CHECK:   linalg.matmul
//       CHECK:   arith.addf
//       CHECK:   bn.inference
//   CHECK-NOT:   bn.inference
func.func @residual(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %r: tensor<2x4xf32>, %p: tensor<4xf32>) -> tensor<2x4xf32> {
  %z = arith.constant dense<0.0> : tensor<2x4xf32>
  %l = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%z : tensor<2x4xf32>) -> tensor<2x4xf32>
  %a = arith.addf %l, %r : tensor<2x4xf32>
  %y = bn.inference %a, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x4xf32>, tensor<4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Sums in f32 of bf16 weights: the scaled weights would lose digits.
// CHECK-LABEL: func @narrow_weights
//       CHECK:   linalg.matmul
//       CHECK:   bn.inference
//   CHECK-NOT:   bn.inference
func.func @narrow_weights(%x: tensor<2x8xbf16>, %w: tensor<8x4xbf16>, %p: tensor<4xf32>) -> tensor<2x4xf32> {
  %z = arith.constant dense<0.0> : tensor<2x4xf32>
  %l = linalg.matmul ins(%x, %w : tensor<2x8xbf16>, tensor<8x4xbf16>) outs(%z : tensor<2x4xf32>) -> tensor<2x4xf32>
  %y = bn.inference %l, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x4xf32>, tensor<4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Only the parameters' types know the number of channels.
// CHECK-LABEL: func @known_to_parameters
//       CHECK:   bn.inference {{.*}} : tensor<3x?xf32>, tensor<8xf32>
//       CHECK:   bn.inference {{.*}} : tensor<1x8xf32>
//       CHECK:   linalg.broadcast ins(%{{.*}} : tensor<8xf32>) outs(%{{.*}} : tensor<5x8xf32>)
//       CHECK:   %[[Y:.*]] = linalg.matmul {{.*}} outs(%{{.*}} : tensor<5x8xf32>)
//       CHECK:   tensor.cast %[[Y]] : tensor<5x8xf32> to tensor<5x?xf32>
func.func @known_to_parameters(%x: tensor<5x3xf32>, %w: tensor<3x?xf32>, %p: tensor<8xf32>, %n: index) -> tensor<5x?xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<5x?xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<5x?xf32>) -> tensor<5x?xf32>
  %l = linalg.matmul ins(%x, %w : tensor<5x3xf32>, tensor<3x?xf32>) outs(%z : tensor<5x?xf32>) -> tensor<5x?xf32>
  %y = bn.inference %l, %p, %p, %p, %p epsilon = 1.0e-05
      : (tensor<5x?xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  return %y : tensor<5x?xf32>
}

// -----

// The layer would move into the loop.
// CHECK-LABEL: func @other_block
//       CHECK:   linalg.matmul
//       CHECK:   scf.for
//   CHECK-NOT:     linalg.matmul
//       CHECK:     bn.inference
func.func @other_block(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %p: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %z = arith.constant dense<0.0> : tensor<2x4xf32>
  %l = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>) outs(%z : tensor<2x4xf32>) -> tensor<2x4xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%q = %p) -> tensor<4xf32> {
    %y = bn.inference %l, %q, %p, %p, %p epsilon = 1.0e-05 : tensor<2x4xf32>, tensor<4xf32>
    %row = tensor.extract_slice %y[0, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<4xf32>
    scf.yield %row : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// Types that know the number of channels only here and there.
// CHECK-LABEL: func @partly_dynamic
//       CHECK:   linalg.broadcast {{.*}} outs(%{{.*}} : tensor<5x8xf32>)
//       CHECK:   linalg.matmul {{.*}} outs(%{{.*}} : tensor<5x8xf32>)
//   CHECK-NOT:   bn.inference
func.func @partly_dynamic(%x: tensor<5x3xf32>, %w: tensor<3x?xf32>, %b: tensor<?xf32>, %p: tensor<8xf32>, %q: tensor<?xf32>,
                          %n: index) -> tensor<5x?xf32> {
  %e = tensor.empty(%n) : tensor<5x?xf32>
  %s = linalg.broadcast ins(%b : tensor<?xf32>) outs(%e : tensor<5x?xf32>) dimensions = [0]
  %l = linalg.matmul ins(%x, %w : tensor<5x3xf32>, tensor<3x?xf32>) outs(%s : tensor<5x?xf32>) -> tensor<5x?xf32>
  %y = bn.inference %l, %q, %p, %p, %p epsilon = 1.0e-05
      : (tensor<5x?xf32>, tensor<?xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  return %y : tensor<5x?xf32>
}
