// Which function is run.
//
// RUN: bn-runner %s | FileCheck %s --check-prefix=MAIN
// RUN: bn-runner %s --entry=main | FileCheck %s --check-prefix=MAIN
// MAIN: values [1]
// RUN: bn-runner %s --entry=other | FileCheck %s --check-prefix=OTHER
// OTHER: values [2]
// RUN: bn-runner %S/Inputs/one-function.mlir | FileCheck %s --check-prefix=ONLY
// ONLY: values [7]
//
// What the entry does not need cannot stand in its way: @main runs although
// @unfit, which takes an unranked tensor, would be rejected.
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=unfit --arg=ones | FileCheck %s --check-prefix=UNFIT
// UNFIT: argument #0 of @unfit has type tensor<*xf32>, expected a dense ranked tensor, a memref of identity layout or a scalar
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=missing | FileCheck %s --check-prefix=MISSING
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=hidden | FileCheck %s --check-prefix=HIDDEN
// MISSING: there is no public function @missing, expected one of @main, @other, @unfit
// HIDDEN: there is no public function @hidden, expected one of @main, @other, @unfit
// RUN: echo 'func.func @f() { return } func.func @g() { return }' | %python %S/Inputs/fails.py 2 bn-runner - | FileCheck %s --check-prefix=CHOOSE
// CHOOSE: no entry was named and there is no @main, expected one of @f, @g
// RUN: echo 'module {}' | %python %S/Inputs/fails.py 1 bn-runner - | FileCheck %s --check-prefix=NONE
// NONE: the program has no public function

func.func @main() -> i32 {
  %0 = func.call @hidden() : () -> i32
  return %0 : i32
}
func.func @other() -> i32 {
  %0 = func.call @main() : () -> i32
  %1 = arith.addi %0, %0 : i32
  return %1 : i32
}
func.func private @hidden() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
func.func @unfit(%x: tensor<*xf32>) {
  return
}
