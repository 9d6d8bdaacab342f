// RUN: bn-opt %s --bn-check-arguments --canonicalize --cse | FileCheck %s
// RUN: bn-opt %s --bn-check-arguments | FileCheck %s --check-prefix=MESSAGES

//     CHECK: func @_mlir_ciface_f(%[[X:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[SCALAR:.*]]: f32)
// A row for each argument, in one table.
// CHECK-DAG:   %[[C0:.*]] = llvm.mlir.constant(0 : i64)
// CHECK-DAG:   %[[C1:.*]] = llvm.mlir.constant(1 : i64)
// CHECK-DAG:   %[[C2:.*]] = llvm.mlir.constant(2 : i64)
// CHECK-DAG:   %[[C3:.*]] = llvm.mlir.constant(3 : i64)
//     CHECK:   %[[TABLE:.*]] = llvm.alloca %[[C3]] x !llvm.array<4 x i64>
//     CHECK:   %[[ROW0:.*]] = llvm.getelementptr %[[TABLE]][0, 0]
//     CHECK:   call @[[CHECK_X:.*]](%{{.*}}, %[[X]], %[[ROW0]], %[[C0]], %[[C0]])
//     CHECK:   %[[LOADED:.*]] = llvm.load %[[X]]
//     CHECK:   %[[GIVEN:.*]] = builtin.unrealized_conversion_cast %[[LOADED]] : {{.*}} to memref<?x?xf32, strided<[?, ?], offset: ?>>
//     CHECK:   %{{.*}}, %{{.*}}, %[[SIZES:.*]]:2, %{{.*}}:2 = memref.extract_strided_metadata %[[GIVEN]]
//     CHECK:   %[[VIEW:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%[[SIZES]]#0, 4], strides: [4, 1] : {{.*}} to memref<?x4xf32>
//     CHECK:   %[[ROW1:.*]] = llvm.getelementptr %[[TABLE]][1, 0]
//     CHECK:   call @{{.*}}(%{{.*}}, %{{.*}}, %[[ROW1]], %[[C1]], %[[C1]])
//     CHECK:   %[[ROW2:.*]] = llvm.getelementptr %[[TABLE]][2, 0]
//     CHECK:   call @{{.*}}(%{{.*}}, %{{.*}}, %[[ROW2]], %[[C2]], %[[C1]])
//     CHECK:   call @[[CHECK_PAIRS:.*]](%[[TABLE]])
//     CHECK:   affine.load %[[VIEW]][0, 0] : memref<?x4xf32>
func.func @f(%x: memref<?x4xf32>, %y: memref<?xf64>, %z: memref<f32>, %s: f32) {
  %c0 = arith.constant 0 : index
  %0 = affine.load %x[%c0, %c0] : memref<?x4xf32>
  %1 = arith.extf %0 : f32 to f64
  %view = memref.subview %y[0] [1] [1] : memref<?xf64> to memref<1xf64>
  affine.store %1, %view[%c0] : memref<1xf64>
  %2 = arith.addf %0, %s : f32
  affine.store %2, %z[] : memref<f32>
  return
}

// Elements of three bytes are four apart.
func.func @triples(%x: memref<4xi24>) {
  return
}

// One function checks all arguments of a type.
//       CHECK: func @_mlir_ciface_pair(%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr)
//       CHECK:   call @[[CHECK_PAIR:.*]](%{{.*}}, %[[X]],
//       CHECK:   call @[[CHECK_PAIR]](%{{.*}}, %[[Y]],
func.func @pair(%x: memref<2x?xbf16>, %y: memref<2x?xbf16>) {
  return
}

// A layout of its own is taken as it is; so is what functions here pass.
// CHECK-LABEL: func @_mlir_ciface_strided(%{{.*}}: !llvm.ptr)
//   CHECK-NOT:   call
//       CHECK:   %[[LOADED:.*]] = llvm.load
//       CHECK:   %[[X:.*]] = builtin.unrealized_conversion_cast %[[LOADED]] : {{.*}} to memref<2xf32, strided<[3]>>
//       CHECK:   affine.load %[[X]]
func.func @strided(%x: memref<2xf32, strided<[3]>>) -> f32 {
  %c0 = arith.constant 0 : index
  %0 = affine.load %x[%c0] : memref<2xf32, strided<[3]>>
  return %0 : f32
}
// CHECK: func @result(%{{.*}}: memref<2xf32>) -> memref<2xf32>
func.func @result(%x: memref<2xf32>) -> memref<2xf32> {
  return %x : memref<2xf32>
}
// CHECK: func @space(%{{.*}}: memref<2xf32, "fast">)
func.func @space(%x: memref<2xf32, "fast">) {
  return
}
// CHECK: func @_mlir_ciface_numbered(
func.func @numbered(%x: memref<2xf32, 1>) {
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
//     CHECK: func private @[[CHECK_X]](%[[NAME:.*]]: !llvm.ptr, %[[X:.*]]: !llvm.ptr, %[[ROW:.*]]: !llvm.ptr, %[[NUMBER:.*]]: i64, %[[WRITTEN:.*]]: i64)
//     CHECK:   %[[GIVEN:.*]] = builtin.unrealized_conversion_cast
//     CHECK:   %{{.*}}, %[[OFFSET:.*]], %[[SIZES:.*]]:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata %[[GIVEN]]
//     CHECK:   arith.cmpi ne, %[[OFFSET]], %c0
//     CHECK:   arith.cmpi ne, %[[SIZES]]#1, %c4
//     CHECK:   %[[MANY:.*]] = arith.cmpi sgt, %[[SIZES]]#0, %c1
//     CHECK:   %[[OTHER:.*]] = arith.cmpi ne, %[[STRIDES]]#0, %c4
//     CHECK:   arith.andi %[[MANY]], %[[OTHER]]
//     CHECK:   scf.if
//     CHECK:     call @bn_fail{{.*}}(%[[NAME]],
// CHECK-DAG:   %[[CELL0:.*]] = llvm.getelementptr %[[ROW]][0, 0]
// CHECK-DAG:   llvm.store %{{.*}}, %[[CELL0]]
// CHECK-DAG:   %[[CELL1:.*]] = llvm.getelementptr %[[ROW]][0, 1]
// CHECK-DAG:   llvm.store %{{.*}}, %[[CELL1]]
// CHECK-DAG:   %[[CELL2:.*]] = llvm.getelementptr %[[ROW]][0, 2]
// CHECK-DAG:   llvm.store %[[NUMBER]], %[[CELL2]]
// CHECK-DAG:   %[[CELL3:.*]] = llvm.getelementptr %[[ROW]][0, 3]
// CHECK-DAG:   llvm.store %[[WRITTEN]], %[[CELL3]]

//     CHECK: func private @[[CHECK_PAIRS]](%{{.*}}: !llvm.ptr)
//     CHECK:   scf.for %[[I:.*]] = %c0 to %c3 step %c1
//     CHECK:     scf.for %[[J:.*]] = %c0 to %[[I]] step %c1
//     CHECK:       scf.if
//     CHECK:         call @bn_fail

// MESSAGES-DAG: "{{.*}}check-arguments.mlir:{{[0-9]+}}:{{[0-9]+}}: argument #0 of @f\00"
// MESSAGES-DAG: "error: %s: expected a contiguous '%ldx4xf32' at offset 0, but got '%ldx%ldxf32' at offset %ld, strides %ld, %ld\0A\00"
// MESSAGES-DAG: "error: %s: expected an address that is a multiple of 8, but got %ld\0A\00"
// MESSAGES-DAG: "error: {{.*}}check-arguments.mlir:{{[0-9]+}}:{{[0-9]+}}: argument #%ld of @f, which is written, overlaps argument #%ld\0A\00"
// MESSAGES-DAG: "error: %s: expected a contiguous '4xi24' {{.*}}
