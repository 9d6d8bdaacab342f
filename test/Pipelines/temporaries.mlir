// Temporary arrays inside parallel loops: each is checked, none leaves a scope behind.
// RUN: bn-opt %s --convert-elementwise-to-linalg --bn-tile-and-fuse --bn-to-llvm | FileCheck %s

// CHECK-LABEL: llvm.func @f
//       CHECK:   omp.wsloop
//       CHECK:     %[[A:.*]] = llvm.call @malloc
//       CHECK:     llvm.ptrtoint
//       CHECK:     llvm.icmp "eq"
//       CHECK:     llvm.cond_br
//       CHECK:     llvm.call @bn_fail
func.func @f(%x: tensor<1x2x?x?x1xf32>, %p: tensor<2xf32>) -> tensor<1x2x?x?x1xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-03 : tensor<1x2x?x?x1xf32>, tensor<2xf32>
  return %y : tensor<1x2x?x?x1xf32>
}
