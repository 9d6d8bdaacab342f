// One program after every stage; each stage takes up where the one before ended.
//
// RUN: bn-opt %s --bn-to-linalg -o %t.linalg
// RUN: FileCheck %s --check-prefix=LINALG --input-file=%t.linalg
// RUN: bn-opt %t.linalg --bn-to-affine -o %t.affine
// RUN: FileCheck %s --check-prefix=AFFINE --input-file=%t.affine
// RUN: bn-opt %t.affine --bn-to-llvm -o %t.llvm
// RUN: FileCheck %s --check-prefix=LLVM --input-file=%t.llvm
// RUN: bn-opt %t.llvm --bn-to-llvm | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=IR
// RUN: bn-opt %s --bn-to-llvm=parallel=false | FileCheck %s --check-prefix=SERIAL

// LINALG-LABEL: func @main
//       LINALG:   scf.forall
//       LINALG:     linalg.generic
//   LINALG-NOT:   bn.

// AFFINE-LABEL: func @main
//  AFFINE-SAME:   memref<8x16x14x14xf32>, %{{.*}}: memref<16xf32>, %{{.*}}: memref<16xf32>, %{{.*}}: memref<8x16x14x14xf32>, %{{.*}}: memref<16xf32>, %{{.*}}: memref<16xf32>)
//       AFFINE:   affine.parallel (%{{.*}}) = (0) to (16) {
//       AFFINE:     affine.for {{.*}} iter_args
//       AFFINE:     affine.for {{.*}} iter_args
//       AFFINE:     math.sqrt
//       AFFINE:     affine.for
//       AFFINE:       affine.for
//       AFFINE:         affine.store

// Vectors of four 256-bit registers, and threads.
//   LLVM-LABEL: llvm.func @main
//         LLVM:   omp.parallel
//         LLVM:     omp.wsloop
//         LLVM:   llvm.load {{.*}} -> vector<32xf32>
//         LLVM: llvm.func @_mlir_ciface_main

//     IR-LABEL: define void @main
//           IR: call void {{.*}} @__kmpc_fork_call
//           IR: define void @_mlir_ciface_main

// SERIAL-LABEL: llvm.func @main
//   SERIAL-NOT:   omp.
func.func @main(%x: tensor<8x16x14x14xf32>, %g: tensor<16xf32>, %b: tensor<16xf32>)
    -> (tensor<8x16x14x14xf32>, tensor<16xf32>, tensor<16xf32>) {
  %y, %m, %v = bn.training %x, %g, %b epsilon = 1.0e-05 : tensor<8x16x14x14xf32>, tensor<16xf32>
  return %y, %m, %v : tensor<8x16x14x14xf32>, tensor<16xf32>, tensor<16xf32>
}
