// RUN: bn-opt %s --bn-tile-and-fuse --split-input-file | FileCheck %s

// The mask before the op and the sum after it run in the op's loop, although
// what the sum needs comes later.
// CHECK-LABEL: func @neighbours
//  CHECK-SAME:   %[[X:.*]]: tensor<2x3x20xf32>, %[[P:.*]]: tensor<3xf32>, %[[R:.*]]: tensor<2x3x4x5xf32>
//       CHECK:   %[[RESIDUAL:.*]] = tensor.collapse_shape %[[R]]
//       CHECK:   %[[LOOP:.*]]:{{.*}} = scf.forall (%[[C:.*]]) in (3)
//       CHECK:     %[[BLOCK:.*]] = tensor.extract_slice %[[X]][0, %[[C]], 0] [2, 1, 20]
//       CHECK:     %[[EXP:.*]] = linalg.exp ins(%[[BLOCK]]
//       CHECK:     %[[Y:.*]], %{{.*}}, %{{.*}} = bn.training %[[EXP]], {{.*}} : tensor<2x1x20xf32>
//       CHECK:     %[[SLICE:.*]] = tensor.extract_slice %[[RESIDUAL]][0, %[[C]], 0]
//       CHECK:     linalg.add ins(%[[Y]], %[[SLICE]]
//       CHECK:     scf.forall.in_parallel
//   CHECK-NOT:   linalg
func.func @neighbours(%x: tensor<2x3x20xf32>, %p: tensor<3xf32>, %r: tensor<2x3x4x5xf32>) -> tensor<2x3x20xf32> {
  %init = tensor.empty() : tensor<2x3x20xf32>
  %e = linalg.exp ins(%x : tensor<2x3x20xf32>) outs(%init : tensor<2x3x20xf32>) -> tensor<2x3x20xf32>
  %y, %mean, %variance = bn.training %e, %p, %p epsilon = 1.0e-05 : tensor<2x3x20xf32>, tensor<3xf32>
  %residual = tensor.collapse_shape %r [[0], [1], [2, 3]] : tensor<2x3x4x5xf32> into tensor<2x3x20xf32>
  %z = linalg.add ins(%y, %residual : tensor<2x3x20xf32>, tensor<2x3x20xf32>)
    outs(%init : tensor<2x3x20xf32>) -> tensor<2x3x20xf32>
  return %z : tensor<2x3x20xf32>
}

// -----

// A producer that is needed elsewhere stays where it is.
// CHECK-LABEL: func @shared
//       CHECK:   %[[E:.*]] = linalg.exp
//       CHECK:   scf.forall
//   CHECK-NOT:     linalg.exp
//       CHECK:   return %{{.*}}, %[[E]]
func.func @shared(%x: tensor<2x3x20xf32>, %p: tensor<3xf32>) -> (tensor<2x3x20xf32>, tensor<2x3x20xf32>) {
  %init = tensor.empty() : tensor<2x3x20xf32>
  %e = linalg.exp ins(%x : tensor<2x3x20xf32>) outs(%init : tensor<2x3x20xf32>) -> tensor<2x3x20xf32>
  %y = bn.inference %e, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x3x20xf32>, tensor<3xf32>
  return %y, %e : tensor<2x3x20xf32>, tensor<2x3x20xf32>
}

// -----

// Channels that are innermost go by cache lines.
// CHECK-LABEL: func @channels_last
//       CHECK:   scf.forall (%[[I:.*]]) = (0) to (64) step (16)
//       CHECK:     bn.inference {{.*}} : tensor<100x16xf32>, tensor<16xf32>
func.func @channels_last(%x: tensor<100x64xf32>, %p: tensor<64xf32>) -> tensor<100x64xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<100x64xf32>, tensor<64xf32>
  return %y : tensor<100x64xf32>
}

// -----

// Nothing to tile.
// CHECK-LABEL: func @one_channel
//   CHECK-NOT:   scf.forall
func.func @one_channel(%x: tensor<?x1x?xf32>, %p: tensor<1xf32>) -> tensor<?x1x?xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<?x1x?xf32>, tensor<1xf32>
  return %y : tensor<?x1x?xf32>
}
