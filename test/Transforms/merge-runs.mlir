// RUN: bn-opt %s --bn-merge-runs --split-input-file | FileCheck %s

// Runs of 49 start anywhere, four of them at multiples of 16 bytes.
// CHECK-LABEL: func @scale
//  CHECK-SAME:   %[[X:.*]]: memref<50x64x49xf32>, %[[Y:.*]]: memref<50x64x49xf32>, %[[SCALE:.*]]: memref<64xf32>
//   CHECK-DAG:   %[[XS:.*]] = memref.collapse_shape %[[X]] {{\[}}[0], [1, 2]] : memref<50x64x49xf32> into memref<50x3136xf32>
//   CHECK-DAG:   %[[YS:.*]] = memref.collapse_shape %[[Y]] {{\[}}[0], [1, 2]] : memref<50x64x49xf32> into memref<50x3136xf32>
//       CHECK:   affine.parallel (%[[B:.*]]) = (0) to (16) {
//       CHECK:     %[[SCALES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<196xf32>
//       CHECK:     affine.for %[[C:.*]] = 0 to 4 {
//       CHECK:       %[[A:.*]] = affine.load %[[SCALE]][%[[C]] + %[[B]] * 4]
//       CHECK:       affine.for %[[S:.*]] = 0 to 49 {
//       CHECK:         affine.store %[[A]], %[[SCALES]][%[[C]] * 49 + %[[S]]]
//       CHECK:     affine.for %[[N:.*]] = 0 to 50 {
//       CHECK:       affine.for %[[R:.*]] = 0 to 196 {
//   CHECK-DAG:         %[[E:.*]] = affine.load %[[SCALES]][%[[R]]]
//   CHECK-DAG:         %[[V:.*]] = affine.load %[[XS]][%[[N]], %[[B]] * 196 + %[[R]]]
//       CHECK:         %[[W:.*]] = arith.mulf %[[V]], %[[E]]
//       CHECK:         affine.store %[[W]], %[[YS]][%[[N]], %[[B]] * 196 + %[[R]]]
//   CHECK-NOT:   affine.for
func.func @scale(%x: memref<50x64x49xf32>, %y: memref<50x64x49xf32>, %scale: memref<64xf32>) {
  affine.parallel (%b) = (0) to (16) {
    affine.for %n = 0 to 50 {
      affine.for %c = 0 to 4 {
        %a = affine.load %scale[%c + %b * 4] : memref<64xf32>
        affine.for %s = 0 to 49 {
          %v = affine.load %x[%n, %c + %b * 4, %s] : memref<50x64x49xf32>
          %w = arith.mulf %v, %a : f32
          affine.store %w, %y[%n, %c + %b * 4, %s] : memref<50x64x49xf32>
        }
      }
    }
  }
  return
}

// -----

// Runs that are aligned stay, and so do rows that are no better than runs.
// CHECK-LABEL: func @alignment
//   CHECK-NOT:   memref.collapse_shape
func.func @alignment(%x: memref<50x8x64xf32>, %y: memref<50x3x49xf32>) {
  %zero = arith.constant 0.0 : f32
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 8 {
      affine.for %s = 0 to 64 {
        affine.store %zero, %x[%n, %c, %s] : memref<50x8x64xf32>
      }
    }
  }
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 3 {
      affine.for %s = 0 to 49 {
        affine.store %zero, %y[%n, %c, %s] : memref<50x3x49xf32>
      }
    }
  }
  return
}

// -----

// What a channel shares may change from row to row.
// CHECK-LABEL: func @changes
//   CHECK-NOT:   memref.collapse_shape
func.func @changes(%x: memref<50x4x49xf32>, %scale: memref<50x4xf32>) {
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 4 {
      %a = affine.load %scale[%n, %c] : memref<50x4xf32>
      affine.for %s = 0 to 49 {
        affine.store %a, %x[%n, %c, %s] : memref<50x4x49xf32>
      }
    }
  }
  affine.for %n = 0 to 49 {
    affine.for %c = 0 to 4 {
      %a = affine.load %x[0, %c, 0] : memref<50x4x49xf32>
      affine.for %s = 0 to 49 {
        affine.store %a, %x[%n + 1, %c, %s] : memref<50x4x49xf32>
      }
    }
  }
  return
}

// -----

// Neither a part of each run nor every second channel is one run together.
// CHECK-LABEL: func @gaps
//   CHECK-NOT:   memref.collapse_shape
func.func @gaps(%x: memref<50x4x50xf32>, %y: memref<50x8x49xf32>, %z: memref<50x4x49xf32, strided<[400, 50, 1]>>) {
  %zero = arith.constant 0.0 : f32
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 4 {
      affine.for %s = 0 to 49 {
        affine.store %zero, %x[%n, %c, %s] : memref<50x4x50xf32>
      }
    }
  }
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 4 {
      affine.for %s = 0 to 49 {
        affine.store %zero, %y[%n, %c * 2, %s] : memref<50x8x49xf32>
      }
    }
  }
  affine.for %n = 0 to 50 {
    affine.for %c = 0 to 4 {
      affine.for %s = 0 to 49 {
        affine.store %zero, %z[%n, %c, %s] : memref<50x4x49xf32, strided<[400, 50, 1]>>
      }
    }
  }
  return
}
