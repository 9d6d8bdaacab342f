// The program counts the threads that OpenMP gives it.
//
// RUN: bn-runner %s --threads=1 | FileCheck %s --check-prefix=ONE
// ONE: values [1]
// RUN: bn-runner %s --threads=3 | FileCheck %s --check-prefix=THREE
// THREE: values [3]
// RUN: env OMP_NUM_THREADS=5 bn-runner %s | FileCheck %s --check-prefix=FIVE
// FIVE: values [5]
// RUN: env OMP_NUM_THREADS=5 bn-runner %s --threads=2 --bench=1 | FileCheck %s --check-prefix=BENCH
// BENCH: "threads":2
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --threads=0 | FileCheck %s --check-prefix=ZERO
// ZERO: --threads: expected a number from 1 to 1024, got '0'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --threads=-1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: --threads: expected a number from 1 to 1024, got '-1'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --threads=all | FileCheck %s --check-prefix=ALL
// ALL: --threads: expected a number from 1 to 1024, got 'all'

llvm.func @__kmpc_fork_call(!llvm.ptr, i32, !llvm.ptr, ...)

llvm.func @task(%global: !llvm.ptr, %bound: !llvm.ptr, %count: !llvm.ptr) {
  %one = llvm.mlir.constant(1 : i32) : i32
  %old = llvm.atomicrmw add %count, %one monotonic : !llvm.ptr, i32
  llvm.return
}

func.func @main() -> i32 {
  %zero = llvm.mlir.constant(0 : i32) : i32
  %one = llvm.mlir.constant(1 : i32) : i32
  %null = llvm.mlir.zero : !llvm.ptr
  %count = llvm.alloca %one x i32 : (i32) -> !llvm.ptr
  llvm.store %zero, %count : i32, !llvm.ptr
  %task = llvm.mlir.addressof @task : !llvm.ptr
  llvm.call @__kmpc_fork_call(%null, %one, %task, %count)
      vararg(!llvm.func<void (ptr, i32, ptr, ...)>)
      : (!llvm.ptr, i32, !llvm.ptr, !llvm.ptr) -> ()
  %0 = llvm.load %count : !llvm.ptr -> i32
  return %0 : i32
}
