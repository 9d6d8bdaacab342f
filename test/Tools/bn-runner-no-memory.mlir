// Compiled code that gets no memory for a temporary array says so.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --emit=obj -o code.o && bn-runner %s --emit=header -o code.h
// RUN: %cc -std=c11 -Wall -Wextra -pedantic -Werror -I. %S/Inputs/no-memory.c code.o -Wl,--wrap=malloc -o caller %omp -lm
// RUN: not --crash ./caller 2>&1 | FileCheck %s
// CHECK: error: {{.*}}bn-runner-no-memory.mlir:[[#@LINE+8]]:{{[0-9]+}}: no memory for a temporary array of 4x3xf32
//
// Arrays without elements need none.
// RUN: ./caller empty | FileCheck %s --check-prefix=EMPTY
// EMPTY: allocated {{[1-9]}}

func.func @main(%x: tensor<?x3xf32>, %p: tensor<3xf32>) -> tensor<?x3xf32> {
  %y, %mean, %variance =
      bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32>
  %z = math.exp %y : tensor<?x3xf32>
  %w, %mean2, %variance2 =
      bn.training %z, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32>
  return %w : tensor<?x3xf32>
}
