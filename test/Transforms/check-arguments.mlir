// RUN: bn-opt %s --bn-check-arguments --canonicalize --cse | FileCheck %s
// RUN: bn-opt %s --bn-check-arguments | FileCheck %s --check-prefix=MESSAGES

//     CHECK: func @f(%[[X:.*]]: memref<?x?xf32, strided<[?, ?], offset: ?>>, %{{.*}}: memref<?xf64, strided<[?], offset: ?>>, %{{.*}}: memref<f32, strided<[], offset: ?>>)
//     CHECK:   call @[[CHECK_X:.*]](%{{.*}}, %[[X]])
//     CHECK:   %{{.*}}, %{{.*}}, %[[SIZES:.*]]:2, %{{.*}}:2 = memref.extract_strided_metadata %[[X]]
//     CHECK:   %[[VIEW:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%[[SIZES]]#0, 4], strides: [4, 1] : {{.*}} to memref<?x4xf32>
// All pairs in one loop over a table of addresses.
//     CHECK:   %[[TABLE:.*]] = memref.alloca() : memref<3x4xindex>
// CHECK-COUNT-12: memref.store {{.*}} %[[TABLE]]
//     CHECK:   call @[[CHECK_PAIRS:.*]](%[[TABLE]])
//     CHECK:   affine.load %[[VIEW]][0, 0] : memref<?x4xf32>
func.func @f(%x: memref<?x4xf32>, %y: memref<?xf64>, %z: memref<f32>) {
  %c0 = arith.constant 0 : index
  %0 = affine.load %x[%c0, %c0] : memref<?x4xf32>
  %1 = arith.extf %0 : f32 to f64
  %view = memref.subview %y[0] [1] [1] : memref<?xf64> to memref<1xf64>
  affine.store %1, %view[%c0] : memref<1xf64>
  affine.store %0, %z[] : memref<f32>
  return
}

// Elements of three bytes are four apart.
func.func @triples(%x: memref<4xi24>) {
  return
}

// One function checks all arguments of a type.
// CHECK-LABEL: func @pair
//       CHECK:   call @[[CHECK_PAIR:.*]](%[[NAME:.*]], %{{.*}})
//       CHECK:   call @[[CHECK_PAIR]](%[[OTHER:.*]], %{{.*}})
func.func @pair(%x: memref<2x?xbf16>, %y: memref<2x?xbf16>) {
  return
}

// A layout of its own is taken as it is; so is what functions here pass.
// CHECK: func @strided(%{{.*}}: memref<2xf32, strided<[3]>>)
func.func @strided(%x: memref<2xf32, strided<[3]>>) {
  return
}
// CHECK: func private @inner(%{{.*}}: memref<2xf32>)
func.func private @inner(%x: memref<2xf32>) {
  return
}
func.func @outer(%x: memref<2xf32>) {
  call @inner(%x) : (memref<2xf32>) -> ()
  return
}

// A stride counts where there is more than one element.
//     CHECK: func private @[[CHECK_X]](%{{.*}}: !llvm.ptr, %[[X:.*]]: memref<?x?xf32, strided<[?, ?], offset: ?>>)
//     CHECK:   %{{.*}}, %[[OFFSET:.*]], %[[SIZES:.*]]:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata %[[X]]
//     CHECK:   arith.cmpi ne, %[[OFFSET]], %c0
//     CHECK:   arith.cmpi ne, %[[SIZES]]#1, %c4
//     CHECK:   %[[MANY:.*]] = arith.cmpi sgt, %[[SIZES]]#0, %c1
//     CHECK:   %[[OTHER:.*]] = arith.cmpi ne, %[[STRIDES]]#0, %c4
//     CHECK:   arith.andi %[[MANY]], %[[OTHER]]
//     CHECK:   scf.if
//     CHECK:     call @bn_fail

//     CHECK: func private @[[CHECK_PAIRS]](%{{.*}}: memref<3x4xindex>)
//     CHECK:   scf.for %[[I:.*]] = %c0 to %c3 step %c1
//     CHECK:     scf.for %[[J:.*]] = %c0 to %[[I]] step %c1
//     CHECK:       scf.if
//     CHECK:         call @bn_fail

// MESSAGES-DAG: "{{.*}}check-arguments.mlir:{{[0-9]+}}:{{[0-9]+}}: argument #0 of @f\00"
// MESSAGES-DAG: "error: %s: expected a contiguous '%ldx4xf32' at offset 0, but got '%ldx%ldxf32' at offset %ld, strides %ld, %ld\0A\00"
// MESSAGES-DAG: "error: %s: expected an address that is a multiple of 8, but got %ld\0A\00"
// MESSAGES-DAG: "error: {{.*}}check-arguments.mlir:{{[0-9]+}}:{{[0-9]+}}: argument #%ld of @f, which is written, overlaps argument #%ld\0A\00"
// MESSAGES-DAG: "error: %s: expected a contiguous '4xi24' {{.*}}
