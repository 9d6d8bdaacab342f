// Code called from C: interface, numbers, checks of what C passes, lines.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --emit=obj -o code.o && bn-runner %s --emit=header -o code.h
// RUN: %cc -std=c11 -Wall -Wextra -pedantic -Werror -I. %S/Inputs/caller.c code.o -o caller %omp -lm
// RUN: ./caller > printed && ./caller unaligned | cmp - printed
// RUN: %python -c "import numpy as np; \
// RUN:   lines = [np.array(line.split()[1:], float) for line in open('printed')]; \
// RUN:   x = (np.arange(60.0) ** 2 % 17).reshape(4, 3, 5); spread = lambda v: np.reshape(v, (3, 1)); \
// RUN:   y = (x - spread(x.mean((0, 2)))) / np.sqrt(spread(x.var((0, 2))) + 1e-5) * spread([1, -2, 0]) + spread([0, 1, 5]); \
// RUN:   assert abs(lines[0] - x.mean((0, 2))).max() < 1e-4 and abs(lines[1].reshape(y.shape) - y).max() < 1e-4"
//
// RUN: FileCheck %s --check-prefix=HEADER < code.h
// HEADER: void _mlir_ciface_main(
// HEADER-NEXT: const bn_f32_3d *argument0 /* ?x?x?xf32 */,
// HEADER-NEXT: const bn_f32_1d *argument1 /* ?xf32 */,
// HEADER-NEXT: const bn_f32_1d *argument2 /* ?xf32 */,
// HEADER-NEXT: const bn_f32_3d *argument3 /* ?x?x?xf32 */,
// HEADER-NEXT: const bn_f32_1d *argument4 /* 3xf32 */);
// HEADER: void _mlir_ciface_scalars(
// HEADER-NEXT: bool argument0 /* i1 */,
// HEADER-NEXT: int64_t argument1 /* index */,
// HEADER-NEXT: const bn_f16_0d *argument2 /* f16 */);
//
// What disagrees is reported before memory is touched.
// RUN: not --crash ./caller operand 2>&1 | FileCheck %s --check-prefix=OPERAND
// OPERAND: error: {{.*}}bn-runner-c.mlir:[[#@LINE+29]]:{{[0-9]+}}: 'bn.training' op expected beta of type 'tensor<3xf32>', but got 'tensor<4xf32>'
// RUN: not --crash ./caller result 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: error: {{.*}}: 'func.return' op expected buffer of result #0 of type 'tensor<4x3x5xf32>', but got 'tensor<5x3x4xf32>'
// RUN: not --crash ./caller static 2>&1 | FileCheck %s --check-prefix=STATIC
// STATIC: error: {{.*}}: argument #4 of @main: expected a contiguous '3xf32' at offset 0, but got '4xf32' at offset 0, strides 1
// RUN: not --crash ./caller strides 2>&1 | FileCheck %s --check-prefix=STRIDES
// STRIDES: error: {{.*}}: argument #0 of @main: expected a contiguous '4x3x5xf32' at offset 0, but got '4x3x5xf32' at offset 0, strides 16, 5, 1
// RUN: not --crash ./caller offset 2>&1 | FileCheck %s --check-prefix=OFFSET
// OFFSET: error: {{.*}}: argument #0 of @main: expected a contiguous '4x3x5xf32' at offset 0, but got '4x3x5xf32' at offset 1, strides 15, 5, 1
// RUN: not --crash ./caller in-place 2>&1 | FileCheck %s --check-prefix=IN-PLACE
// IN-PLACE: error: {{.*}}: argument #3 of @main, which is written, overlaps argument #0
// RUN: not --crash ./caller overlap 2>&1 | FileCheck %s --check-prefix=OVERLAP
// OVERLAP: error: {{.*}}: argument #4 of @main, which is written, overlaps argument #3
// RUN: not --crash ./caller address 2>&1 | FileCheck %s --check-prefix=ADDRESS
// ADDRESS: error: {{.*}}: argument #3 of @main: expected an address that is a multiple of 4, but got
//
// Debuggers and profilers see the lines of the ops.
// RUN: llvm-dwarfdump --debug-line code.o | FileCheck %s --check-prefix=LINE
// LINE: name: "bn-runner-c.mlir"
// LINE: Address Line Column
// LINE: {{^}}0x{{[0-9a-f]+}} [[#@LINE+9]] 
//
// RUN: sed 's/%%flag: i1/%%flag: bf16/' %s > bf16.mlir
// RUN: %python %S/Inputs/fails.py 1 bn-runner bf16.mlir --emit=header -o none.h | FileCheck %s --check-prefix=BF16
// BF16: argument #0 of @scalars has type bf16, which C has no type for

func.func @main(%x: tensor<?x?x?xf32>, %gamma: tensor<?xf32>,
                %beta: tensor<?xf32>) -> (tensor<?x?x?xf32>, tensor<3xf32>) {
  %y, %mean, %variance =
      bn.training %x, %gamma, %beta epsilon = 1.0e-05 : tensor<?x?x?xf32>, tensor<?xf32>
  %m = tensor.cast %mean : tensor<?xf32> to tensor<3xf32>
  return %y, %m : tensor<?x?x?xf32>, tensor<3xf32>
}
func.func @scalars(%flag: i1, %n: index) -> f16 {
  %0 = arith.constant 1.0 : f16
  return %0 : f16
}
