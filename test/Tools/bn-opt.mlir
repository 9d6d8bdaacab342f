// What an MLIR engineer expects of an opt-style driver.
//
// RUN: bn-opt --show-dialects | FileCheck %s --check-prefix=DIALECTS
// DIALECTS: arith
// DIALECTS-SAME: bn
// DIALECTS-SAME: linalg
//
// RUN: bn-opt --help | FileCheck %s --check-prefix=HELP
// HELP: OVERVIEW: Batch-norm compiler optimizer driver
// HELP: --bn-to-linalg
// HELP: --bn-to-affine
// HELP: --bn-to-llvm
// HELP: --convert-bn-to-linalg
// HELP: USAGE: bn-opt
// HELP: --affine-loop-fusion
// HELP: --bn-tile-and-fuse
//
// RUN: bn-opt %s --emit-bytecode -o %t.mlirbc
// RUN: bn-opt %t.mlirbc | FileCheck %s --check-prefix=TEXT
// TEXT: bn.inference %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} epsilon = 1.000000e-05 : tensor<4x3xf32>, tensor<3xf32>
//
// RUN: bn-opt %s --bn-to-affine --mlir-print-ir-after-all -o /dev/null 2>&1 | FileCheck %s --check-prefix=STAGES
// STAGES: IR Dump After {{.*}}bn-tile-and-fuse
// STAGES: IR Dump After {{.*}}convert-bn-to-linalg
// STAGES: IR Dump After {{.*}}one-shot-bufferize
func.func @main(%x: tensor<4x3xf32>, %p: tensor<3xf32>) -> tensor<4x3xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<4x3xf32>, tensor<3xf32>
  return %y : tensor<4x3xf32>
}
