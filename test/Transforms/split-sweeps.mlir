// RUN: bn-opt %s --bn-split-sweeps --split-input-file | FileCheck %s

// 16 slices of 56 rows; the other 3 come by themselves and are added up first.
//       CHECK: #[[OFFSET:.*]] = affine_map<(d0) -> (d0 * 56)>
// CHECK-LABEL: func @sum
//  CHECK-SAME:   %[[X:.*]]: tensor<899x300xf32>, %[[INIT:.*]]: tensor<300xf64>
//       CHECK:   %[[EMPTY:.*]] = tensor.empty() : tensor<16x300xf64>
//       CHECK:   %[[PARTIAL:.*]] = scf.forall (%[[I:.*]]) in (16) shared_outs(%[[OUT:.*]] = %[[EMPTY]])
//       CHECK:     %[[SUMS:.*]] = tensor.extract_slice %[[OUT]][%[[I]], 0] [1, 300] [1, 1] : tensor<16x300xf64> to tensor<300xf64>
//       CHECK:     %[[ZEROS:.*]] = linalg.fill {{.*}} outs(%[[SUMS]]
//       CHECK:     %[[ROW:.*]] = affine.apply #[[OFFSET]](%[[I]])
//       CHECK:     %[[ROWS:.*]] = tensor.extract_slice %[[X]][%[[ROW]], 0] [56, 300]
//       CHECK:     %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[ROWS]] {{.*}} outs(%[[ZEROS]]
//       CHECK:     tensor.parallel_insert_slice %[[SUM]] into %[[OUT]][%[[I]], 0] [1, 300]
//       CHECK:   %[[REST:.*]] = tensor.extract_slice %[[X]][896, 0] [3, 300]
//       CHECK:   %[[RESTSUM:.*]] = linalg.generic {{.*}} ins(%[[REST]] {{.*}} outs(%[[INIT]]
//       CHECK:   %[[TOTAL:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} ins(%[[PARTIAL]] {{.*}} outs(%[[RESTSUM]]
//  CHECK-NEXT:   ^bb0
//  CHECK-NEXT:     arith.addf %{{[^:]*}} : f64
//       CHECK:   return %[[TOTAL]]
func.func @sum(%x: tensor<899x300xf32>, %init: tensor<300xf64>) -> tensor<300xf64> {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>],
                       iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<899x300xf32>) outs(%init : tensor<300xf64>) {
  ^bb0(%in: f32, %out: f64):
    %1 = arith.extf %in : f32 to f64
    %2 = arith.addf %out, %1 fastmath<reassoc> : f64
    linalg.yield %2 : f64
  } -> tensor<300xf64>
  return %0 : tensor<300xf64>
}

// -----

// CHECK-LABEL: func @elementwise
//       CHECK:   scf.forall (%[[I:.*]]) in (4) shared_outs(%[[OUT:.*]] = %{{.*}})
//       CHECK:     tensor.extract_slice %[[OUT]][%{{.*}}, 0] [20, 1000]
//       CHECK:     linalg.generic
//   CHECK-NOT:   linalg.generic
func.func @elementwise(%x: tensor<80x1000xf32>) -> tensor<80x1000xf32> {
  %e = tensor.empty() : tensor<80x1000xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<80x1000xf32>) outs(%e : tensor<80x1000xf32>) {
  ^bb0(%in: f32, %out: f32):
    %1 = math.exp %in : f32
    linalg.yield %1 : f32
  } -> tensor<80x1000xf32>
  return %0 : tensor<80x1000xf32>
}

// -----

// Slices start at cache lines: 16 rows make three.
// CHECK-LABEL: func @aligned
//       CHECK:   scf.forall (%[[I:.*]]) in (18)
//       CHECK:     tensor.extract_slice %{{.*}}[%{{.*}}, 0] [5552, 3]
//       CHECK:   tensor.extract_slice %{{.*}}[99936, 0] [64, 3]
func.func @aligned(%x: tensor<100000x3xf32>) -> tensor<100000x3xf32> {
  %e = tensor.empty() : tensor<100000x3xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<100000x3xf32>) outs(%e : tensor<100000x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %1 = math.exp %in : f32
    linalg.yield %1 : f32
  } -> tensor<100000x3xf32>
  return %0 : tensor<100000x3xf32>
}

// -----

// 25 slices of two images, as 32 would leave 18 images to one thread.
// CHECK-LABEL: func @even
//       CHECK:   scf.forall (%[[I:.*]]) in (25)
//       CHECK:     linalg.generic
//   CHECK-NOT:   linalg.generic
func.func @even(%x: tensor<50x100x200xf32>) -> tensor<50x100x200xf32> {
  %e = tensor.empty() : tensor<50x100x200xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<50x100x200xf32>) outs(%e : tensor<50x100x200xf32>) {
  ^bb0(%in: f32, %out: f32):
    %1 = math.exp %in : f32
    linalg.yield %1 : f32
  } -> tensor<50x100x200xf32>
  return %0 : tensor<50x100x200xf32>
}

// -----

// Neither a sum whose order matters, nor what is soon done.
// CHECK-LABEL: func @whole
//   CHECK-NOT:   scf.forall
func.func @whole(%x: tensor<899x300xf32>, %init: tensor<300xf32>, %y: tensor<300xf32>) -> (tensor<300xf32>, tensor<300xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>],
                       iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<899x300xf32>) outs(%init : tensor<300xf32>) {
  ^bb0(%in: f32, %out: f32):
    %2 = arith.addf %out, %in : f32
    linalg.yield %2 : f32
  } -> tensor<300xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                       iterator_types = ["parallel"]}
      ins(%y : tensor<300xf32>) outs(%init : tensor<300xf32>) {
  ^bb0(%in: f32, %out: f32):
    %2 = math.exp %in : f32
    linalg.yield %2 : f32
  } -> tensor<300xf32>
  return %0, %1 : tensor<300xf32>, tensor<300xf32>
}
