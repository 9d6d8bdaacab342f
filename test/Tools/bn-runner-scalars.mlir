// Numbers for scalars, and scalar results.
//
// RUN: bn-runner %s --entry=floats --arg=-0.1 --arg=1e-5 --arg=inf --arg=1 --arg=nan | FileCheck %s --check-prefix=FLOATS
// FLOATS: result #0: f16, {{.*}}, values [-0.0999756]
// FLOATS-NEXT: result #1: bf16, {{.*}}, values [1.00136e-05]
// FLOATS-NEXT: result #2: f32, {{.*}}, values [inf]
// FLOATS-NEXT: result #3: f64, {{.*}}, values [1]
// FLOATS-NEXT: result #4: f32, min nan, max nan, mean nan, values [nan]
//
// RUN: bn-runner %s --entry=integers --arg=true --arg=-128 --arg=65535 --arg=+7 --arg=-9223372036854775808 --arg=42 | FileCheck %s --check-prefix=INTEGERS
// INTEGERS: result #0: i1, {{.*}}, values [true]
// INTEGERS-NEXT: result #1: i8, {{.*}}, values [-128]
// INTEGERS-NEXT: result #2: i16, {{.*}}, values [-1]
// INTEGERS-NEXT: result #3: i32, {{.*}}, values [7]
// INTEGERS-NEXT: result #4: i64, {{.*}}, values [-9223372036854775808]
// INTEGERS-NEXT: result #5: index, {{.*}}, values [42]
//
// An array of rank 0 takes a number too, and its file serves for a scalar.
// RUN: bn-runner %s --entry=rank0 --arg=2.5 --arg=2 --out=%t.npy
// RUN: bn-runner %s --entry=rank0 --arg=%t.npy --arg=%t.npy | FileCheck %s --check-prefix=RANK0
// RANK0: result #0: f32, {{.*}}, values [25]
//
// Between the values of an array, an index picks one.
// RUN: bn-runner %s --entry=pick --arg='ones(5xf32)' --arg=4 | FileCheck %s --check-prefix=PICK
// PICK: result #0: f32, {{.*}}, values [1]
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=rank0 --arg=1e39 --arg=1 | FileCheck %s --check-prefix=LARGE
// LARGE: argument #0 (--arg=1e39): expected a number that fits in f32
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=pick --arg='ones(5xf32)' --arg=1.5 | FileCheck %s --check-prefix=FRACTION
// FRACTION: argument #1 (--arg=1.5): expected a number that fits in index
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=integers --arg=2 --arg=0 --arg=0 --arg=0 --arg=0 --arg=0 | FileCheck %s --check-prefix=BOOL
// BOOL: argument #0 (--arg=2): expected a number that fits in i1
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=integers --arg=0 --arg=256 --arg=0 --arg=0 --arg=0 --arg=0 | FileCheck %s --check-prefix=BYTE
// BYTE: argument #1 (--arg=256): expected a number that fits in i8
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=pick --arg=3 --arg=1 | FileCheck %s --check-prefix=ARRAY
// ARRAY: argument #0 (--arg=3): expected an array of ?xf32, got a number
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=pick --arg='ones(5xf32)' --arg='ones(1xindex)' | FileCheck %s --check-prefix=NUMBER
// NUMBER: argument #1 (--arg=ones(1xindex)): expected index, got 1xindex

func.func @floats(%a: f16, %b: bf16, %c: f32, %d: f64, %e: f32)
    -> (f16, bf16, f32, f64, f32) {
  return %a, %b, %c, %d, %e : f16, bf16, f32, f64, f32
}
func.func @integers(%a: i1, %b: i8, %c: i16, %d: i32, %e: i64, %f: index)
    -> (i1, i8, i16, i32, i64, index) {
  return %a, %b, %c, %d, %e, %f : i1, i8, i16, i32, i64, index
}
func.func @rank0(%x: tensor<f32>, %y: f32) -> f32 {
  %0 = tensor.extract %x[] : tensor<f32>
  %1 = arith.mulf %0, %y : f32
  return %1 : f32
}
func.func @pick(%x: tensor<?xf32>, %i: index) -> f32 {
  %0 = tensor.extract %x[%i] : tensor<?xf32>
  return %0 : f32
}
