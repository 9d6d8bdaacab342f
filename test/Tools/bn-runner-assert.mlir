// Assertions of the program.
//
// RUN: bn-runner %s --entry=positive --arg=1 | FileCheck %s --check-prefix=HOLDS
// HOLDS: result #0: f32, {{.*}} values [2]
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=positive --arg=-1 | FileCheck %s --check-prefix=FAILS
// FAILS: error: {{.*}}bn-runner-assert.mlir:[[#@LINE+7]]:3: expected 100 % positive numbers
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=all_positive --arg='zeros(4xf32)' | FileCheck %s --check-prefix=LOOP
// LOOP: error: {{.*}}bn-runner-assert.mlir:{{[0-9]+}}:{{[0-9]+}}: expected 100 % positive numbers

func.func @positive(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %holds = arith.cmpf ogt, %x, %zero : f32
  cf.assert %holds, "expected 100 % positive numbers"
  %y = arith.addf %x, %x : f32
  return %y : f32
}
func.func @all_positive(%x: tensor<?xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %e = tensor.extract %x[%i] : tensor<?xf32>
    %twice = func.call @positive(%e) : (f32) -> f32
    %t = arith.addf %s, %twice : f32
    scf.yield %t : f32
  }
  return %sum : f32
}
