// A cache of 2^20 bytes holds two blocks, one of 2^18 only one, one of 2^24 all.
// RUN: bn-opt %s --bn-prefetch=cache-bytes=1048576 --split-input-file | FileCheck %s
// RUN: bn-opt %s --bn-prefetch=cache-bytes=262144 --split-input-file | FileCheck %s --check-prefix=SMALL
// RUN: bn-opt %s --bn-prefetch=cache-bytes=16777216 --split-input-file | FileCheck %s --check-prefix=LARGE

// Sums ask for what is 4096 bytes ahead, a line at a time; the sweep after them
// for the rows of the next block, also of data that it alone reads.
// CHECK-LABEL: func @blocks
//  CHECK-SAME:   %[[X:.*]]: memref<50x64x196xf32>, %[[S:.*]]: memref<64x32xf32>, %[[Y:.*]]: memref<50x64x196xf32>, %[[R:.*]]: memref
//       CHECK:   affine.parallel (%[[C:.*]]) = (0) to (64) step (2) {
//       CHECK:     affine.for %[[N:.*]] = 0 to 50
//       CHECK:       affine.for %[[I:.*]] = 0 to 192 step 32 iter_args
//  CHECK-NEXT:         affine.prefetch %[[X]][%[[N]], %[[C]], %[[I]] + 1024], read, locality<3>, data
//  CHECK-NEXT:         affine.prefetch %[[X]][%[[N]], %[[C]], %[[I]] + 1040], read, locality<3>, data
//  CHECK-NEXT:         affine.vector_load %[[X]][%[[N]], %[[C]], %[[I]]]
//       CHECK:     affine.for %[[N:.*]] = 0 to 50
//       CHECK:       affine.for %[[I:.*]] = 0 to 192 step 32 {
//  CHECK-NEXT:         affine.prefetch %[[X]][%[[N]], %[[C]] + 2, %[[I]]], read, locality<2>, data
//  CHECK-NEXT:         affine.prefetch %[[X]][%[[N]], %[[C]] + 2, %[[I]] + 16], read, locality<2>, data
//  CHECK-NEXT:         affine.vector_load %[[X]][%[[N]], %[[C]], %[[I]]]
//  CHECK-NEXT:         affine.prefetch %[[R]][%[[N]], %[[C]] + 2, %[[I]]], read, locality<2>, data
//       CHECK:         affine.vector_load %[[R]]
//   CHECK-NOT:         affine.prefetch

// SMALL-LABEL: func @blocks
//       SMALL: locality<3>
//   SMALL-NOT: locality<2>
//       SMALL: return

// LARGE-LABEL: func @blocks
//   LARGE-NOT: prefetch
//       LARGE: return
func.func @blocks(%x: memref<50x64x196xf32>, %s: memref<64x32xf32>, %y: memref<50x64x196xf32>, %r: memref<50x64x196xf32>) {
  %zero = arith.constant dense<0.0> : vector<32xf32>
  affine.parallel (%c) = (0) to (64) step (2) {
    %sum = affine.for %n = 0 to 50 iter_args(%outer = %zero) -> (vector<32xf32>) {
      %inner = affine.for %i = 0 to 192 step 32 iter_args(%partial = %outer) -> (vector<32xf32>) {
        %v = affine.vector_load %x[%n, %c, %i] : memref<50x64x196xf32>, vector<32xf32>
        %next = arith.addf %partial, %v : vector<32xf32>
        affine.yield %next : vector<32xf32>
      }
      affine.yield %inner : vector<32xf32>
    }
    affine.vector_store %sum, %s[%c, 0] : memref<64x32xf32>, vector<32xf32>
    affine.for %n = 0 to 50 {
      affine.for %i = 0 to 192 step 32 {
        %v = affine.vector_load %x[%n, %c, %i] : memref<50x64x196xf32>, vector<32xf32>
        %residual = affine.vector_load %r[%n, %c, %i] : memref<50x64x196xf32>, vector<32xf32>
        %w = affine.vector_load %s[%c, 0] : memref<64x32xf32>, vector<32xf32>
        %product = arith.mulf %v, %w : vector<32xf32>
        %z = arith.addf %product, %residual : vector<32xf32>
        affine.vector_store %z, %y[%n, %c, %i] : memref<50x64x196xf32>, vector<32xf32>
      }
    }
  }
  return
}

// -----

// Channels in vectors, 16 bytes a row: 256 rows ahead. Of sizes that are not
// known, so that the size of a block is not known either, but the stride is.
// CHECK-LABEL: func @rows
//       CHECK:   affine.for %[[R:.*]] = 0 to
//  CHECK-NEXT:     affine.prefetch %{{.*}}[%{{.*}}, %[[R]] + 256, 0], read, locality<3>, data
//       CHECK:   affine.for %[[R:.*]] = 0 to
//  CHECK-NEXT:     affine.prefetch %{{.*}}[%{{.*}} + 1, %[[R]], 0], read, locality<2>, data

// SMALL-LABEL: func @rows
//       SMALL:   locality<2>

// LARGE-LABEL: func @rows
//       LARGE:   locality<2>
func.func @rows(%x: memref<?x?x8xf16>, %channels: index, %rows: index) {
  %zero = arith.constant dense<0.0> : vector<8xf16>
  affine.parallel (%c) = (0) to (symbol(%channels)) {
    %sum = affine.for %r = 0 to %rows iter_args(%partial = %zero) -> (vector<8xf16>) {
      %v = affine.vector_load %x[%c, %r, 0] : memref<?x?x8xf16>, vector<8xf16>
      %next = arith.addf %partial, %v : vector<8xf16>
      affine.yield %next : vector<8xf16>
    }
    affine.for %r = 0 to %rows {
      %v = affine.vector_load %x[%c, %r, 0] : memref<?x?x8xf16>, vector<8xf16>
      %d = arith.subf %v, %sum : vector<8xf16>
      affine.vector_store %d, %x[%c, %r, 0] : memref<?x?x8xf16>, vector<8xf16>
    }
  }
  return
}

// -----

// Lines of results to write, where rows are short: 1024 bytes ahead, or 4 blocks if
// sizes are not known. Not those of a buffer that the function allocates.
// CHECK-LABEL: func @short_rows
//  CHECK-SAME:   %{{.*}}: memref<50x64x196xf32>, %[[Y:.*]]: memref<100x640x49xbf16>, %[[Z:.*]]: memref<?x?x?xf32>,
//       CHECK:   affine.parallel (%[[C:.*]]) = (0) to (64) step (2) {
//       CHECK:     affine.for %[[N:.*]] = 0 to 50
//       CHECK:       affine.prefetch %[[Y]][%[[N]], %[[C]] + 10, %[[I:.*]]], write, locality<3>, data
//  CHECK-NEXT:       affine.vector_store %{{.*}}, %[[Y]][%[[N]], %[[C]], %[[I]]]
//       CHECK:       affine.prefetch %[[Z]][%[[N]], %[[C]] + 8, %[[I]]], write, locality<3>, data
//  CHECK-NEXT:       affine.vector_store %{{.*}}, %[[Z]][%[[N]], %[[C]], %[[I]]]
//   CHECK-NOT:       affine.prefetch

// SMALL-LABEL: func @short_rows

// LARGE-LABEL: func @short_rows
//   LARGE-NOT:   write
//       LARGE:   return
func.func @short_rows(%x: memref<50x64x196xf32>, %y: memref<100x640x49xbf16>, %z: memref<?x?x?xf32>, %n: index) {
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %short = arith.constant dense<0.0> : vector<8xbf16>
  %t = memref.alloc(%n, %n, %n) : memref<?x?x?xf32>
  affine.parallel (%c) = (0) to (64) step (2) {
    %sum = affine.for %i = 0 to 50 iter_args(%partial = %zero) -> (vector<8xf32>) {
      %v = affine.vector_load %x[%i, %c, 0] : memref<50x64x196xf32>, vector<8xf32>
      %next = arith.addf %partial, %v : vector<8xf32>
      affine.yield %next : vector<8xf32>
    }
    affine.for %i = 0 to 50 {
      affine.for %j = 0 to 48 step 8 {
        affine.vector_store %short, %y[%i, %c, %j] : memref<100x640x49xbf16>, vector<8xbf16>
        affine.vector_store %sum, %z[%i, %c, %j] : memref<?x?x?xf32>, vector<8xf32>
        affine.vector_store %sum, %t[%i, %c, %j] : memref<?x?x?xf32>, vector<8xf32>
      }
    }
  }
  memref.dealloc %t : memref<?x?x?xf32>
  return
}

// -----

// Nothing is asked for where a stride is not known, by sweeps that read what has
// not been summed, or outside of blocks.
// CHECK-LABEL: func @others
//   CHECK-NOT:   affine.prefetch
//       CHECK:   return
func.func @others(%x: memref<?x?x8xf32>, %y: memref<64x8xf32>, %rows: index) {
  %zero = arith.constant dense<0.0> : vector<8xf32>
  affine.parallel (%r) = (0) to (64) {
    affine.for %i = 0 to 8 step 8 {
      %v = affine.vector_load %y[%r, %i] : memref<64x8xf32>, vector<8xf32>
      affine.vector_store %v, %y[%r, %i] : memref<64x8xf32>, vector<8xf32>
    }
    %sum = affine.for %i = 0 to %rows iter_args(%partial = %zero) -> (vector<8xf32>) {
      %v = affine.vector_load %x[%i, %r, 0] : memref<?x?x8xf32>, vector<8xf32>
      %next = arith.addf %partial, %v : vector<8xf32>
      affine.yield %next : vector<8xf32>
    }
    affine.vector_store %sum, %y[%r, 0] : memref<64x8xf32>, vector<8xf32>
  }
  %sum = affine.for %i = 0 to 64 iter_args(%partial = %zero) -> (vector<8xf32>) {
    %v = affine.vector_load %y[%i, 0] : memref<64x8xf32>, vector<8xf32>
    %next = arith.addf %partial, %v : vector<8xf32>
    affine.yield %next : vector<8xf32>
  }
  affine.vector_store %sum, %y[0, 0] : memref<64x8xf32>, vector<8xf32>
  return
}

// -----

// Elements may be wider than a cache line.
// CHECK-LABEL: func @wide
//       CHECK:   affine.prefetch %[[K:.*]][%[[N:.*]], %[[C:.*]] + 1, %[[I:.*]]], read
//  CHECK-NEXT:   affine.prefetch %[[K]][%[[N]], %[[C]] + 1, %[[I]] + 1], read
//  CHECK-NEXT:   affine.vector_load %[[K]]
func.func @wide(%x: memref<64x64x196xf32>, %k: memref<64x64x196xi1024>, %s: memref<64x2xf32>) {
  %zero = arith.constant dense<0.0> : vector<2xf32>
  affine.parallel (%c) = (0) to (64) {
    %sum = affine.for %n = 0 to 64 iter_args(%outer = %zero) -> (vector<2xf32>) {
      %inner = affine.for %i = 0 to 196 step 2 iter_args(%partial = %outer) -> (vector<2xf32>) {
        %v = affine.vector_load %x[%n, %c, %i] : memref<64x64x196xf32>, vector<2xf32>
        %next = arith.addf %partial, %v : vector<2xf32>
        affine.yield %next : vector<2xf32>
      }
      affine.yield %inner : vector<2xf32>
    }
    affine.vector_store %sum, %s[%c, 0] : memref<64x2xf32>, vector<2xf32>
    affine.for %n = 0 to 64 {
      affine.for %i = 0 to 196 step 2 {
        %v = affine.vector_load %k[%n, %c, %i] : memref<64x64x196xi1024>, vector<2xi1024>
        affine.vector_store %v, %k[%n, %c, %i] : memref<64x64x196xi1024>, vector<2xi1024>
      }
    }
  }
  return
}

// -----

// Loops without a next iteration.
// CHECK-LABEL: func @standstill
//   CHECK-NOT:   affine.prefetch
//       CHECK:   return
func.func @standstill(%x: memref<64x8192xf32>) {
  %zero = arith.constant dense<0.0> : vector<8xf32>
  affine.parallel () = () to () {
    %sum = affine.for %i = 0 to 64 iter_args(%partial = %zero) -> (vector<8xf32>) {
      %v = affine.vector_load %x[%i, 0] : memref<64x8192xf32>, vector<8xf32>
      affine.yield %v : vector<8xf32>
    }
    affine.for %i = 0 to 64 {
      %v = affine.vector_load %x[%i, 0] : memref<64x8192xf32>, vector<8xf32>
      affine.vector_store %sum, %x[%i, 0] : memref<64x8192xf32>, vector<8xf32>
    }
  }
  affine.parallel (%j) = (0) to (64) step (0) {
    %sum = affine.for %i = 0 to 64 iter_args(%partial = %zero) -> (vector<8xf32>) {
      %v = affine.vector_load %x[%i, %j] : memref<64x8192xf32>, vector<8xf32>
      affine.yield %v : vector<8xf32>
    }
    affine.vector_store %sum, %x[%j, 0] : memref<64x8192xf32>, vector<8xf32>
  }
  return
}
