// Whether results are larger than the cache is known only at run time.
// RUN: bn-opt %s --bn-vectorize=cache-bytes=1048576 --split-input-file | FileCheck %s

// Sizes decide at run time: rows of whole cache lines, and too many; or long
// ones, of which the whole lines count.
// CHECK-LABEL: func @any_size
//  CHECK-SAME:   %[[X:.*]]: memref<?x?xf32>, %[[Y:.*]]: memref<?x?xf32>
//       CHECK:   %[[START:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   %[[POINTER:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   arith.remui %[[POINTER]], %{{.*}}
//       CHECK:   %[[COLUMNS:.*]] = memref.dim %[[Y]], %c1
//       CHECK:   %[[ROW:.*]] = arith.muli %{{.*}}, %[[COLUMNS]]
//       CHECK:   %[[ROWS:.*]] = memref.dim %[[Y]], %c0
//       CHECK:   %[[BYTES:.*]] = arith.muli %[[ROW]], %[[ROWS]]
//       CHECK:   arith.cmpi ugt, %[[BYTES]], %c262144
//       CHECK:   arith.andi
//       CHECK:   arith.remui %[[ROW]], %c64
//       CHECK:   %[[STREAM:.*]] = arith.andi
//       CHECK:   arith.cmpi ugt, %{{.*}}, %c262144
//       CHECK:   %[[IS_LONG:.*]] = arith.cmpi uge, %{{.*}}, %c96
//       CHECK:   %[[LONG:.*]] = arith.andi %{{.*}}, %[[IS_LONG]]
//       CHECK:   affine.for
//       CHECK:     scf.if %[[STREAM]] {
//       CHECK:       vector.store %{{.*}}, %[[Y]][%{{.*}}] {alignment = 64 : i64, nontemporal = true}
//       CHECK:     } else {
//       CHECK:       scf.if %[[LONG]] {
//       CHECK:         %[[ROW_START:.*]] = affine.linearize_index disjoint
//       CHECK:         affine.apply #{{.*}}(%[[ROW_START]], %[[START]])
//       CHECK:         vector.store {{.*}} {alignment = 64 : i64, nontemporal = true}
//       CHECK:       } else {
//   CHECK-NOT:         nontemporal
//       CHECK:     return
func.func @any_size(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = memref.dim %x, %c0 : memref<?x?xf32>
  %columns = memref.dim %x, %c1 : memref<?x?xf32>
  affine.for %r = 0 to %rows {
    affine.for %c = 0 to %columns {
      %v = affine.load %x[%r, %c] : memref<?x?xf32>
      affine.store %v, %y[%r, %c] : memref<?x?xf32>
    }
  }
  return
}

// -----

// Rows of a view are those of its source; not where it starts inside of them.
// CHECK-LABEL: func @views
// CHECK-COUNT-2: nontemporal
//   CHECK-NOT: nontemporal
func.func @views(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %z: memref<?x?xf32>, %first: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = memref.dim %x, %c0 : memref<?x?xf32>
  %columns = memref.dim %x, %c1 : memref<?x?xf32>
  %ys = memref.subview %y[%first, 0] [%rows, %columns] [1, 1] : memref<?x?xf32> to memref<?x?xf32, strided<[?, 1], offset: ?>>
  affine.for %r = 0 to %rows {
    affine.for %c = 0 to %columns {
      %v = affine.load %x[%r, %c] : memref<?x?xf32>
      affine.store %v, %ys[%r, %c] : memref<?x?xf32, strided<[?, 1], offset: ?>>
    }
  }
  %zs = memref.subview %z[0, %first] [%rows, %columns] [1, 1] : memref<?x?xf32> to memref<?x?xf32, strided<[?, 1], offset: ?>>
  affine.for %r = 0 to %rows {
    affine.for %c = 0 to %columns {
      %v = affine.load %x[%r, %c] : memref<?x?xf32>
      affine.store %v, %zs[%r, %c] : memref<?x?xf32, strided<[?, 1], offset: ?>>
    }
  }
  return
}
