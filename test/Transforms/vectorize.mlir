// RUN: bn-opt %s --bn-vectorize --split-input-file | FileCheck %s

// Partial sums stay in vectors through the whole nest. 101 = 6 * 16 + 4 + 1.
// CHECK-LABEL: func @sum
//  CHECK-SAME:   %[[X:.*]]: memref<3x101xf32>, %[[INIT:.*]]: f64
//   CHECK-DAG:   %[[LONG:.*]] = arith.constant dense<0.0{{.*}}> : vector<16xf64>
//   CHECK-DAG:   %[[SHORT:.*]] = arith.constant dense<0.0{{.*}}> : vector<4xf64>
//       CHECK:   %[[NEST:.*]]:3 = affine.for %[[N:.*]] = 0 to 3 iter_args(%[[V:.*]] = %[[LONG]], %[[W:.*]] = %[[SHORT]], %[[S:.*]] = %[[INIT]])
//       CHECK:     %[[MAIN:.*]] = affine.for %[[I:.*]] = 0 to 96 step 16 iter_args(%[[P:.*]] = %[[V]])
//       CHECK:       %[[DATA:.*]] = affine.vector_load %[[X]][%[[N]], %[[I]]]
//       CHECK:       %[[TERM:.*]] = arith.extf %[[DATA]] : vector<16xf32> to vector<16xf64>
//       CHECK:       arith.addf %[[P]], %[[TERM]] : vector<16xf64>
//       CHECK:     %[[REST:.*]] = affine.for %{{.*}} = 96 to 100 step 4 iter_args(%{{.*}} = %[[W]])
//       CHECK:       affine.vector_load {{.*}} vector<4xf32>
//       CHECK:     %[[TAIL:.*]] = affine.for %{{.*}} = 100 to 101 iter_args(%{{.*}} = %[[S]])
//       CHECK:       affine.load
//       CHECK:       arith.addf %{{.*}}, %{{.*}} : f64
//       CHECK:     affine.yield %[[MAIN]], %[[REST]], %[[TAIL]]
//       CHECK:   %[[LANES:.*]] = vector.reduction <add>, %[[NEST]]#0 fastmath<reassoc>
//       CHECK:   %[[SUM:.*]] = arith.addf %[[NEST]]#2, %[[LANES]]
//       CHECK:   %[[LANES:.*]] = vector.reduction <add>, %[[NEST]]#1 fastmath<reassoc>
//       CHECK:   %[[ALL:.*]] = arith.addf %[[SUM]], %[[LANES]]
//       CHECK:   return %[[ALL]]
func.func @sum(%x: memref<3x101xf32>, %init: f64) -> f64 {
  %sum = affine.for %n = 0 to 3 iter_args(%s = %init) -> (f64) {
    %row = affine.for %i = 0 to 101 iter_args(%t = %s) -> (f64) {
      %v = affine.load %x[%n, %i] : memref<3x101xf32>
      %term = arith.extf %v : f32 to f64
      %next = arith.addf %t, %term fastmath<reassoc> : f64
      affine.yield %next : f64
    }
    affine.yield %row : f64
  }
  return %sum : f64
}

// -----

// A sum that is not marked keeps its order.
// CHECK-LABEL: func @ordered_sum
//   CHECK-NOT:   vector
func.func @ordered_sum(%x: memref<96xf32>, %init: f32) -> f32 {
  %sum = affine.for %i = 0 to 96 iter_args(%s = %init) -> (f32) {
    %v = affine.load %x[%i] : memref<96xf32>
    %next = arith.addf %s, %v : f32
    affine.yield %next : f32
  }
  return %sum : f32
}

// -----

//   CHECK-DAG: #[[WHOLE:.*]] = affine_map<()[s0] -> ((s0 floordiv 32) * 32)>
//   CHECK-DAG: #[[SHORTER:.*]] = affine_map<()[s0] -> ((s0 floordiv 8) * 8)>
// CHECK-LABEL: func @dynamic
//  CHECK-SAME:   %[[X:.*]]: memref<?xf32>, %[[A:.*]]: f32
//       CHECK:   affine.for %[[I:.*]] = 0 to #[[WHOLE]]()[%{{.*}}] step 32
//       CHECK:     %[[DATA:.*]] = affine.vector_load %[[X]][%[[I]]]
//       CHECK:     %[[LANES:.*]] = vector.broadcast %[[A]] : f32 to vector<32xf32>
//       CHECK:     %[[Y:.*]] = arith.mulf %[[DATA]], %[[LANES]]
//       CHECK:     affine.vector_store %[[Y]], %[[X]][%[[I]]]
//       CHECK:   affine.for %{{.*}} = #[[WHOLE]]()[%{{.*}}] to #[[SHORTER]]()[%{{.*}}] step 8
//       CHECK:   affine.for %[[J:.*]] = #[[SHORTER]]()[%{{.*}}] to
//       CHECK:     affine.load %[[X]][%[[J]]]
//       CHECK:     affine.store %{{.*}}, %[[X]][%[[J]]]
func.func @dynamic(%x: memref<?xf32>, %a: f32) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  affine.for %i = 0 to %n {
    %v = affine.load %x[%i] : memref<?xf32>
    %y = arith.mulf %v, %a : f32
    affine.store %y, %x[%i] : memref<?xf32>
  }
  return
}

// -----

// Channels are innermost: each lane sums a channel, in the order of the rows.
// CHECK-LABEL: func @channels_last
//  CHECK-SAME:   %[[X:.*]]: memref<50x8xf64>, %[[OUT:.*]]: memref<8xf64>
//       CHECK:   affine.for %[[C:.*]] = 0 to 8 step 8
//       CHECK:     affine.for %[[N:.*]] = 0 to 50 iter_args(%[[S:.*]] = %{{.*}}) -> (vector<8xf64>)
//       CHECK:       %[[DATA:.*]] = affine.vector_load %[[X]][%[[N]], %[[C]]]
//       CHECK:       arith.addf %[[S]], %[[DATA]] : vector<8xf64>
//       CHECK:     affine.vector_store %{{.*}}, %[[OUT]][%[[C]]]
//   CHECK-NOT:   affine.for
func.func @channels_last(%x: memref<50x8xf64>, %out: memref<8xf64>) {
  %zero = arith.constant 0.0 : f64
  affine.for %c = 0 to 8 {
    %sum = affine.for %n = 0 to 50 iter_args(%s = %zero) -> (f64) {
      %v = affine.load %x[%n, %c] : memref<50x8xf64>
      %next = arith.addf %s, %v : f64
      affine.yield %next : f64
    }
    affine.store %sum, %out[%c] : memref<8xf64>
  }
  return
}

// -----

// Iterations that need each other, and views of one buffer, stay scalar.
// CHECK-LABEL: func @dependent
//   CHECK-NOT:   vector
func.func @dependent(%x: memref<65xf32>, %y: memref<64xf32>) {
  affine.for %i = 0 to 64 {
    %v = affine.load %x[%i] : memref<65xf32>
    affine.store %v, %x[%i + 1] : memref<65xf32>
  }
  %shifted = memref.subview %x[1] [64] [1]
    : memref<65xf32> to memref<64xf32, strided<[1], offset: 1>>
  affine.for %i = 0 to 64 {
    %v = affine.load %x[%i] : memref<65xf32>
    affine.store %v, %shifted[%i] : memref<64xf32, strided<[1], offset: 1>>
  }
  return
}

// -----

// Neither strided data nor the induction variable itself has a vector form.
// CHECK-LABEL: func @strided
//   CHECK-NOT:   vector
func.func @strided(%x: memref<64xf32, strided<[2]>>, %y: memref<64xindex>) {
  affine.for %i = 0 to 64 {
    %v = affine.load %x[%i] : memref<64xf32, strided<[2]>>
    %w = arith.negf %v : f32
    affine.store %w, %x[%i] : memref<64xf32, strided<[2]>>
  }
  affine.for %i = 0 to 64 {
    affine.store %i, %y[%i] : memref<64xindex>
  }
  return
}

// -----

// A vector of i1 is packed, memory is not.
// CHECK-LABEL: func @mask
//   CHECK-NOT:   vector
func.func @mask(%x: memref<64xf32>, %mask: memref<64xi1>) {
  %zero = arith.constant 0.0 : f32
  affine.for %i = 0 to 64 {
    %v = affine.load %x[%i] : memref<64xf32>
    %m = arith.cmpf ogt, %v, %zero : f32
    affine.store %m, %mask[%i] : memref<64xi1>
  }
  affine.for %i = 0 to 64 {
    %m = affine.load %mask[%i] : memref<64xi1>
    %v = affine.load %x[%i] : memref<64xf32>
    %w = arith.select %m, %v, %zero : f32
    affine.store %w, %x[%i] : memref<64xf32>
  }
  return
}

// -----

// Likewise of other integers that do not fill their bytes.
// CHECK-LABEL: func @packed
//   CHECK-NOT:   vector
func.func @packed(%nibbles: memref<64xi4>, %triples: memref<64xi24>) {
  affine.for %i = 0 to 64 {
    %v = affine.load %nibbles[%i] : memref<64xi4>
    %w = arith.extsi %v : i4 to i24
    affine.store %w, %triples[%i] : memref<64xi24>
  }
  return
}

// -----

// Without accesses in it the inner loop has a vector form, and so has the outer
// one. Only one of them can have it.
// CHECK-LABEL: func @sums_of_constants
//       CHECK:   affine.for %{{.*}} = 0 to 64 {
//       CHECK:     affine.for %{{.*}} = 0 to 32 step 16
//       CHECK:     vector.reduction
func.func @sums_of_constants(%y: memref<64xf64>, %c: f64) {
  affine.for %i = 0 to 64 {
    %v = affine.load %y[%i] : memref<64xf64>
    %sum = affine.for %j = 0 to 32 iter_args(%s = %v) -> (f64) {
      %next = arith.addf %s, %c fastmath<reassoc> : f64
      affine.yield %next : f64
    }
    affine.store %sum, %y[%i] : memref<64xf64>
  }
  return
}
