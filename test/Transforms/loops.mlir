// RUN: bn-opt %s --split-input-file --pass-pipeline="builtin.module(bn-forall-to-affine,bn-linalg-to-loops,bn-fold-subviews,canonicalize,func.func(affine-loop-normalize{promote-single-iter=true}),canonicalize,bn-promote-accumulators)" | FileCheck %s

// A block's sum, from a parallel loop over slices to one accumulator.
// CHECK-LABEL: func @sums
//  CHECK-SAME:   %[[X:.*]]: memref<8x?xf32>, %[[OUT:.*]]: memref<8xf32>
//       CHECK:   %[[N:.*]] = memref.dim %[[X]]
//       CHECK:   affine.parallel (%[[I:.*]]) = (0) to (8) {
//       CHECK:     %[[INIT:.*]] = affine.load %[[ACC:.*]][0]
//       CHECK:     %[[SUM:.*]] = affine.for %[[J:.*]] = 0 to %[[N]] iter_args(%[[S:.*]] = %[[INIT]])
//       CHECK:       %[[V:.*]] = affine.load %[[X]][%[[I]], %[[J]]]
//       CHECK:       %[[T:.*]] = arith.addf %[[V]], %[[S]]
//       CHECK:       affine.yield %[[T]]
//       CHECK:     affine.store %[[SUM]], %[[ACC]][0]
func.func @sums(%x: memref<8x?xf32>, %out: memref<8xf32>) {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c1 : memref<8x?xf32>
  scf.forall (%i) in (8) {
    %row = memref.subview %x[%i, 0] [1, %n] [1, 1] : memref<8x?xf32> to memref<1x?xf32, strided<[?, 1], offset: ?>>
    %sum = memref.alloca() : memref<1xf32>
    affine.store %zero, %sum[0] : memref<1xf32>
    linalg.generic {indexing_maps = [affine_map<(c, n) -> (c, n)>, affine_map<(c, n) -> (c)>],
        iterator_types = ["parallel", "reduction"]}
        ins(%row : memref<1x?xf32, strided<[?, 1], offset: ?>>) outs(%sum : memref<1xf32>) {
    ^bb0(%v: f32, %s: f32):
      %t = arith.addf %v, %s : f32
      linalg.yield %t : f32
    }
    %total = affine.load %sum[0] : memref<1xf32>
    memref.store %total, %out[%i] : memref<8xf32>
  }
  return
}

// -----

// Sizes that are no affine symbols: loops all the same.
// CHECK-LABEL: func @nested
//       CHECK:   scf.if
//       CHECK:     scf.forall
//       CHECK:     scf.for
func.func @nested(%p: i1, %x: memref<?xf32>, %table: memref<4xindex>) {
  %c0 = arith.constant 0 : index
  scf.if %p {
    %n = memref.load %table[%c0] : memref<4xindex>
    %part = memref.subview %x[0] [%n] [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
    scf.forall (%i) in (%n) {
      memref.store %n, %table[%i] : memref<4xindex>
    }
    linalg.exp ins(%part : memref<?xf32, strided<[1]>>) outs(%part : memref<?xf32, strided<[1]>>)
  }
  return
}

// -----

// Each element is set before its sum: the fill has no loops of its own. Views
// that are made later do not matter.
// CHECK-LABEL: func @fill
//       CHECK:   affine.for %[[I:.*]] = 0 to 4 {
//       CHECK:     affine.store %[[ZERO:.*]], %[[SUMS:.*]][%[[I]]]
//       CHECK:     affine.load %[[SUMS]][%[[I]]]
//       CHECK:     affine.for {{.*}} iter_args
func.func @fill(%x: memref<4x3xf32>, %out: memref<2xf32>) {
  %zero = arith.constant 0.0 : f32
  %sums = memref.alloca() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%sums : memref<4xf32>)
  linalg.generic {indexing_maps = [affine_map<(c, n) -> (c, n)>, affine_map<(c, n) -> (c)>],
      iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x3xf32>) outs(%sums : memref<4xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %v, %s : f32
    linalg.yield %t : f32
  }
  %half = memref.subview %sums[2] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 2>>
  linalg.exp ins(%half : memref<2xf32, strided<[1], offset: 2>>) outs(%out : memref<2xf32>)
  return
}

// -----

// Not where the buffer is read in between, where the sum's loop is outside, or
// where only the diagonal is set.
// CHECK-LABEL: func @fill_stays
//       CHECK:   affine.for
//  CHECK-NEXT:     affine.store
//       CHECK:   math.exp
//       CHECK:   affine.for {{.*}} = 0 to 4 {
//  CHECK-NEXT:     affine.load
//       CHECK:   affine.for {{.*}} = 0 to 4 {
//  CHECK-NEXT:     affine.store
//       CHECK:   affine.for {{.*}} = 0 to 3 {
//  CHECK-NEXT:     affine.for {{.*}} = 0 to 4 {
//  CHECK-NEXT:       affine.load
//       CHECK:     affine.store %{{.*}}, %{{.*}}[%[[I:.*]], %[[I]]]
//       CHECK:   affine.for
//  CHECK-NEXT:     affine.for
//  CHECK-NEXT:       affine.load %{{.*}} : memref<4x4xf32>
func.func @fill_stays(%x: memref<4x3xf32>, %w: memref<4x4x3xf32>, %out: memref<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %sums = memref.alloca() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%sums : memref<4xf32>)
  linalg.exp ins(%sums : memref<4xf32>) outs(%out : memref<4xf32>)
  linalg.generic {indexing_maps = [affine_map<(c, n) -> (c, n)>, affine_map<(c, n) -> (c)>],
      iterator_types = ["parallel", "reduction"]} ins(%x : memref<4x3xf32>) outs(%sums : memref<4xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %v, %s : f32
    linalg.yield %t : f32
  }
  %columns = memref.alloca() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%columns : memref<4xf32>)
  linalg.generic {indexing_maps = [affine_map<(n, c) -> (c, n)>, affine_map<(n, c) -> (c)>],
      iterator_types = ["reduction", "parallel"]} ins(%x : memref<4x3xf32>) outs(%columns : memref<4xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %v, %s : f32
    linalg.yield %t : f32
  }
  %square = memref.alloca() : memref<4x4xf32>
  linalg.generic {indexing_maps = [affine_map<(c) -> (c, c)>], iterator_types = ["parallel"]}
      outs(%square : memref<4x4xf32>) {
  ^bb0(%s: f32):
    linalg.yield %zero : f32
  }
  linalg.generic {indexing_maps = [affine_map<(a, b, n) -> (a, b, n)>, affine_map<(a, b, n) -> (a, b)>],
      iterator_types = ["parallel", "parallel", "reduction"]} ins(%w : memref<4x4x3xf32>) outs(%square : memref<4x4xf32>) {
  ^bb0(%v: f32, %s: f32):
    %t = arith.addf %v, %s : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// Innermost dims of one element go, those of local buffers stay.
// CHECK-LABEL: func @one_channel
//  CHECK-SAME:   %{{[^:]*}}: index, %[[X:.*]]: memref<?x7x1x1xf32>
//       CHECK:   %[[XS:.*]] = memref.collapse_shape %[[X]] {{\[}}[0], [1, 2, 3]] : memref<?x7x1x1xf32> into memref<?x7xf32>
//       CHECK:   affine.load %[[XS]][%{{.*}}, %{{.*}}]
//       CHECK:   affine.store %{{.*}}, %{{.*}}[%{{.*}}, 0] : memref<7x1xf32>
func.func @one_channel(%n: index, %x: memref<?x7x1x1xf32>) -> memref<7x1xf32> {
  %local = memref.alloc() : memref<7x1xf32>
  affine.for %i = 0 to %n {
    affine.for %j = 0 to 7 {
      %v = affine.load %x[%i, %j, 0, 0] : memref<?x7x1x1xf32>
      affine.store %v, %local[%j, 0] : memref<7x1xf32>
    }
  }
  return %local : memref<7x1xf32>
}
