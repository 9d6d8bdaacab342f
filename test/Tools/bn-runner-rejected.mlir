// Programs that are refused, with the place where MLIR found fault.
//
// RUN: %python %S/Inputs/fails.py 1 bn-runner %S/Inputs/does-not-parse.mlir --arg=ones | FileCheck %s --check-prefix=PARSE
// PARSE: error: {{.*}}does-not-parse.mlir:2:23: use of undeclared SSA value name
// RUN: %python %S/Inputs/fails.py 1 bn-runner %S/Inputs/does-not-verify.mlir --arg=ones | FileCheck %s --check-prefix=VERIFY
// VERIFY: error: {{.*}}does-not-verify.mlir:2:3: type of return operand 0 {{.*}} doesn't match function result type
// RUN: %python %S/Inputs/fails.py 1 bn-runner %S/Inputs/does-not-lower.mlir --arg=ones | FileCheck %s --check-prefix=LOWER
// LOWER: error: {{.*}}does-not-lower.mlir:2:8:
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --arg=1 | FileCheck %s --check-prefix=LINK
// LINK: error: @main cannot be linked: {{.*}}there_is_no_such_function
// RUN: bn-runner %s --emit=obj -o %t.o

llvm.func @there_is_no_such_function(f32)

func.func @main(%x: f32) {
  llvm.call @there_is_no_such_function(%x) : (f32) -> ()
  return
}
