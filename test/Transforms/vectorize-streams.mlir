// Results that are larger than the cache go past it. 2^20 bytes of cache are too
// many for the second function's.
// RUN: bn-opt %s --bn-vectorize=cache-bytes=1048576 --split-input-file | FileCheck %s
// RUN: bn-opt %s --bn-vectorize=cache-bytes=1073741824 --split-input-file | FileCheck %s --check-prefix=LARGE

// LARGE-NOT: nontemporal

// Rows are at multiples of 16 bytes, not of 64.
// CHECK-LABEL: func @streams
//  CHECK-SAME:   %[[X:.*]]: memref<500x196xf32>, %[[Y:.*]]: memref<500x196xf32>
//       CHECK:   %[[POINTER:.*]] = memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   %[[REST:.*]] = arith.remui %[[POINTER]], %{{.*}}
//       CHECK:   %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]]
//       CHECK:   scf.if %[[ALIGNED]] {
//       CHECK:     affine.for %{{.*}} = 0 to 192 step 32
//       CHECK:       vector.store %{{.*}}, %[[Y]][%{{.*}}] {alignment = 16 : i64, nontemporal = true}
//       CHECK:     vector.store %{{.*}} {alignment = 16 : i64, nontemporal = true} : memref<500x196xf32>, vector<4xf32>
//       CHECK:   } else {
//   CHECK-NOT:     nontemporal
//       CHECK:     affine.vector_store
func.func @streams(%x: memref<500x196xf32>, %y: memref<500x196xf32>) {
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<500x196xf32>
      %w = arith.negf %v : f32
      affine.store %w, %y[%r, %c] : memref<500x196xf32>
    }
  }
  return
}

// -----

// Not: small, at odd addresses, of unknown strides, somewhere in a buffer.
// CHECK-LABEL: func @ordinary
//   CHECK-NOT:   nontemporal
func.func @ordinary(%x: memref<500x196xf32>, %small: memref<5x196xf32>, %odd: memref<500x197xf32>,
                    %strided: memref<500x196xf32, strided<[?, 1]>>) {
  affine.for %r = 0 to 5 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<500x196xf32>
      affine.store %v, %small[%r, %c] : memref<5x196xf32>
    }
  }
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<500x196xf32>
      affine.store %v, %odd[%r, %c] : memref<500x197xf32>
    }
  }
  affine.for %r = 0 to 500 {
    affine.for %c = 0 to 196 {
      %v = affine.load %x[%r, %c] : memref<500x196xf32>
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
