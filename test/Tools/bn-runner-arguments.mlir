// Arguments that do not fit the function.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python -c "import numpy as np; np.save('f32.npy', np.ones((2, 3), 'f4')); \
// RUN:   np.save('f64.npy', np.ones((2, 3))); np.save('i64.npy', np.arange(3))"
//
// RUN: bn-runner %s --arg=f32.npy --arg=i64.npy | FileCheck %s
// CHECK: result #0: 2x3xf32, min 1, max 1
// CHECK-NEXT: result #1: 3xindex, min 0, max 2, mean 1, values [0, 1, 2]
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=f64.npy --arg=i64.npy | FileCheck %s --check-prefix=TYPE
// TYPE: argument #0 (--arg=f64.npy): expected 2x3xf32, got 2x3xf64
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg='ones(3x2xf32)' --arg=i64.npy | FileCheck %s --check-prefix=SHAPE
// SHAPE: argument #0 (--arg=ones(3x2xf32)): expected 2x3xf32, got 3x2xf32
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=f32.npy --arg=f32.npy | FileCheck %s --check-prefix=BOTH
// BOTH: argument #1 (--arg=f32.npy): expected 3xindex, got 2x3xf32
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=f32.npy | FileCheck %s --check-prefix=FEW
// FEW: expected --arg 2 times, once for each argument of @main, got 1
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=f32.npy --arg=i64.npy --arg=3 | FileCheck %s --check-prefix=MANY
// MANY: expected --arg 2 times, once for each argument of @main, got 3

func.func @main(%x: tensor<2x3xf32>, %i: tensor<3xindex>)
    -> (tensor<2x3xf32>, tensor<3xindex>) {
  return %x, %i : tensor<2x3xf32>, tensor<3xindex>
}
