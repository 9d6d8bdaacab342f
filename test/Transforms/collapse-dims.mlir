// RUN: bn-opt %s --bn-collapse-dims --split-input-file --verify-diagnostics | FileCheck %s

// The ReLU collapses too.
// CHECK-LABEL: func @nchw
//       CHECK:   %[[X:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] : tensor<2x3x4x5xf32> into tensor<2x3x20xf32>
//       CHECK:   %[[Y:.*]], %{{.*}}, %{{.*}} = bn.training %[[X]], {{.*}} : tensor<2x3x20xf32>
//       CHECK:   %[[Z:.*]] = linalg.generic {{.*}} ins(%[[Y]] : tensor<2x3x20xf32>)
//       CHECK:   tensor.expand_shape %[[Z]]
//   CHECK-NOT:   linalg.generic
func.func @nchw(%x: tensor<2x3x4x5xf32>, %p: tensor<3xf32>) -> tensor<2x3x4x5xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<2x3x4x5xf32>, tensor<3xf32>
  %init = tensor.empty() : tensor<2x3x4x5xf32>
  %z = linalg.generic {
      indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%y : tensor<2x3x4x5xf32>) outs(%init : tensor<2x3x4x5xf32>) {
  ^bb0(%v: f32, %out: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %v, %zero : f32
    linalg.yield %r : f32
  } -> tensor<2x3x4x5xf32>
  return %z : tensor<2x3x4x5xf32>
}

// -----

// Channel dims merge as well, and with them those of the parameters.
// CHECK-LABEL: func @per_activation
//       CHECK:   bn.training {{.*}} : tensor<?x?xf32>, tensor<?xf32>
func.func @per_activation(%x: tensor<?x3x?x?xf32>, %p: tensor<3x?x?xf32>) -> tensor<?x3x?x?xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 channel_dims = [1, 2, 3]
    : tensor<?x3x?x?xf32>, tensor<3x?x?xf32>
  return %y : tensor<?x3x?x?xf32>
}

// -----

// CHECK-LABEL: func @blocked
//       CHECK:   bn.training {{.*}} channel_dims = [1, 3] : tensor<2x3x20x8xf32>, tensor<3x8xf32>
func.func @blocked(%x: tensor<2x3x4x5x8xf32>, %p: tensor<3x8xf32>) -> tensor<2x3x4x5x8xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 channel_dims = [1, 4]
    : tensor<2x3x4x5x8xf32>, tensor<3x8xf32>
  return %y : tensor<2x3x4x5x8xf32>
}

// -----

// Without an image, channels are innermost.
// CHECK-LABEL: func @image_of_one
//       CHECK:   bn.training {{.*}} : tensor<4x3xf32>, tensor<3xf32>
func.func @image_of_one(%x: tensor<4x3x1x1xf32>, %p: tensor<3xf32>) -> tensor<4x3x1x1xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<4x3x1x1xf32>, tensor<3xf32>
  return %y : tensor<4x3x1x1xf32>
}

// -----

// CHECK-LABEL: func @one_image
//       CHECK:   bn.training {{.*}} channel_dims = [0] : tensor<3x20xf32>, tensor<3xf32>
func.func @one_image(%x: tensor<1x3x4x5xf32>, %p: tensor<3xf32>) -> tensor<1x3x4x5xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<1x3x4x5xf32>, tensor<3xf32>
  return %y : tensor<1x3x4x5xf32>
}

// -----

// Of one block, what is left is channels last.
// CHECK-LABEL: func @one_block
//       CHECK:   tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<1x8xf32> into tensor<8xf32>
//       CHECK:   bn.training {{.*}} : tensor<?x8xf32>, tensor<8xf32>
func.func @one_block(%x: tensor<?x1x4x5x8xf32>, %p: tensor<1x8xf32>) -> tensor<?x1x4x5x8xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 channel_dims = [1, 4]
    : tensor<?x1x4x5x8xf32>, tensor<1x8xf32>
  return %y : tensor<?x1x4x5x8xf32>
}

// -----

// Channels and what is reduced need a dim each, of one element or not.
// CHECK-LABEL: func @one_channel
//       CHECK:   bn.training {{.*}} : tensor<2x1x20xf32>, tensor<1xf32>
func.func @one_channel(%x: tensor<2x1x4x5xf32>, %p: tensor<1xf32>) -> tensor<2x1x4x5xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<2x1x4x5xf32>, tensor<1xf32>
  return %y : tensor<2x1x4x5xf32>
}

// -----

// CHECK-LABEL: func @one_element
//       CHECK:   bn.training {{.*}} : tensor<1x3x1xf32>, tensor<3xf32>
func.func @one_element(%x: tensor<1x3x1x1xf32>, %p: tensor<3xf32>) -> tensor<1x3x1x1xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<1x3x1x1xf32>, tensor<3xf32>
  return %y : tensor<1x3x1x1xf32>
}

// -----

// Nothing is gained where there is nothing, though only one operand shows it.
// CHECK-LABEL: func @empty_delta
//   CHECK-NOT:   tensor.collapse_shape
func.func @empty_delta(%x: tensor<?x3x?x?xf32>, %p: tensor<3xf32>, %delta: tensor<?x3x0x?xf32>) -> tensor<?x3x?x?xf32> {
  %dx, %dg, %db = "bn.training_backprop"(%x, %p, %p, %p, %p, %delta) {epsilon = 1.0e-05 : f64}
    : (tensor<?x3x?x?xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<?x3x0x?xf32>)
    -> (tensor<?x3x?x?xf32>, tensor<3xf32>, tensor<3xf32>)
  return %dx : tensor<?x3x?x?xf32>
}
