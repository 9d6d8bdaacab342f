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
