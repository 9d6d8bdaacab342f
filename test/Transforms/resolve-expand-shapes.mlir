// RUN: bn-opt %s --bn-resolve-expand-shapes | FileCheck %s

// CHECK-LABEL: func @expand
//  CHECK-SAME:   %[[X:.*]]: memref<?x?xf32>, %[[M:.*]]: index, %[[N:.*]]: index
//       CHECK:   %[[BASE:.*]], %{{.*}}, %{{.*}}:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata %[[X]]
//       CHECK:   %[[STRIDE:.*]] = affine.apply #{{.*}}()[%{{.*}}, %{{.*}}]
//       CHECK:   memref.reinterpret_cast %[[BASE]] to offset: [0], sizes: [%[[M]], %[[N]], %[[N]]], strides: [%[[STRIDE]], %[[STRIDES]]#0, 1]
func.func @expand(%x: memref<?x?xf32>, %m: index, %n: index) -> memref<?x?x?xf32> {
  %y = memref.expand_shape %x [[0, 1], [2]] output_shape [%m, %n, %n] : memref<?x?xf32> into memref<?x?x?xf32>
  return %y : memref<?x?x?xf32>
}

// Upstream resolves what has one.
// CHECK-LABEL: func @one
//       CHECK:   memref.expand_shape
func.func @one(%x: memref<?xf32>, %n: index) -> memref<?x3xf32> {
  %y = memref.expand_shape %x [[0, 1]] output_shape [%n, 3] : memref<?xf32> into memref<?x3xf32>
  return %y : memref<?x3xf32>
}
