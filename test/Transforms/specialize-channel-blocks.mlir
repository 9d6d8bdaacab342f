// RUN: bn-opt %s --bn-specialize-channel-blocks --canonicalize | FileCheck %s

#data = affine_map<(b, n, c, i) -> (n, b, i, c)>
#sums = affine_map<(b, n, c, i) -> (b, c)>

// CHECK-LABEL: func @sums
//  CHECK-SAME:   %[[X:.*]]: memref<?x?x?x?xf32>
//       CHECK:   %[[SIZE:.*]] = memref.dim %[[X]], %c3
//       CHECK:   %[[IS_8:.*]] = arith.cmpi eq, %[[SIZE]], %c8
//       CHECK:   scf.if %[[IS_8]] {
//       CHECK:     scf.forall
//       CHECK:       memref.subview {{.*}} : memref<?x?x?x?xf32> to memref<?x1x?x8xf32,
//       CHECK:   } else {
//       CHECK:     %[[IS_16:.*]] = arith.cmpi eq, %[[SIZE]], %c16
//       CHECK:     scf.if %[[IS_16]] {
//       CHECK:       scf.forall
//       CHECK:         memref.subview {{.*}} : memref<?x?x?x?xf32> to memref<?x1x?x16xf32,
//       CHECK:     } else {
//       CHECK:       scf.forall
//       CHECK:         memref.subview {{.*}} : memref<?x?x?x?xf32> to memref<?x1x?x?xf32,
func.func @sums(%x: memref<?x?x?x?xf32>, %y: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %blocks = memref.dim %x, %c1 : memref<?x?x?x?xf32>
  scf.forall (%b) in (%blocks) {
    %n = memref.dim %x, %c0 : memref<?x?x?x?xf32>
    %i = memref.dim %x, %c2 : memref<?x?x?x?xf32>
    %size = memref.dim %x, %c3 : memref<?x?x?x?xf32>
    %xs = memref.subview %x[0, %b, 0, 0] [%n, 1, %i, %size] [1, 1, 1, 1] : memref<?x?x?x?xf32> to memref<?x1x?x?xf32, strided<[?, ?, ?, 1], offset: ?>>
    %ys = memref.subview %y[%b, 0] [1, %size] [1, 1] : memref<?x?xf32> to memref<1x?xf32, strided<[?, 1], offset: ?>>
    linalg.generic {indexing_maps = [#data, #sums], iterator_types = ["parallel", "reduction", "parallel", "reduction"]} ins(%xs : memref<?x1x?x?xf32, strided<[?, ?, ?, 1], offset: ?>>) outs(%ys : memref<1x?xf32, strided<[?, 1], offset: ?>>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %out, %in : f32
      linalg.yield %0 : f32
    }
  }
  return
}

#rows = affine_map<(c, n, i) -> (n, i)>
#one = affine_map<(c, n, i) -> (c)>

// Not: what is innermost is added up, or known, or all channels, or rows are
// windows.
// CHECK-LABEL: func @others
//   CHECK-NOT:   scf.if
func.func @others(%x: memref<?x?x?xf32>, %z: memref<?x?x4xf32>, %y: memref<?xf32>, %w: memref<?x4xf32>, %sums: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %n = memref.dim %x, %c0 : memref<?x?x?xf32>
  %channels = memref.dim %x, %c1 : memref<?x?x?xf32>
  %i = memref.dim %x, %c2 : memref<?x?x?xf32>
  scf.forall (%c) in (%channels) {
    %xs = memref.subview %x[0, %c, 0] [%n, 1, %i] [1, 1, 1] : memref<?x?x?xf32> to memref<?x?xf32, strided<[?, 1], offset: ?>>
    %ys = memref.subview %y[%c] [1] [1] : memref<?xf32> to memref<1xf32, strided<[1], offset: ?>>
    linalg.generic {indexing_maps = [#rows, #one], iterator_types = ["parallel", "reduction", "reduction"]} ins(%xs : memref<?x?xf32, strided<[?, 1], offset: ?>>) outs(%ys : memref<1xf32, strided<[1], offset: ?>>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %out, %in : f32
      linalg.yield %0 : f32
    }
    %zs = memref.subview %z[0, %c, 0] [%n, 1, 4] [1, 1, 1] : memref<?x?x4xf32> to memref<?x4xf32, strided<[?, 1], offset: ?>>
    %ws = memref.subview %w[%c, 0] [1, 4] [1, 1] : memref<?x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (c)>], iterator_types = ["reduction", "parallel"]} ins(%zs : memref<?x4xf32, strided<[?, 1], offset: ?>>) outs(%ws : memref<4xf32, strided<[1], offset: ?>>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %out, %in : f32
      linalg.yield %0 : f32
    }
    %windows = memref.subview %x[0, 0, 0] [%n, 1, %i] [1, 1, 1] : memref<?x?x?xf32> to memref<?x1x?xf32, strided<[?, ?, 1]>>
    linalg.generic {indexing_maps = [affine_map<(r, n, c) -> (n, r + n, c)>, affine_map<(r, n, c) -> (r, c)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%windows : memref<?x1x?xf32, strided<[?, ?, 1]>>) outs(%sums : memref<?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %out, %in : f32
      linalg.yield %0 : f32
    }
    %all = memref.subview %x[%c, 0, 0] [1, %n, %i] [1, 1, 1] : memref<?x?x?xf32> to memref<?x?xf32, strided<[?, 1], offset: ?>>
    linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (c)>], iterator_types = ["reduction", "parallel"]} ins(%all : memref<?x?xf32, strided<[?, 1], offset: ?>>) outs(%y : memref<?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %out, %in : f32
      linalg.yield %0 : f32
    }
  }
  return
}
