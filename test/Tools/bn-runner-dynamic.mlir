// Dynamic dims take the shapes of the arguments before compilation.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python -c "import numpy as np; \
// RUN:   np.save('x.npy', np.arange(6, dtype='f4').reshape(2, 3)); \
// RUN:   np.save('y.npy', np.array([10, 20, 30], 'f4'))"
// RUN: bn-runner %s --entry=add_row --arg=x.npy --arg=y.npy --out=z.npy
// RUN: %python -c "import numpy as np; z = np.load('z.npy'); \
// RUN:   assert z.dtype == np.float32 and (z == np.load('x.npy') + np.load('y.npy')).all()"
//
// The code is that of a static program: short loops of constant sizes are gone.
// RUN: bn-runner %s --entry=add_row --arg='ones(2x3xf32)' --arg='ones(3xf32)' --emit=llvm -o - | FileCheck %s --check-prefix=STATIC
// STATIC-LABEL: define void @_mlir_ciface_add_row(
// STATIC-NOT: phi
// STATIC: ret void
// RUN: bn-runner %s --entry=add_row --emit=llvm -o - | FileCheck %s --check-prefix=DYNAMIC
// DYNAMIC-LABEL: define void @_mlir_ciface_add_row(
// DYNAMIC: phi
// DYNAMIC: ret void
//
// A memref takes its dims likewise.
// RUN: bn-runner %s --entry=size --arg='zeros(5x7xf32)' | FileCheck %s --check-prefix=SIZE
// SIZE: values [7]
//
// The entry may be called: here by itself and by another function.
// RUN: bn-runner %s --entry=power --arg='ones(3xf32)' --arg=5 | FileCheck %s --check-prefix=POWER
// POWER: result #0: f32, {{.*}}, values [32]
// RUN: bn-runner %s --entry=caller --arg='ones(3xf32)' | FileCheck %s --check-prefix=CALLER
// CALLER: result #0: f32, {{.*}}, values [8]
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=add_row --arg='ones(6xf32)' --arg='ones(3xf32)' | FileCheck %s --check-prefix=RANK
// RANK: argument #0 (--arg=ones(6xf32)): expected ?x?xf32, got 6xf32
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=add_row --arg='ones(2x3xf32)' --arg='ones(4xf32)' | FileCheck %s --check-prefix=CONTRADICTION
// CONTRADICTION: bn-runner-dynamic.mlir:{{[0-9]+}}:{{[0-9]+}}: 'linalg.generic' op {{.*}} to be 3, but found 4
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=unknown --arg=3 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: result #0 of @unknown has shape ?xf32, which the shapes of the arguments do not determine

// Sizes that depend on data are checked when the program runs.
// RUN: bn-runner %s --entry=first_columns --arg='ones(3x4xf32)' --arg='zeros(4xf32)' --arg=4 | FileCheck %s --check-prefix=COLUMNS
// COLUMNS: result #0: 3x4xf32
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=first_columns --arg='ones(3x4xf32)' --arg='zeros(4xf32)' --arg=2 | FileCheck %s --check-prefix=DATA
// DATA: bn-runner-dynamic.mlir:{{[0-9]+}}:{{[0-9]+}}: 'bn.inference' op expected gamma of type 'tensor<2xf32>', but got 'tensor<4xf32>'

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>

func.func @add_row(%x: tensor<?x?xf32>, %y: tensor<?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %empty = tensor.empty(%m, %n) : tensor<?x?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : tensor<?x?xf32>, tensor<?xf32>)
      outs(%empty : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %sum = arith.addf %a, %b : f32
    linalg.yield %sum : f32
  } -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
func.func @size(%x: memref<?x?xf32>) -> index {
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c1 : memref<?x?xf32>
  return %n : index
}
func.func @power(%x: tensor<?xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %isZero = arith.cmpi eq, %n, %c0 : index
  %0 = scf.if %isZero -> f32 {
    %one = tensor.extract %x[%c0] : tensor<?xf32>
    scf.yield %one : f32
  } else {
    %less = arith.subi %n, %c1 : index
    %half = func.call @power(%x, %less) : (tensor<?xf32>, index) -> f32
    %twice = arith.addf %half, %half : f32
    scf.yield %twice : f32
  }
  return %0 : f32
}
func.func @caller(%x: tensor<?xf32>) -> f32 {
  %c3 = arith.constant 3 : index
  %0 = func.call @power(%x, %c3) : (tensor<?xf32>, index) -> f32
  return %0 : f32
}
func.func @unknown(%n: index) -> tensor<?xf32> {
  %one = arith.constant 1.0 : f32
  %0 = tensor.splat %one[%n] : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @first_columns(%x: tensor<3x4xf32>, %p: tensor<4xf32>, %n: index) -> tensor<3x4xf32> {
  %0 = tensor.extract_slice %x[0, 0] [3, %n] [1, 1] : tensor<3x4xf32> to tensor<3x?xf32>
  %1 = bn.inference %0, %p, %p, %p, %p epsilon = 1.0
      : (tensor<3x?xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  %2 = tensor.cast %1 : tensor<3x?xf32> to tensor<3x4xf32>
  return %2 : tensor<3x4xf32>
}
