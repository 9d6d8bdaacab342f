// Functions that have the names of C functions, or of those of a C program.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --entry=exp --arg=1 | FileCheck %s --check-prefix=EXP
// EXP: values [2.71828]
// RUN: bn-runner %s --entry=logf --arg='ones(4xf32)' | FileCheck %s --check-prefix=LOG
// LOG: result #0: 4xf32, min 0.693147, max 0.693147
// RUN: bn-runner %s --entry=malloc --arg=ones --arg=ones | FileCheck %s --check-prefix=MALLOC
// MALLOC: result #0: 4x3xf32, min 0, max 0
// RUN: bn-runner %s --entry=abort --arg='zeros(4x3xf32)' --arg='ones(3xf32)' --arg=3 | FileCheck %s --check-prefix=ABORT
// ABORT: result #0: 4x3xf32, min 1, max 1
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=abort --arg='zeros(4x3xf32)' --arg='ones(3xf32)' --arg=2 | FileCheck %s --check-prefix=FAILS
// FAILS: 'bn.inference' op expected gamma of type 'tensor<2xf32>', but got 'tensor<3xf32>'
//
// An object has the names of the C interface alone.
// RUN: bn-runner %s --emit=obj -o code.o && bn-runner %s --emit=header -o code.h
// RUN: %cc -std=c11 -Wall -Wextra -pedantic -Werror -fno-builtin -I. %S/Inputs/names.c code.o -o caller %omp -lm
// RUN: ./caller | FileCheck %s --check-prefix=CALLER
// CALLER: 2 0 8 1.09861
// RUN: nm --defined-only --extern-only code.o | FileCheck %s --check-prefix=SYMBOLS --implicit-check-not='{{ [A-Z] }}'
// SYMBOLS-COUNT-5: T _mlir_ciface_
//
// Names that a header cannot have.
// RUN: sed 's/@forward/@"for.ward"/' %s > dot.mlir
// RUN: %python %S/Inputs/fails.py 1 bn-runner dot.mlir --emit=header -o none.h | FileCheck %s --check-prefix=DOT
// DOT: @for.ward has a name that C cannot write, expected letters, digits and underscores
// RUN: not test -e none.h
// RUN: bn-runner dot.mlir --entry=for.ward --arg='ones(4xf32)' | FileCheck %s --check-prefix=FORWARD
// FORWARD: result #0: 4xf32, min 2, max 2

func.func @forward(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = arith.addf %x, %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @exp(%x: f64) -> f64 {
  %0 = math.exp %x : f64
  return %0 : f64
}
func.func @logf(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = func.call @expm1f(%x) : (tensor<?xf32>) -> tensor<?xf32>
  %1 = math.log1p %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}
func.func private @expm1f(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}
func.func @malloc(%x: tensor<4x3xf32>, %p: tensor<3xf32>) -> tensor<4x3xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0 : tensor<4x3xf32>, tensor<3xf32>
  %0 = math.exp %y : tensor<4x3xf32>
  %z, %mean2, %variance2 = bn.training %0, %p, %p epsilon = 1.0 : tensor<4x3xf32>, tensor<3xf32>
  %1 = arith.subf %z, %y : tensor<4x3xf32>
  return %1 : tensor<4x3xf32>
}
func.func @abort(%x: tensor<4x3xf32>, %p: tensor<?xf32>, %n: index) -> tensor<4x3xf32> {
  %0 = tensor.extract_slice %x[0, 0] [4, %n] [1, 1] : tensor<4x3xf32> to tensor<4x?xf32>
  %1 = bn.inference %0, %p, %p, %p, %p epsilon = 0.0 : tensor<4x?xf32>, tensor<?xf32>
  %2 = math.erf %1 : tensor<4x?xf32>
  %3 = arith.subf %2, %2 : tensor<4x?xf32>
  %4 = math.exp %3 : tensor<4x?xf32>
  %5 = tensor.cast %4 : tensor<4x?xf32> to tensor<4x3xf32>
  return %5 : tensor<4x3xf32>
}
