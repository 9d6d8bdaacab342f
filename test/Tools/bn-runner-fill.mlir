// Arrays that come without a file.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --entry=static --arg=zeros | FileCheck %s --check-prefix=ZEROS
// RUN: bn-runner %s --entry=dynamic --arg='zeros(2x3xbf16)' | FileCheck %s --check-prefix=ZEROS
// ZEROS: result #0: 2x3xbf16, min 0, max 0, mean 0, values [0, 0, 0, 0, 0, 0]
// RUN: bn-runner %s --entry=static --arg=ones | FileCheck %s --check-prefix=ONES
// RUN: bn-runner %s --entry=dynamic --arg='ones(2x3xbf16)' | FileCheck %s --check-prefix=ONES
// ONES: result #0: 2x3xbf16, min 1, max 1, mean 1, values [1, 1, 1, 1, 1, 1]
// RUN: bn-runner %s --entry=dynamic --arg='ones(0x3xbf16)' | FileCheck %s --check-prefix=EMPTY
// EMPTY: result #0: 0x3xbf16, values []
//
// The seed alone decides; without one, the position of the argument does.
// RUN: bn-runner %s --entry=two --arg='random(1)' --arg=random > one
// RUN: bn-runner %s --entry=two --arg='random(1000xf32, seed=1)' --arg='random(1000xf32)' > two
// RUN: diff one two
// RUN: bn-runner %s --entry=two --arg='random(1)' --arg=random | FileCheck %s --check-prefix=SAME
// SAME: result #0: 1000xf32, min 0, max 0, mean 0,
// RUN: bn-runner %s --entry=two --arg=random --arg=random | FileCheck %s --check-prefix=OTHER
// OTHER: result #0: 1000xf32, min -{{.*}}, max {{[1-9]}}
//
// RUN: bn-runner %s --entry=large --arg='random(1000000xf64)' --out=large.npy
// RUN: %python -c "import numpy as np; x = np.load('large.npy'); \
// RUN:   assert abs(x.mean()) < 5e-3 and abs(x.std() - 1) < 5e-3 and abs(x).max() < 3.47; \
// RUN:   assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 5e-3; \
// RUN:   assert abs(np.mean(x < 1) - 0.841) < 0.01"
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=dynamic --arg=ones | FileCheck %s --check-prefix=DYNAMIC
// DYNAMIC: argument #0 (--arg=ones): the type ?x3xbf16 is dynamic, expected a type in parentheses, like ones(3x4xbf16)
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=dynamic --arg='random(5)' | FileCheck %s --check-prefix=DYNAMIC-SEED
// DYNAMIC-SEED: argument #0 (--arg=random(5)): the type ?x3xbf16 is dynamic
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='ones(3)' | FileCheck %s --check-prefix=ONES-BAD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='ones(2x3xbf16, seed=3)' | FileCheck %s --check-prefix=ONES-BAD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='ones(2x-3xbf16)' | FileCheck %s --check-prefix=ONES-BAD
// ONES-BAD: expected no parameter or a type like 3x4xf32
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='random()' | FileCheck %s --check-prefix=RANDOM-BAD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='random(2x3xf99)' | FileCheck %s --check-prefix=RANDOM-BAD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='random(seed=-1)' | FileCheck %s --check-prefix=RANDOM-BAD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='random(seed=1, seed=2)' | FileCheck %s --check-prefix=RANDOM-BAD
// RANDOM-BAD: expected random, random(SEED), random(TYPE) or random(TYPE, seed=SEED)
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=static --arg='random(2x3xbf16' | FileCheck %s --check-prefix=PARENTHESES
// PARENTHESES: expected '(' and ')' around the parameters
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=integers --arg=random | FileCheck %s --check-prefix=INTEGERS
// INTEGERS: expected 4xi32, but random gives floats only
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --entry=dynamic --arg='ones(4611686018427387904x3xbf16)' | FileCheck %s --check-prefix=HUGE
// HUGE: argument #0 (--arg=ones(4611686018427387904x3xbf16)): {{.*}}is too large

func.func @static(%x: tensor<2x3xbf16>) -> tensor<2x3xbf16> {
  return %x : tensor<2x3xbf16>
}
func.func @dynamic(%x: tensor<?x3xbf16>) -> tensor<?x3xbf16> {
  return %x : tensor<?x3xbf16>
}
func.func @large(%x: tensor<1000000xf64>) -> tensor<1000000xf64> {
  return %x : tensor<1000000xf64>
}
func.func @integers(%x: tensor<4xi32>) -> tensor<4xi32> {
  return %x : tensor<4xi32>
}
func.func @two(%x: tensor<1000xf32>, %y: tensor<1000xf32>)
    -> tensor<1000xf32> {
  %0 = arith.subf %x, %y : tensor<1000xf32>
  return %0 : tensor<1000xf32>
}
