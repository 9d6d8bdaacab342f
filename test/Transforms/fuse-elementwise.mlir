// RUN: bn-opt %s --bn-fuse-elementwise --split-input-file | FileCheck %s

#data = affine_map<(n, c) -> (n, c)>
#channel = affine_map<(n, c) -> (c)>
#vector = affine_map<(c) -> (c)>

// Computed in both sweeps, stored in none.
// CHECK-LABEL: func @two_users
// CHECK-COUNT-2:   linalg.generic
//   CHECK-NOT:   linalg.generic
func.func @two_users(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  %init = tensor.empty() : tensor<4x3xf32>
  %square = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = arith.mulf %v, %v : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %a = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%square : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = math.exp %v : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %b = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%square : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = arith.negf %v : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  return %a, %b : tensor<4x3xf32>, tensor<4x3xf32>
}

// -----

#data = affine_map<(n, c) -> (n, c)>
#channel = affine_map<(n, c) -> (c)>
#vector = affine_map<(c) -> (c)>

// One square root a channel, not one an element.
// CHECK-LABEL: func @per_channel
//       CHECK:   %[[ROOT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]
//       CHECK:     math.sqrt
//       CHECK:   linalg.generic {{.*}} ins(%{{.*}}, %[[ROOT]]
//   CHECK-NOT:     math.sqrt
func.func @per_channel(%x: tensor<4x3xf32>, %v: tensor<3xf32>) -> tensor<4x3xf32> {
  %c = tensor.empty() : tensor<3xf32>
  %root = linalg.generic {indexing_maps = [#vector, #vector], iterator_types = ["parallel"]}
      ins(%v : tensor<3xf32>) outs(%c : tensor<3xf32>) {
  ^bb0(%e: f32, %out: f32):
    %r = math.sqrt %e : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %init = tensor.empty() : tensor<4x3xf32>
  %y = linalg.generic {indexing_maps = [#data, #channel, #data], iterator_types = ["parallel", "parallel"]}
      ins(%x, %root : tensor<4x3xf32>, tensor<3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%e: f32, %s: f32, %out: f32):
    %r = arith.mulf %e, %s : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// An op that nothing uses has no user to be cloned for.
// CHECK-LABEL: func @unused
//  CHECK-NEXT:   return
func.func @unused(%x: tensor<4xf32>) {
  %y = linalg.generic {indexing_maps = [#vector, #vector], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) {
  ^bb0(%e: f32, %out: f32):
    %r = arith.negf %e : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return
}

// -----

#data = affine_map<(n, c) -> (n, c)>

// Returned, so stored: it is read, not computed again.
// CHECK-LABEL: func @stored
//       CHECK:   %[[ROOT:.*]] = linalg.generic
//       CHECK:     math.sqrt
//       CHECK:   linalg.generic {{.*}} ins(%[[ROOT]]
//   CHECK-NOT:     math.sqrt
func.func @stored(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  %init = tensor.empty() : tensor<4x3xf32>
  %root = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = math.sqrt %v : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %y = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%root : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = arith.negf %v : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  return %root, %y : tensor<4x3xf32>, tensor<4x3xf32>
}

// -----

#data = affine_map<(n, c) -> (n, c)>

// ReLU's output, which the product needs, gives the mask too.
// CHECK-LABEL: func @product
//       CHECK:   %[[RELU:.*]] = linalg.generic
//       CHECK:     arith.maximumf
//       CHECK:   linalg.generic {{.*}} ins(%[[RELU]]
//   CHECK-NOT:     arith.maximumf
//       CHECK:   linalg.matmul ins(%[[RELU]]
func.func @product(%x: tensor<4x3xf32>, %w: tensor<3x3xf32>) -> (tensor<4x3xi1>, tensor<4x3xf32>) {
  %zero = arith.constant 0.0 : f32
  %init = tensor.empty() : tensor<4x3xf32>
  %relu = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x3xf32>) outs(%init : tensor<4x3xf32>) {
  ^bb0(%v: f32, %out: f32):
    %r = arith.maximumf %v, %zero : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %bits = tensor.empty() : tensor<4x3xi1>
  %mask = linalg.generic {indexing_maps = [#data, #data], iterator_types = ["parallel", "parallel"]}
      ins(%relu : tensor<4x3xf32>) outs(%bits : tensor<4x3xi1>) {
  ^bb0(%v: f32, %out: i1):
    %r = arith.cmpf ogt, %v, %zero : f32
    linalg.yield %r : i1
  } -> tensor<4x3xi1>
  %product = linalg.matmul ins(%relu, %w : tensor<4x3xf32>, tensor<3x3xf32>) outs(%x : tensor<4x3xf32>) -> tensor<4x3xf32>
  return %mask, %product : tensor<4x3xi1>, tensor<4x3xf32>
}
