// Results: in files, in order, whole or not at all; the others summarised.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python -c "import numpy as np; np.save('x.npy', np.arange(12, dtype='f4').reshape(3, 4))"
//
// RUN: bn-runner %s --arg=x.npy | FileCheck %s --check-prefix=NONE
// NONE: result #0: 3x4xf32, min 0, max 121, mean 42.1667, values [0, 1, 4, 9, 16, 25, 36, 49, ...]
// NONE-NEXT: result #1: 3x4xf32, min 0, max 22, mean 11, values [0, 2, 4, 6, 8, 10, 12, 14, ...]
// NONE-NEXT: result #2: f32, min 11, max 11, mean 11, values [11]
// RUN: bn-runner %s --arg=x.npy --out=square.npy | FileCheck %s --check-prefix=FIRST
// FIRST-NOT: result #0
// FIRST: result #1: 3x4xf32
// FIRST-NEXT: result #2: f32
// RUN: bn-runner %s --arg=x.npy --out=square.npy --out=double.npy --out=last.npy | count 0
// RUN: %python -c "import numpy as np; x = np.load('x.npy'); \
// RUN:   assert (np.load('square.npy') == x * x).all() and (np.load('double.npy') == 2 * x).all(); \
// RUN:   last = np.load('last.npy'); assert last.shape == () and last == 11"
//
// A file may be read and written by one run, through a link too.
// RUN: cp x.npy same.npy && ln -s same.npy link.npy
// RUN: bn-runner %s --arg=link.npy --out=link.npy | count 2
// RUN: cmp same.npy square.npy && test -L link.npy
//
// Devices are written in place.
// RUN: bn-runner %s --arg=x.npy --out=/dev/null | count 2
// RUN: test -c /dev/null
// RUN: bn-runner %s --arg=x.npy --out=- --out=double.npy --out=last.npy > piped.npy
// RUN: cmp piped.npy square.npy
//
// Nothing is left of a run that fails, and what was there stays.
// RUN: rm -rf failed && mkdir failed && cp x.npy failed/kept.npy
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=x.npy --out=failed/kept.npy --out=failed/new.npy --out=missing/z.npy | FileCheck %s --check-prefix=MISSING
// MISSING: cannot write 'missing/z.npy': No such file or directory
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=x.npy --out=failed/kept.npy --out=failed/new.npy --out=/dev/full | FileCheck %s --check-prefix=FULL
// FULL: cannot write '/dev/full': No space left on device
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=x.npy --out=failed/kept.npy --out=failed | FileCheck %s --check-prefix=DIRECTORY
// DIRECTORY: cannot write 'failed': Is a directory
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=x.npy --out=failed/a.npy --out=failed/b.npy --out=failed/c.npy --out=failed/d.npy | FileCheck %s --check-prefix=MANY
// MANY: expected --out at most 3 times, once for each result of @main, got 4
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=x.npy --out=failed/a.npy --out=failed/a.npy | FileCheck %s --check-prefix=TWICE
// TWICE: --out=failed/a.npy: given for two results
// RUN: ls -A failed | FileCheck %s --check-prefix=LEFT --implicit-check-not=new --implicit-check-not=tmp
// LEFT: kept.npy
// RUN: cmp x.npy failed/kept.npy

func.func @main(%x: tensor<3x4xf32>)
    -> (tensor<3x4xf32>, tensor<3x4xf32>, f32) {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %square = arith.mulf %x, %x : tensor<3x4xf32>
  %double = arith.addf %x, %x : tensor<3x4xf32>
  %last = tensor.extract %x[%c2, %c3] : tensor<3x4xf32>
  return %square, %double, %last : tensor<3x4xf32>, tensor<3x4xf32>, f32
}
