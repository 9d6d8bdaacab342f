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
