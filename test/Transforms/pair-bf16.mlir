// RUN: bn-opt %s --bn-pair-bf16 --split-input-file | FileCheck %s

// The first elements of all words, then the second ones, and back.
// CHECK-LABEL: func @scale
//   CHECK-DAG:   %[[HIGH:.*]] = arith.constant dense<-65536> : vector<16xi32>
//   CHECK-DAG:   %[[HALF:.*]] = arith.constant dense<16> : vector<16xi32>
//   CHECK-DAG:   %[[X:.*]] = affine.vector_load
//   CHECK-DAG:   %[[WORDS:.*]] = vector.bitcast %[[X]] : vector<32xbf16> to vector<16xi32>
//   CHECK-DAG:   %[[FIRST:.*]] = arith.shli %[[WORDS]], %[[HALF]]
//   CHECK-DAG:   %[[SECOND:.*]] = arith.andi %[[WORDS]], %[[HIGH]]
//       CHECK:   %[[LANES:.*]] = vector.shuffle %[[FIRST]], %[[SECOND]] [0, 1, {{.*}}, 30, 31]
//       CHECK:   %[[F:.*]] = arith.bitcast %[[LANES]] : vector<32xi32> to vector<32xf32>
//       CHECK:   %[[Y:.*]] = arith.mulf %[[F]], %{{.*}}
//       CHECK:   %[[BITS:.*]] = arith.bitcast %[[Y]] : vector<32xf32> to vector<32xi32>
//       CHECK:   %[[NAN:.*]] = arith.cmpf uno, %[[Y]], %[[Y]]
//       CHECK:   %[[ROUNDED:.*]] = arith.select %[[NAN]]
//       CHECK:   %[[LEFT:.*]] = vector.shuffle %[[ROUNDED]], %[[ROUNDED]] [0, {{.*}}, 15]
//       CHECK:   %[[A:.*]] = arith.shrui %[[LEFT]]
//       CHECK:   %[[RIGHT:.*]] = vector.shuffle %[[ROUNDED]], %[[ROUNDED]] [16, {{.*}}, 31]
//       CHECK:   %[[B:.*]] = arith.andi %[[RIGHT]]
//       CHECK:   %[[OR:.*]] = arith.ori %[[A]], %[[B]]
//       CHECK:   %[[RESULT:.*]] = vector.bitcast %[[OR]] : vector<16xi32> to vector<32xbf16>
//       CHECK:   affine.vector_store %[[RESULT]]
func.func @scale(%x: memref<320xbf16>, %s: f32) {
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = vector.broadcast %s : f32 to vector<32xf32>
    %3 = arith.mulf %1, %2 : vector<32xf32>
    %4 = arith.truncf %3 : vector<32xf32> to vector<32xbf16>
    affine.vector_store %4, %x[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}

// -----

// Wider floats are made of those in pairs.
// CHECK-LABEL: func @wider
//       CHECK:   %[[F:.*]] = arith.bitcast %{{.*}} : vector<16xi32> to vector<16xf32>
//       CHECK:   arith.extf %[[F]] : vector<16xf32> to vector<16xf64>
func.func @wider(%x: memref<320xbf16>, %s: vector<f64>) {
  %3 = vector.extract %s[] : f64 from vector<f64>
  %4 = vector.broadcast %3 : f64 to vector<16xf64>
  affine.for %i = 0 to 320 step 16 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<16xbf16>
    %1 = arith.extf %0 : vector<16xbf16> to vector<16xf64>
    %2 = arith.mulf %1, %4 : vector<16xf64>
    %5 = arith.truncf %2 : vector<16xf64> to vector<16xf32>
    %6 = arith.truncf %5 : vector<16xf32> to vector<16xbf16>
    vector.store %6, %x[%i] {nontemporal = true} : memref<320xbf16>, vector<16xbf16>
  }
  return
}

// -----

// What is chosen from bf16 needs no rounding; a mask has the lanes of what was
// compared.
// CHECK-LABEL: func @mask
//       CHECK:   arith.cmpf ogt, %{{.*}} : vector<32xf32>
//       CHECK:   arith.select %{{.*}} : vector<32xi1>, vector<32xf32>
//   CHECK-NOT:   arith.cmpf
//       CHECK:   arith.ori
//       CHECK:   affine.vector_store
func.func @mask(%x: memref<320xbf16>, %d: memref<320xbf16>) {
  %zero = arith.constant dense<0.0> : vector<32xbf16>
  %c = arith.constant dense<0.0> : vector<32xf32>
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = arith.cmpf ogt, %1, %c : vector<32xf32>
    %3 = affine.vector_load %d[%i] : memref<320xbf16>, vector<32xbf16>
    %4 = arith.select %2, %3, %zero : vector<32xi1>, vector<32xbf16>
    affine.vector_store %4, %d[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}

// -----

// A minimum of bf16 and a number that is none is rounded.
// CHECK-LABEL: func @bounds
// CHECK-COUNT-1:   arith.cmpf uno
//       CHECK:   arith.minimumf
//       CHECK:   arith.cmpf uno
//   CHECK-NOT:   arith.cmpf uno
//       CHECK:   return
func.func @bounds(%x: memref<320xbf16>) {
  %half = arith.constant dense<0.5> : vector<32xf32>
  %third = arith.constant dense<0.333333343> : vector<32xf32>
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = arith.addf %1, %half : vector<32xf32>
    %3 = arith.truncf %2 : vector<32xf32> to vector<32xbf16>
    %4 = arith.extf %3 : vector<32xbf16> to vector<32xf32>
    %5 = arith.maximumf %4, %half : vector<32xf32>
    %6 = arith.truncf %5 : vector<32xf32> to vector<32xbf16>
    %7 = arith.extf %6 : vector<32xbf16> to vector<32xf32>
    %8 = arith.minimumf %7, %third : vector<32xf32>
    %9 = arith.truncf %8 : vector<32xf32> to vector<32xbf16>
    affine.vector_store %9, %x[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}

// -----

// Lanes of their own: of other loads and stores, from around the loop, of sums
// and of indices; and too few of them.
// CHECK-LABEL: func @load
//   CHECK-NOT:   vector.bitcast
func.func @load(%x: memref<320xbf16>, %y: memref<320xf32>) {
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = affine.vector_load %y[%i] : memref<320xf32>, vector<32xf32>
    %3 = arith.mulf %1, %2 : vector<32xf32>
    %4 = arith.truncf %3 : vector<32xf32> to vector<32xbf16>
    affine.vector_store %4, %x[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}
// CHECK-LABEL: func @store
//   CHECK-NOT:   vector.bitcast
func.func @store(%x: memref<320xbf16>, %y: memref<320xf32>) {
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    affine.vector_store %1, %y[%i] : memref<320xf32>, vector<32xf32>
  }
  return
}
// CHECK-LABEL: func @around
//   CHECK-NOT:   vector.bitcast
func.func @around(%x: memref<320xbf16>, %s: vector<32xf32>) {
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = arith.mulf %1, %s : vector<32xf32>
    %3 = arith.truncf %2 : vector<32xf32> to vector<32xbf16>
    affine.vector_store %3, %x[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}
// CHECK-LABEL: func @condition_around
//   CHECK-NOT:   vector.bitcast
func.func @condition_around(%x: memref<320xbf16>, %c: vector<32xi1>) {
  %zero = arith.constant dense<0.0> : vector<32xbf16>
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.select %c, %0, %zero : vector<32xi1>, vector<32xbf16>
    affine.vector_store %1, %x[%i] : memref<320xbf16>, vector<32xbf16>
  }
  return
}
// CHECK-LABEL: func @sum
//   CHECK-NOT:   vector.bitcast
func.func @sum(%x: memref<320xbf16>) -> vector<32xf32> {
  %zero = arith.constant dense<0.0> : vector<32xf32>
  %sum = affine.for %i = 0 to 320 step 32 iter_args(%s = %zero) -> vector<32xf32> {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = arith.addf %s, %1 : vector<32xf32>
    affine.yield %2 : vector<32xf32>
  }
  return %sum : vector<32xf32>
}
// CHECK-LABEL: func @lane
//   CHECK-NOT:   vector.bitcast
func.func @lane(%x: memref<320xbf16>, %y: memref<320xf32>) {
  affine.for %i = 0 to 320 step 32 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<32xbf16>
    %1 = arith.extf %0 : vector<32xbf16> to vector<32xf32>
    %2 = vector.extract %1[3] : f32 from vector<32xf32>
    affine.store %2, %y[%i] : memref<320xf32>
  }
  return
}
// CHECK-LABEL: func @numbered
//   CHECK-NOT:   vector.bitcast
func.func @numbered(%x: memref<320xbf16>) {
  %ramp = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]> : vector<16xf32>
  affine.for %i = 0 to 320 step 16 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<16xbf16>
    %1 = arith.extf %0 : vector<16xbf16> to vector<16xf32>
    %2 = arith.mulf %1, %ramp : vector<16xf32>
    %3 = arith.truncf %2 : vector<16xf32> to vector<16xbf16>
    affine.vector_store %3, %x[%i] : memref<320xbf16>, vector<16xbf16>
  }
  return
}
// CHECK-LABEL: func @few
//   CHECK-NOT:   vector.bitcast
func.func @few(%x: memref<320xbf16>) {
  affine.for %i = 0 to 320 step 8 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<8xbf16>
    %1 = arith.extf %0 : vector<8xbf16> to vector<8xf32>
    %2 = arith.mulf %1, %1 : vector<8xf32>
    %3 = arith.truncf %2 : vector<8xf32> to vector<8xbf16>
    affine.vector_store %3, %x[%i] : memref<320xbf16>, vector<8xbf16>
  }
  return
}
// CHECK-LABEL: func @rounded_otherwise
//   CHECK-NOT:   vector.bitcast
func.func @rounded_otherwise(%x: memref<320xbf16>) {
  affine.for %i = 0 to 320 step 16 {
    %0 = affine.vector_load %x[%i] : memref<320xbf16>, vector<16xbf16>
    %1 = arith.extf %0 : vector<16xbf16> to vector<16xf32>
    %2 = arith.mulf %1, %1 : vector<16xf32>
    %3 = arith.truncf %2 toward_zero : vector<16xf32> to vector<16xbf16>
    affine.vector_store %3, %x[%i] : memref<320xbf16>, vector<16xbf16>
  }
  return
}
