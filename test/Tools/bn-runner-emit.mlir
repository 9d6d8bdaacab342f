// The code in files instead of memory.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --emit=llvm -o code.ll | count 0
// RUN: FileCheck %s --check-prefix=ALL < code.ll
// RUN: bn-runner %s --emit=llvm -o - | cmp - code.ll
// ALL: target triple =
// ALL-DAG: define void @_mlir_ciface_first(
// ALL-DAG: define void @_mlir_ciface_second(
//
// With an entry, nothing but the entry.
// RUN: bn-runner %s --entry=second --emit=llvm -o - | FileCheck %s --check-prefix=ONE --implicit-check-not=first
// RUN: bn-runner %s --entry=second --arg='zeros(4xf32)' --emit=llvm -o - | FileCheck %s --check-prefix=ONE --implicit-check-not=first
// ONE: define void @_mlir_ciface_second(
//
// RUN: bn-runner %s --emit=asm -o code.s
// RUN: FileCheck %s --check-prefix=ASM < code.s
// ASM: {{^_*}}_mlir_ciface_first:
//
// RUN: bn-runner %s --emit=obj -o code.o
// RUN: %python -c "code = open('code.o', 'rb').read(); \
// RUN:   assert code[:4] == b'\x7fELF' and code[16] == 1 and b'_mlir_ciface_second' in code"
//
// Nothing is written where there is no code.
// RUN: %python %S/Inputs/fails.py 1 bn-runner %S/Inputs/does-not-lower.mlir --emit=obj -o none.o
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --emit=obj -o missing/code.o | FileCheck %s --check-prefix=MISSING
// MISSING: cannot write 'missing/code.o': No such file or directory
// RUN: ls -A | FileCheck %s --check-prefix=LEFT --implicit-check-not=none --implicit-check-not=tmp
// LEFT: code.o
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --emit=elf -o code.o | FileCheck %s --check-prefix=KIND
// KIND: --emit: expected llvm, asm, obj or header, got 'elf'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --emit=obj | FileCheck %s --check-prefix=ONLY-EMIT
// ONLY-EMIT: --emit=KIND and -o FILE go together, got only --emit
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s -o code.o | FileCheck %s --check-prefix=ONLY-O
// ONLY-O: --emit=KIND and -o FILE go together, got only -o
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --emit=obj -o code.o --bench=3 | FileCheck %s --check-prefix=BENCH
// BENCH: --emit runs nothing, so it takes no --out, --bench or --threads

func.func @first(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = arith.addf %x, %x : tensor<8xf32>
  return %0 : tensor<8xf32>
}
func.func @second(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = arith.mulf %x, %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
