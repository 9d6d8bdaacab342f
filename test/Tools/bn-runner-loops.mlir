// Loops that carry arrays of dynamic shape.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python -c "import numpy as np; np.save('x.npy', np.arange(24, dtype='f4').reshape(8, 3))"
//
// The shape changes: statistics of 8 rows, then of the first 4, then of 2.
// RUN: bn-runner %s --entry=halves --arg=x.npy --arg=1 | FileCheck %s --check-prefix=ONCE
// ONCE: result #0: {{.*}} values [10.5, 11.5, 12.5]
// ONCE: result #1: {{.*}} values [4]
// RUN: bn-runner %s --entry=halves --arg=x.npy --arg=3 | FileCheck %s --check-prefix=THRICE
// THRICE: result #0: {{.*}} values [1.5, 2.5, 3.5]
// THRICE: result #1: {{.*}} values [1]
//
// Also where it is the program that forgets a static one.
// RUN: bn-runner %s --entry=static_halves --arg=x.npy --arg=3 | FileCheck %s --check-prefix=THRICE
//
// Such a shape cannot be that of a result.
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=grow --arg=x.npy --arg=2 | FileCheck %s --check-prefix=GROW
// GROW: result #0 of @grow has shape ?x3xf32, which the shapes of the arguments do not determine
//
// The shape that a loop keeps is that of the argument.
// RUN: bn-runner %s --entry=double --arg=x.npy --arg=2 | FileCheck %s --check-prefix=DOUBLE
// DOUBLE: result #0: 8x3xf32, min 0, max 92

func.func @halves(%x: tensor<?x3xf32>, %n: index) -> (tensor<3xf32>, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %p = arith.constant dense<1.0> : tensor<3xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %last = %p)
      -> (tensor<?x3xf32>, tensor<3xf32>) {
    %y, %mean, %variance = bn.training %a, %p, %p epsilon = 1.0 : tensor<?x3xf32>, tensor<3xf32>
    %rows = tensor.dim %a, %c0 : tensor<?x3xf32>
    %half = arith.divui %rows, %c2 : index
    %s = tensor.extract_slice %a[0, 0] [%half, 3] [1, 1] : tensor<?x3xf32> to tensor<?x3xf32>
    scf.yield %s, %mean : tensor<?x3xf32>, tensor<3xf32>
  }
  %rows = tensor.dim %r#0, %c0 : tensor<?x3xf32>
  return %r#1, %rows : tensor<3xf32>, index
}
func.func @static_halves(%x: tensor<8x3xf32>, %n: index) -> (tensor<3xf32>, index) {
  %0 = tensor.cast %x : tensor<8x3xf32> to tensor<?x3xf32>
  %1:2 = call @halves(%0, %n) : (tensor<?x3xf32>, index) -> (tensor<3xf32>, index)
  return %1#0, %1#1 : tensor<3xf32>, index
}
func.func @grow(%x: tensor<?x3xf32>, %n: index) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?x3xf32> {
    %0 = tensor.concat dim(0) %a, %x : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
    scf.yield %0 : tensor<?x3xf32>
  }
  return %r : tensor<?x3xf32>
}
func.func @double(%x: tensor<?x?xf32>, %n: index) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?x?xf32> {
    %0 = arith.addf %a, %a : tensor<?x?xf32>
    scf.yield %0 : tensor<?x?xf32>
  }
  return %r : tensor<?x?xf32>
}
