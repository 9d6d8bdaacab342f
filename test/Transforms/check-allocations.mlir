// RUN: bn-opt %s --bn-check-allocations --canonicalize | FileCheck %s

// CHECK-LABEL: func @f
//  CHECK-SAME:   %[[N:.*]]: index
//       CHECK:   %[[A:.*]] = memref.alloc(%[[N]]) : memref<?x4xf32>
//       CHECK:   %[[ADDRESS:.*]] = memref.extract_aligned_pointer_as_index %[[A]]
//       CHECK:   %[[NONE:.*]] = arith.cmpi eq, %[[ADDRESS]], %c0
//       CHECK:   %[[SOME:.*]] = arith.cmpi ne, %[[N]], %c0
//       CHECK:   %[[FAILED:.*]] = arith.andi %[[NONE]], %[[SOME]]
//       CHECK:   scf.if %[[FAILED]] {
//  CHECK-NEXT:     call @bn_fail(%[[N]])
func.func @f(%n: index) -> memref<?x4xf32> {
  %0 = memref.alloc(%n) : memref<?x4xf32>
  return %0 : memref<?x4xf32>
}

// CHECK: "error: {{.*}}check-allocations.mlir:13:8: no memory for a temporary array of %ldx4xf32\0A\00"
