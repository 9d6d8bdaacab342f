// RUN: bn-opt %s --bn-jam-sums --affine-scalrep --split-input-file | FileCheck %s

// One load and one store of the sums for four rows; two rows are left over.
// CHECK-LABEL: func @sums
//  CHECK-SAME:   %[[X:.*]]: memref<50x300xf32>, %[[SUMS:.*]]: memref<300xf32>
//       CHECK:   affine.for %[[R:.*]] = 0 to 48 step 4 {
//       CHECK:     affine.for %[[C:.*]] = 0 to 300 {
//   CHECK-DAG:       affine.load %[[SUMS]][%[[C]]]
//   CHECK-DAG:       affine.load %[[X]][%[[R]], %[[C]]]
// CHECK-COUNT-3:     affine.load %[[X]][
//       CHECK:       affine.store %{{.*}}, %[[SUMS]][%[[C]]]
//   CHECK-NOT:       affine.store
//       CHECK:   affine.for %{{.*}} = 48 to 50 {
func.func @sums(%x: memref<50x300xf32>, %sums: memref<300xf32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sums[%c] : memref<300xf32>
      %t = arith.addf %s, %v : f32
      affine.store %t, %sums[%c] : memref<300xf32>
    }
  }
  return
}

// -----

// The element to the left is another row's sum by then.
// CHECK-LABEL: func @shifted
//   CHECK-NOT:   step 4
func.func @shifted(%x: memref<50x300xf32>, %sums: memref<301xf32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sums[%c + 1] : memref<301xf32>
      %t = arith.addf %s, %v : f32
      affine.store %t, %sums[%c] : memref<301xf32>
    }
  }
  return
}

// -----

// Four channels of 2x2 images at a time.
// CHECK-LABEL: func @short_runs
//  CHECK-SAME:   %[[X:.*]]: memref<50x8x4xf32>, %[[SUMS:.*]]: memref<8xf32>
//       CHECK:   affine.for %[[C:.*]] = 0 to 8 step 4 {
//       CHECK:     %[[SUM:.*]]:4 = affine.for %[[N:.*]] = 0 to 50 iter_args
//       CHECK:       affine.for %[[S:.*]] = 0 to 4 iter_args
//       CHECK:         affine.load %[[X]][%[[N]], %[[C]], %[[S]]]
// CHECK-COUNT-3:       affine.load %[[X]][
//   CHECK-NOT:       affine.for
//  CHECK-COUNT-4:    affine.store %{{.*}}, %[[SUMS]][
func.func @short_runs(%x: memref<50x8x4xf32>, %sums: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  affine.for %c = 0 to 8 {
    %sum = affine.for %n = 0 to 50 iter_args(%a = %zero) -> f32 {
      %r = affine.for %s = 0 to 4 iter_args(%b = %a) -> f32 {
        %v = affine.load %x[%n, %c, %s] : memref<50x8x4xf32>
        %t = arith.addf %b, %v : f32
        affine.yield %t : f32
      }
      affine.yield %r : f32
    }
    affine.store %sum, %sums[%c] : memref<8xf32>
  }
  return
}

// -----

// Neither longer runs, nor channels that are vectors, nor sums that go on.
// CHECK-LABEL: func @as_they_are
//   CHECK-NOT:   step 4
func.func @as_they_are(%x: memref<8x17xf32>, %y: memref<4x8xf32>, %z: memref<8x4xf32>, %sums: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  affine.for %c = 0 to 8 {
    %sum = affine.for %s = 0 to 17 iter_args(%a = %zero) -> f32 {
      %v = affine.load %x[%c, %s] : memref<8x17xf32>
      %t = arith.addf %a, %v : f32
      affine.yield %t : f32
    }
    affine.store %sum, %sums[%c] : memref<8xf32>
  }
  affine.for %c = 0 to 8 {
    %sum = affine.for %s = 0 to 4 iter_args(%a = %zero) -> f32 {
      %v = affine.load %y[%s, %c] : memref<4x8xf32>
      %t = arith.addf %a, %v : f32
      affine.yield %t : f32
    }
    affine.store %sum, %sums[%c] : memref<8xf32>
  }
  affine.for %c = 1 to 8 {
    %before = affine.load %sums[%c - 1] : memref<8xf32>
    %sum = affine.for %s = 0 to 4 iter_args(%a = %before) -> f32 {
      %v = affine.load %z[%c, %s] : memref<8x4xf32>
      %t = arith.addf %a, %v : f32
      affine.yield %t : f32
    }
    affine.store %sum, %sums[%c] : memref<8xf32>
  }
  return
}
