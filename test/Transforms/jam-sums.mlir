// RUN: bn-opt %s --bn-jam-sums --affine-scalrep --canonicalize --split-input-file | FileCheck %s

// One load and one store of the sums for five rows, far apart.
// CHECK-LABEL: func @sums
//  CHECK-SAME:   %[[X:.*]]: memref<50x300xf32>, %[[SUMS:.*]]: memref<300xf32>
//       CHECK:   affine.for %[[R:.*]] = 0 to 10 {
//       CHECK:     affine.for %[[C:.*]] = 0 to 300 {
//       CHECK:       affine.load %[[X]][%[[R]] + 10, %[[C]]]
//       CHECK:       affine.load %[[SUMS]][%[[C]]]
//       CHECK:       affine.load %[[X]][%[[R]] + 20, %[[C]]]
//       CHECK:       affine.load %[[X]][%[[R]] + 30, %[[C]]]
//       CHECK:       affine.load %[[X]][%[[R]] + 40, %[[C]]]
//       CHECK:       affine.load %[[X]][%[[R]], %[[C]]]
//       CHECK:       affine.store %{{.*}}, %[[SUMS]][%[[C]]]
//   CHECK-NOT:       affine.store
//   CHECK-NOT:   affine.for
func.func @sums(%x: memref<50x300xf32>, %sums: memref<300xf32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sums[%c] : memref<300xf32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
      affine.store %t, %sums[%c] : memref<300xf32>
    }
  }
  return
}

// -----

// Sums that loops carry; half as many rows of two arrays.
// CHECK-LABEL: func @carried
//  CHECK-SAME:   %[[X:.*]]: memref<50x4x100xf32>, %[[Y:.*]]: memref<50x4x100xf32>
//       CHECK:   %[[SUM:.*]] = affine.for %[[N:.*]] = 0 to 25 iter_args
//       CHECK:     affine.for %[[S:.*]] = 0 to 100 iter_args(%[[BEFORE:.*]] = %{{.*}})
//       CHECK:       affine.load %[[X]][%[[N]] + 25, 0, %[[S]]]
//       CHECK:       affine.load %[[Y]][%[[N]] + 25, 0, %[[S]]]
//       CHECK:       %[[FIRST:.*]] = arith.mulf
//       CHECK:       %[[SUM1:.*]] = arith.addf %[[BEFORE]], %[[FIRST]] fastmath<reassoc>
//       CHECK:       affine.load %[[X]][%[[N]], 0, %[[S]]]
//       CHECK:       affine.load %[[Y]][%[[N]], 0, %[[S]]]
//       CHECK:       %[[SECOND:.*]] = arith.mulf
//       CHECK:       %[[NEXT:.*]] = arith.addf %[[SUM1]], %[[SECOND]] fastmath<reassoc>
//       CHECK:       affine.yield %[[NEXT]]
//       CHECK:   return %[[SUM]]
func.func @carried(%x: memref<50x4x100xf32>, %y: memref<50x4x100xf32>) -> f32 {
  %zero = arith.constant 0.0 : f32
  %sum = affine.for %n = 0 to 50 iter_args(%a = %zero) -> f32 {
    %r = affine.for %s = 0 to 100 iter_args(%b = %a) -> f32 {
      %v = affine.load %x[%n, 0, %s] : memref<50x4x100xf32>
      %w = affine.load %y[%n, 0, %s] : memref<50x4x100xf32>
      %p = arith.mulf %v, %w : f32
      %t = arith.addf %b, %p fastmath<reassoc> : f32
      affine.yield %t : f32
    }
    affine.yield %r : f32
  }
  return %sum : f32
}

// -----

// What f64 data add is added up first: long sums of them are rounded less often.
// CHECK-LABEL: func @carried_f64
//  CHECK-SAME:   %[[X:.*]]: memref<50x4x100xf64>, %[[Y:.*]]: memref<50x4x100xf64>
//       CHECK:   %[[SUM:.*]] = affine.for %[[N:.*]] = 0 to 25 iter_args
//       CHECK:     affine.for %[[S:.*]] = 0 to 100 iter_args(%[[BEFORE:.*]] = %{{.*}})
//       CHECK:       affine.load %[[X]][%[[N]] + 25, 0, %[[S]]]
//       CHECK:       affine.load %[[Y]][%[[N]] + 25, 0, %[[S]]]
//       CHECK:       %[[FIRST:.*]] = arith.mulf
//       CHECK:       affine.load %[[X]][%[[N]], 0, %[[S]]]
//       CHECK:       affine.load %[[Y]][%[[N]], 0, %[[S]]]
//       CHECK:       %[[SECOND:.*]] = arith.mulf
//       CHECK:       %[[BOTH:.*]] = arith.addf %[[FIRST]], %[[SECOND]] fastmath<reassoc>
//       CHECK:       %[[NEXT:.*]] = arith.addf %[[BEFORE]], %[[BOTH]] fastmath<reassoc>
//       CHECK:       affine.yield %[[NEXT]]
//       CHECK:   return %[[SUM]]
func.func @carried_f64(%x: memref<50x4x100xf64>, %y: memref<50x4x100xf64>) -> f64 {
  %zero = arith.constant 0.0 : f64
  %sum = affine.for %n = 0 to 50 iter_args(%a = %zero) -> f64 {
    %r = affine.for %s = 0 to 100 iter_args(%b = %a) -> f64 {
      %v = affine.load %x[%n, 0, %s] : memref<50x4x100xf64>
      %w = affine.load %y[%n, 0, %s] : memref<50x4x100xf64>
      %p = arith.mulf %v, %w : f64
      %t = arith.addf %b, %p fastmath<reassoc> : f64
      affine.yield %t : f64
    }
    affine.yield %r : f64
  }
  return %sum : f64
}

// -----

// Data of other types.
// CHECK-LABEL: func @carried_index
//       CHECK:   affine.load %{{.*}} : memref<50x100xindex>
//       CHECK:   affine.load %{{.*}} : memref<50x100xindex>
func.func @carried_index(%x: memref<50x100xindex>) -> f32 {
  %zero = arith.constant 0.0 : f32
  %sum = affine.for %n = 0 to 50 iter_args(%a = %zero) -> f32 {
    %r = affine.for %s = 0 to 100 iter_args(%b = %a) -> f32 {
      %v = affine.load %x[%n, %s] : memref<50x100xindex>
      %i = arith.index_cast %v : index to i64
      %p = arith.sitofp %i : i64 to f32
      %t = arith.addf %b, %p fastmath<reassoc> : f32
      affine.yield %t : f32
    }
    affine.yield %r : f32
  }
  return %sum : f32
}

// -----

// Rows that are left over come last. How many there are, in steps of 3, is not known.
// CHECK-LABEL: func @left_over
//  CHECK-SAME:   %[[X:.*]]: memref<?x8xf32>, %[[N:.*]]: index
//       CHECK:   %[[SUM:.*]] = affine.for %[[R:.*]] = 0 to {{.*}}%[[N]]{{.*}} step 3 iter_args
// CHECK-COUNT-4:     affine.load %[[X]][
//   CHECK-NOT:     affine.load
//       CHECK:   %[[ALL:.*]] = affine.for %{{.*}} = {{.*}}%[[N]]{{.*}} to %[[N]] step 3 iter_args(%{{.*}} = %[[SUM]])
// CHECK-COUNT-1:     affine.load %[[X]][
//   CHECK-NOT:     affine.load
//       CHECK:   return %[[ALL]]
func.func @left_over(%x: memref<?x8xf32>, %n: index) -> f32 {
  %zero = arith.constant 0.0 : f32
  %sum = affine.for %r = 0 to %n step 3 iter_args(%a = %zero) -> f32 {
    %s = affine.for %i = 0 to 8 iter_args(%b = %a) -> f32 {
      %v = affine.load %x[%r, %i] : memref<?x8xf32>
      %t = arith.addf %b, %v fastmath<reassoc> : f32
      affine.yield %t : f32
    }
    affine.yield %s : f32
  }
  return %sum : f32
}

// -----

// The last of these steps is shorter.
// CHECK-LABEL: func @short_step
//  CHECK-SAME:   %[[X:.*]]: memref<5x8xf32>
//       CHECK:   affine.for %{{.*}} = 0 to 5 step 3 iter_args
func.func @short_step(%x: memref<5x8xf32>) -> f32 {
  %zero = arith.constant 0.0 : f32
  %sum = affine.for %r = 0 to 5 step 3 iter_args(%a = %zero) -> f32 {
    %s = affine.for %i = 0 to 8 iter_args(%b = %a) -> f32 {
      %v = affine.load %x[%r, %i] : memref<5x8xf32>
      %t = arith.addf %b, %v fastmath<reassoc> : f32
      affine.yield %t : f32
    }
    affine.yield %s : f32
  }
  return %sum : f32
}

// -----

// Sums that are vectors already.
// CHECK-LABEL: func @vectors
//       CHECK:   affine.for %{{.*}} = 0 to 50 iter_args
func.func @vectors(%x: memref<50x8xf32>) -> vector<4xf32> {
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %sum = affine.for %r = 0 to 50 iter_args(%a = %zero) -> vector<4xf32> {
    %s = affine.for %i = 0 to 8 iter_args(%b = %a) -> vector<4xf32> {
      %v = affine.load %x[%r, %i] : memref<50x8xf32>
      %w = vector.broadcast %v : f32 to vector<4xf32>
      %t = arith.addf %b, %w fastmath<reassoc> : vector<4xf32>
      affine.yield %t : vector<4xf32>
    }
    affine.yield %s : vector<4xf32>
  }
  return %sum : vector<4xf32>
}

// -----

// These sums have an order.
// CHECK-LABEL: func @ordered
//   CHECK-NOT:   + 25
func.func @ordered(%x: memref<50x300xf32>, %sums: memref<300xf32>) {
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
//   CHECK-NOT:   affine.for {{.*}} to 10
func.func @shifted(%x: memref<50x300xf32>, %sums: memref<301xf32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sums[%c + 1] : memref<301xf32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
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

// -----

// Rows that are sums of earlier rows, in the same memory.
// CHECK-LABEL: func @same_memory
//   CHECK-NOT:   affine.for {{.*}} to 2
func.func @same_memory(%x: memref<9x16xf32>) {
  %flat = memref.collapse_shape %x [[0, 1]] : memref<9x16xf32> into memref<144xf32>
  affine.for %r = 0 to 8 {
    affine.for %c = 0 to 16 {
      %v = affine.load %x[%r, %c] : memref<9x16xf32>
      %s = affine.load %flat[%c + 24] : memref<144xf32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
      affine.store %t, %flat[%c + 24] : memref<144xf32>
    }
  }
  return
}

// -----

// What else happens keeps its order.
// CHECK-LABEL: func @effects
//   CHECK-NOT:   affine.for {{.*}} to 10
func.func private @note(index, index)
func.func @effects(%x: memref<50x300xf32>, %sums: memref<300xf32>, %log: memref<301xf32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sums[%c] : memref<300xf32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
      affine.store %t, %sums[%c] : memref<300xf32>
      func.call @note(%r, %c) : (index, index) -> ()
    }
  }
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %log[%c + 1] : memref<301xf32>
      %s = affine.load %sums[%c] : memref<300xf32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
      affine.store %t, %sums[%c] : memref<300xf32>
      memref.store %t, %log[%c] : memref<301xf32>
    }
  }
  return
}

// -----

// CHECK-LABEL: func @no_dims
//   CHECK-NOT:   affine.for {{.*}} to 10
func.func @no_dims(%x: memref<50x300xf32>, %sum: memref<f32>) {
  affine.for %r = 0 to 50 {
    affine.for %c = 0 to 300 {
      %v = affine.load %x[%r, %c] : memref<50x300xf32>
      %s = affine.load %sum[] : memref<f32>
      %t = arith.addf %s, %v fastmath<reassoc> : f32
      "affine.store"(%t, %sum, %c) <{map = affine_map<(d0) -> ()>}> : (f32, memref<f32>, index) -> ()
    }
  }
  return
}

// -----

// A channel of %x that is the sum of an earlier one.
// CHECK-LABEL: func @short_runs_in_place
//   CHECK-NOT:   step 4
func.func @short_runs_in_place(%x: memref<50x8x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %flat = memref.collapse_shape %x [[0, 1, 2]] : memref<50x8x4xf32> into memref<1600xf32>
  affine.for %c = 0 to 8 {
    %sum = affine.for %n = 0 to 50 iter_args(%a = %zero) -> f32 {
      %r = affine.for %s = 0 to 4 iter_args(%b = %a) -> f32 {
        %v = affine.load %x[%n, %c, %s] : memref<50x8x4xf32>
        %t = arith.addf %b, %v : f32
        affine.yield %t : f32
      }
      affine.yield %r : f32
    }
    affine.store %sum, %flat[%c + 3] : memref<1600xf32>
  }
  return
}
