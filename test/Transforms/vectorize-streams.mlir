// Results that are larger than the cache go past it. 2^20 bytes of cache are too
// many for the second function's.
// RUN: bn-opt %s --bn-vectorize=cache-bytes=1048576 --split-input-file | FileCheck %s
// RUN: bn-opt %s --bn-vectorize=cache-bytes=1073741824 --split-input-file | FileCheck %s --check-prefix=LARGE

// LARGE-NOT: nontemporal

// Rows are at multiples of 16 bytes, not of 64, and complete each other's lines.
// In a buffer that starts elsewhere, only whole lines are streamed.
// CHECK-LABEL: func @streams
//  CHECK-SAME:   %[[X:.*]]: memref<500x148xf32>, %[[Y:.*]]: memref<500x148xf32>
//       CHECK:   %[[START:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   %[[POINTER:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   %[[REST:.*]] = arith.remui %[[POINTER]], %{{.*}}
//       CHECK:   %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]]
//       CHECK:   scf.if %[[ALIGNED]] {
//       CHECK:     affine.for %{{.*}} = 0 to 128 step 32
//       CHECK:       vector.store %{{.*}}, %[[Y]][%{{.*}}] {alignment = 16 : i64, nontemporal = true}
//       CHECK:     vector.store %{{.*}} {alignment = 16 : i64, nontemporal = true} : memref<500x148xf32>, vector<4xf32>
//       CHECK:   } else {
//       CHECK:     affine.apply #{{.*}}(%{{.*}}, %[[START]])
//       CHECK:     affine.vector_store
//       CHECK:     vector.store {{.*}} {alignment = 64 : i64, nontemporal = true} : memref<500x148xf32>, vector<16xf32>
//   CHECK-NOT:     nontemporal
//       CHECK:     affine.vector_store
func.func @streams(%x: memref<500x148xf32>, %y: memref<500x148xf32>) {
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 148 {
      %v = affine.load %x[%r, %c] : memref<500x148xf32>
      %w = arith.negf %v : f32
      affine.store %w, %y[%r, %c] : memref<500x148xf32>
    }
  }
  return
}

// -----

// Very long rows may start anywhere, aligned or not: what comes before the first
// whole line, and behind the last, goes through the caches.
//   CHECK-DAG: #[[PLACE:.*]] = affine_map<(d0, d1) -> (d0 + d1 floordiv 4 + 15)>
//   CHECK-DAG: #[[FIRST:.*]] = affine_map<(d0) -> (-d0 + 15)>
//   CHECK-DAG: #[[REST:.*]] = affine_map<(d0, d1) -> (d1 - d0)>
//   CHECK-DAG: #[[END:.*]] = affine_map<(d0, d1) -> (d0 + d1 * 16)>
//   CHECK-DAG: #[[SAME:.*]] = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func @very_long_rows
//  CHECK-SAME:   %[[X:.*]]: memref<500x197xf32>, %[[Y:.*]]: memref<500x197xf32>
//       CHECK:   %[[BUFFER:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//   CHECK-NOT:   scf.if
//       CHECK:   affine.for %{{.*}} = 0 to 500 {
//       CHECK:     %[[ROW:.*]] = affine.linearize_index disjoint [%{{.*}}, %{{.*}}] by (500, 197)
//       CHECK:     %[[IN_LINE:.*]] = affine.apply #[[PLACE]](%[[ROW]], %[[BUFFER]])
//       CHECK:     %[[PARTS:.*]]:2 = affine.delinearize_index %[[IN_LINE]] into (16)
//       CHECK:     %[[FIRST_LINE:.*]] = affine.apply #[[FIRST]](%[[PARTS]]#1)
//       CHECK:     %[[LEFT:.*]] = affine.apply #[[REST]](%[[FIRST_LINE]], %{{.*}})
//       CHECK:     %[[LINES:.*]]:2 = affine.delinearize_index %[[LEFT]] into (16)
//       CHECK:     %[[END_OF_LINES:.*]] = affine.apply #[[END]](%[[FIRST_LINE]], %[[LINES]]#0)
//       CHECK:     affine.for %{{.*}} = 0 to #{{.*}}(%[[FIRST_LINE]]) step 4
//       CHECK:     affine.for {{.*}} to #[[SAME]](%[[FIRST_LINE]]) {
//       CHECK:     affine.for %{{.*}} = #[[SAME]](%[[FIRST_LINE]]) to #{{.*}}(%[[FIRST_LINE]], %[[END_OF_LINES]]) step 16
//       CHECK:       vector.store {{.*}} {alignment = 64 : i64, nontemporal = true}
//   CHECK-NOT:       nontemporal
//       CHECK:     affine.for %{{.*}} = #[[SAME]](%[[END_OF_LINES]]) to #{{.*}}(%[[END_OF_LINES]]) step 4
//       CHECK:     affine.for {{.*}} to 197 {
func.func @very_long_rows(%x: memref<500x197xf32>, %y: memref<500x197xf32>) {
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 197 {
      %v = affine.load %x[%r, %c] : memref<500x197xf32>
      affine.store %v, %y[%r, %c] : memref<500x197xf32>
    }
  }
  return
}

// -----

// Not: small, short rows at odd addresses, of unknown strides.
// CHECK-LABEL: func @ordinary
//   CHECK-NOT:   nontemporal
func.func @ordinary(%x: memref<5000x196xf32>, %small: memref<5x196xf32>, %odd: memref<5000x47xf32>,
                    %strided: memref<500x196xf32, strided<[?, 1]>>) {
  affine.for %r = 0 to 5 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<5000x196xf32>
      affine.store %v, %small[%r, %c] : memref<5x196xf32>
    }
  }
  affine.for %r = 0 to 5000 {
    affine.for %c = 0 to 47 {
      %v = affine.load %x[%r, %c] : memref<5000x196xf32>
      affine.store %v, %odd[%r, %c] : memref<5000x47xf32>
    }
  }
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<5000x196xf32>
      affine.store %v, %strided[%r, %c] : memref<500x196xf32, strided<[?, 1]>>
    }
  }
  return
}

// -----

// An index has the size of a pointer.
// CHECK-LABEL: func @indices
//       CHECK:   vector.store {{.*}} {alignment = 64 : i64, nontemporal = true} : memref<100000xindex>
func.func @indices(%x: memref<100000xindex>, %y: memref<100000xindex>) {
  affine.for %i = 0 to 100000 {
    %v = affine.load %x[%i] : memref<100000xindex>
    affine.store %v, %y[%i] : memref<100000xindex>
  }
  return
}

// -----

// Elements that are larger than a cache line have no whole lines.
// CHECK-LABEL: func @wide
//   CHECK-NOT:   affine.linearize_index
//       CHECK:   affine.vector_store
func.func @wide(%x: memref<5000x196xi1024>, %y: memref<5000x196xi1024>) {
  affine.for %r = 0 to 5000 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<5000x196xi1024>
      affine.store %v, %y[%r, %c] : memref<5000x196xi1024>
    }
  }
  return
}
