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

// -----

// What a consumer uses in its region moves in front of the loop like its
// operands.
// CHECK-LABEL: func @captured
//       CHECK:   arith.divf
//       CHECK:   scf.forall
//       CHECK:     bn.inference
//       CHECK:     linalg.generic
//   CHECK-NOT:   linalg.generic
func.func @captured(%x: tensor<2x3x20xf32>, %p: tensor<3xf32>, %c: f32) -> tensor<2x3x20xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x3x20xf32>, tensor<3xf32>
  %half = arith.divf %c, %c : f32
  %init = tensor.empty() : tensor<2x3x20xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(n, c, i) -> (n, c, i)>, affine_map<(n, c, i) -> (n, c, i)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y : tensor<2x3x20xf32>) outs(%init : tensor<2x3x20xf32>) {
  ^bb0(%e: f32, %out: f32):
    %r = arith.mulf %e, %half : f32
    linalg.yield %r : f32
  } -> tensor<2x3x20xf32>
  return %z : tensor<2x3x20xf32>
}

// -----

// Here that is a result of the loop.
// CHECK-LABEL: func @captured_result
//       CHECK:   %[[LOOP:.*]] = scf.forall
//       CHECK:   %[[E:.*]] = tensor.extract %[[LOOP]]
//       CHECK:   linalg.generic
//       CHECK:     arith.mulf %{{.*}}, %[[E]]
func.func @captured_result(%x: tensor<2x3x20xf32>, %p: tensor<3xf32>, %i: index) -> tensor<2x3x20xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<2x3x20xf32>, tensor<3xf32>
  %one = tensor.extract %y[%i, %i, %i] : tensor<2x3x20xf32>
  %init = tensor.empty() : tensor<2x3x20xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(n, c, i) -> (n, c, i)>, affine_map<(n, c, i) -> (n, c, i)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y : tensor<2x3x20xf32>) outs(%init : tensor<2x3x20xf32>) {
  ^bb0(%e: f32, %out: f32):
    %r = arith.mulf %e, %one : f32
    linalg.yield %r : f32
  } -> tensor<2x3x20xf32>
  return %z : tensor<2x3x20xf32>
}

// -----

// Two of 64 channels: runs of 98 elements.
// CHECK-LABEL: func @short_runs
//       CHECK:   scf.forall (%{{.*}}) = (0) to (64) step (2)
//       CHECK:     bn.training {{.*}} tensor<50x2x49xf32>
func.func @short_runs(%x: tensor<50x64x49xf32>, %g: tensor<64xf32>) -> tensor<50x64x49xf32> {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<50x64x49xf32>, tensor<64xf32>
  return %y : tensor<50x64x49xf32>
}

// Of so many runs only one would fit; short ones are taken together up to 1 KB.
// CHECK-LABEL: func @many_short_runs
//       CHECK:   scf.forall (%{{.*}}) = (0) to (508) step (4)
func.func @many_short_runs(%x: tensor<2048x508x49xf32>, %g: tensor<508xf32>) -> tensor<2048x508x49xf32> {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<2048x508x49xf32>, tensor<508xf32>
  return %y : tensor<2048x508x49xf32>
}

// How many runs there are need not be known.
// CHECK-LABEL: func @any_number_of_runs
//       CHECK:   scf.forall (%{{.*}}) = (0) to (512) step (16)
func.func @any_number_of_runs(%x: tensor<?x512x49xf32>, %g: tensor<512xf32>) -> tensor<?x512x49xf32> {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<?x512x49xf32>, tensor<512xf32>
  return %y : tensor<?x512x49xf32>
}

// -----

// Products of sizes do not wrap.
// CHECK-LABEL: func @huge
//       CHECK:   scf.forall
//       CHECK:     bn.training {{.*}} tensor<2x1x4294967296x4294967296xf32>
func.func @huge(%x: tensor<2x64x4294967296x4294967296xf32>, %g: tensor<64xf32>) -> tensor<64xf32> {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<2x64x4294967296x4294967296xf32>, tensor<64xf32>
  return %m : tensor<64xf32>
}

// CHECK-LABEL: func @any_number_of_huge_runs
//       CHECK:   scf.forall
//       CHECK:     bn.training {{.*}} tensor<?x1x576460752303423488xf16>
func.func @any_number_of_huge_runs(%x: tensor<?x64x576460752303423488xf16>, %g: tensor<64xf32>) -> tensor<64xf32> {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<?x64x576460752303423488xf16>, tensor<64xf32>
  return %m : tensor<64xf32>
}

// -----

// Channels are innermost, or few: not in blocks of channels, unless told so.
// CHECK-LABEL: func @rows
//       CHECK:   bn.training {{.*}} tensor<50x49x64xf32>
//       CHECK:   bn.training {{.*}} tensor<50x3x49xf32>
//       CHECK:   scf.forall
//       CHECK:     bn.training {{.*}} tensor<50x1x49xf32>
func.func @rows(%x: tensor<50x49x64xf32>, %g: tensor<64xf32>, %few: tensor<50x3x49xf32>, %h: tensor<3xf32>)
    -> (tensor<50x49x64xf32>, tensor<50x3x49xf32>, tensor<50x3x49xf32>) {
  %y, %m, %v = bn.training %x, %g, %g epsilon = 1.0e-05 channel_dims = [2] : tensor<50x49x64xf32>, tensor<64xf32>
  %z, %n, %w = bn.training %few, %h, %h epsilon = 1.0e-05 : tensor<50x3x49xf32>, tensor<3xf32>
  %z1, %n1, %w1 = bn.training %few, %h, %h epsilon = 1.0e-05 {bn.schedule = "channels"}
    : tensor<50x3x49xf32>, tensor<3xf32>
  return %y, %z, %z1 : tensor<50x49x64xf32>, tensor<50x3x49xf32>, tensor<50x3x49xf32>
}

// -----

// Slices of nothing would not verify, whichever operand knows that it is that.
// CHECK-LABEL: func @empty_delta
//   CHECK-NOT:   scf.forall
func.func @empty_delta(%x: tensor<?x?x?xf32>, %p: tensor<?xf32>, %d: tensor<?x?x0xf32>) -> tensor<?xf32> {
  %0:3 = "bn.training_backprop"(%x, %p, %p, %p, %p, %d) <{epsilon = 1.0e-05 : f64}>
      : (tensor<?x?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?x0xf32>)
      -> (tensor<?x?x?xf32>, tensor<?xf32>, tensor<?xf32>)
  return %0#1 : tensor<?xf32>
}
