// RUN: bn-opt %s --bn-merge-runs --canonicalize --split-input-file | FileCheck %s

// Runs of 49 start anywhere, four of them at multiples of 16 bytes.
// CHECK-LABEL: func @scale
//  CHECK-SAME:   %[[X:.*]]: memref<50x64x49xf32>, %[[Y:.*]]: memref<50x64x49xf32>, %[[SCALE:.*]]: memref<64xf32>
//   CHECK-DAG:   %[[XS:.*]] = memref.collapse_shape %[[X]] {{\[}}[0], [1, 2]] : memref<50x64x49xf32> into memref<50x3136xf32>
//   CHECK-DAG:   %[[YS:.*]] = memref.collapse_shape %[[Y]] {{\[}}[0], [1, 2]] : memref<50x64x49xf32> into memref<50x3136xf32>
//       CHECK:   affine.parallel (%[[B:.*]]) = (0) to (16) {
//       CHECK:     %[[SCALES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<196xf32>
//       CHECK:     affine.for %[[C:.*]] = 0 to 4 {
//       CHECK:       affine.for %[[S:.*]] = 0 to 49 {
//       CHECK:         %[[A:.*]] = affine.load %[[SCALE]][%[[C]] + %[[B]] * 4]
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

// Runs of whole cache lines stay, and so do long ones.
// CHECK-LABEL: func @alignment
//   CHECK-NOT:   memref.collapse_shape
func.func @alignment(%x: memref<50x8x64xf32>, %y: memref<50x3x385xf32>) {
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
      affine.for %s = 0 to 385 {
        affine.store %zero, %y[%n, %c, %s] : memref<50x3x385xf32>
      }
    }
  }
  return
}

// -----

// Few innermost channels: five make 20 bytes, and 16 of those whole cache lines.
// Three runs are left over.
// CHECK-LABEL: func @pixels
//  CHECK-SAME:   %[[X:.*]]: memref<99x5xf32>, %[[Y:.*]]: memref<99x5xf32>, %[[SCALE:.*]]: memref<5xf32>
//   CHECK-DAG:   %[[XS:.*]] = memref.collapse_shape %[[X]] {{\[}}[0, 1]] : memref<99x5xf32> into memref<495xf32>
//   CHECK-DAG:   %[[YS:.*]] = memref.collapse_shape %[[Y]] {{\[}}[0, 1]] : memref<99x5xf32> into memref<495xf32>
//       CHECK:   %[[SCALES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<80xf32>
//       CHECK:   affine.for %[[K:.*]] = 0 to 16 {
//       CHECK:     affine.for %[[C:.*]] = 0 to 5 {
//       CHECK:       %[[A:.*]] = affine.load %[[SCALE]][%[[C]]]
//       CHECK:       affine.store %[[A]], %[[SCALES]][%[[K]] * 5 + %[[C]]]
//       CHECK:   affine.for %[[R:.*]] = 0 to 96 step 16 {
//       CHECK:     affine.for %[[E:.*]] = 0 to 80 {
//   CHECK-DAG:       %[[A:.*]] = affine.load %[[SCALES]][%[[E]]]
//   CHECK-DAG:       %[[V:.*]] = affine.load %[[XS]][%[[R]] * 5 + %[[E]]]
//       CHECK:       %[[W:.*]] = arith.mulf %[[V]], %[[A]]
//       CHECK:       affine.store %[[W]], %[[YS]][%[[R]] * 5 + %[[E]]]
//       CHECK:   affine.for %[[R:.*]] = 96 to 99 {
//       CHECK:     affine.for %[[C:.*]] = 0 to 5 {
//       CHECK:       affine.store %{{.*}}, %[[Y]][%[[R]], %[[C]]]
func.func @pixels(%x: memref<99x5xf32>, %y: memref<99x5xf32>, %scale: memref<5xf32>) {
  affine.for %r = 0 to 99 {
    affine.for %c = 0 to 5 {
      %v = affine.load %x[%r, %c] : memref<99x5xf32>
      %a = affine.load %scale[%c] : memref<5xf32>
      %w = arith.mulf %v, %a : f32
      affine.store %w, %y[%r, %c] : memref<99x5xf32>
    }
  }
  return
}

// -----

// Sums of 8 runs at a time, of each image, are added up after all of them.
// CHECK-LABEL: func @sums
//  CHECK-SAME:   %[[N:.*]]: index, %[[X:.*]]: memref<7x?x6xf32>, %[[SUM:.*]]: memref<6xf64>
//   CHECK-DAG:   %[[XS:.*]] = memref.collapse_shape %[[X]] {{\[}}[0], [1, 2]] : memref<7x?x6xf32> into memref<7x?xf32>
//   CHECK-DAG:   %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<48xf64>
//       CHECK:   affine.for %[[E:.*]] = 0 to 48 {
//       CHECK:     affine.store %{{.*}}, %[[SUMS]][%[[E]]]
//       CHECK:   affine.for %[[IMAGE:.*]] = 0 to 7 {
//       CHECK:     affine.for %[[R:.*]] = 0 to #[[WHOLE:.*]]()[%[[N]]] step 8 {
//       CHECK:       affine.for %[[E:.*]] = 0 to 48 {
//   CHECK-DAG:         %[[S:.*]] = affine.load %[[SUMS]][%[[E]]]
//   CHECK-DAG:         affine.load %[[XS]][%[[IMAGE]], %[[R]] * 6 + %[[E]]]
//       CHECK:         %[[T:.*]] = arith.addf %[[S]], %{{.*}} fastmath<reassoc>
//       CHECK:         affine.store %[[T]], %[[SUMS]][%[[E]]]
//       CHECK:     affine.for %[[R:.*]] = #[[WHOLE]]()[%[[N]]] to %[[N]] {
//       CHECK:       affine.for %[[C:.*]] = 0 to 6 {
//       CHECK:         affine.load %[[X]][%[[IMAGE]], %[[R]], %[[C]]]
//       CHECK:   affine.for %[[K:.*]] = 0 to 8 {
//       CHECK:     affine.for %[[C:.*]] = 0 to 6 {
//   CHECK-DAG:       %[[S:.*]] = affine.load %[[SUM]][%[[C]]]
//   CHECK-DAG:       %[[T:.*]] = affine.load %[[SUMS]][%[[K]] * 6 + %[[C]]]
//       CHECK:       %[[U:.*]] = arith.addf %[[S]], %[[T]]
//       CHECK:       affine.store %[[U]], %[[SUM]][%[[C]]]
func.func @sums(%n: index, %x: memref<7x?x6xf32>, %sum: memref<6xf64>) {
  affine.for %image = 0 to 7 {
    affine.for %r = 0 to %n {
      affine.for %c = 0 to 6 {
        %v = affine.load %x[%image, %r, %c] : memref<7x?x6xf32>
        %w = arith.extf %v : f32 to f64
        %s = affine.load %sum[%c] : memref<6xf64>
        %t = arith.addf %s, %w fastmath<reassoc> : f64
        affine.store %t, %sum[%c] : memref<6xf64>
      }
    }
  }
  return
}

// -----

// Not where a cache line is full, pixels are few, terms have an order, a sum is
// read meanwhile, or a factor is that of one pixel.
// CHECK-LABEL: func @pixels_as_they_are
//   CHECK-NOT:   memref.collapse_shape
func.func @pixels_as_they_are(%x: memref<99x16xf32>, %y: memref<31x5xf32>, %z: memref<99x5xf64>,
                              %sum: memref<5xf64>, %w: memref<99xf64>) {
  %zero = arith.constant 0.0 : f32
  affine.for %r = 0 to 99 {
    affine.for %c = 0 to 16 {
      affine.store %zero, %x[%r, %c] : memref<99x16xf32>
    }
  }
  affine.for %r = 0 to 31 {
    affine.for %c = 0 to 5 {
      affine.store %zero, %y[%r, %c] : memref<31x5xf32>
    }
  }
  affine.for %r = 0 to 99 {
    affine.for %c = 0 to 5 {
      %v = affine.load %z[%r, %c] : memref<99x5xf64>
      %s = affine.load %sum[%c] : memref<5xf64>
      %t = arith.addf %s, %v : f64
      affine.store %t, %sum[%c] : memref<5xf64>
    }
  }
  affine.for %r = 0 to 99 {
    affine.for %c = 0 to 5 {
      %first = affine.load %sum[0] : memref<5xf64>
      %v = affine.load %z[%r, %c] : memref<99x5xf64>
      %u = arith.mulf %v, %first : f64
      %s = affine.load %sum[%c] : memref<5xf64>
      %t = arith.addf %s, %u fastmath<reassoc> : f64
      affine.store %t, %sum[%c] : memref<5xf64>
    }
  }
  affine.for %r = 0 to 99 {
    affine.for %c = 0 to 5 {
      %a = affine.load %w[%r] : memref<99xf64>
      affine.store %a, %z[%r, %c] : memref<99x5xf64>
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
