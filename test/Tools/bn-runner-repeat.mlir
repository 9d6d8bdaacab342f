// Layers that are alike become machine code once, and compute each its own.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: bn-runner %s --emit=llvm -o code.ll
// RUN: FileCheck %s --check-prefix=ONCE < code.ll
// ONCE-COUNT-1: call double @llvm.sqrt.f64
// ONCE-NOT: call double @llvm.sqrt.f64
//
// Each is called from its own line.
// RUN: FileCheck %s --check-prefix=LINES < code.ll
//     LINES: call {{.*}}@__kmpc_fork_call{{.*}} !dbg ![[FIRST:[0-9]+]]
//     LINES: call {{.*}}@__kmpc_fork_call{{.*}} !dbg ![[SECOND:[0-9]+]]
// LINES-DAG: ![[FIRST]] = !DILocation(line: [[#@LINE+13]]
// LINES-DAG: ![[SECOND]] = !DILocation(line: [[#@LINE+14]]
//
// RUN: bn-runner %s --entry=network --arg='random(4x3x5xf32, seed=1)' --arg=ones \
// RUN:   --arg=zeros --out=first.npy --out=second.npy
// RUN: %python -c "import numpy as np; \
// RUN:   normalize = lambda x: (x - x.mean((0, 2), keepdims=True)) / np.sqrt(x.var((0, 2), keepdims=True) + 1); \
// RUN:   first, second = (np.load(name + '.npy').astype(float) for name in ('first', 'second')); \
// RUN:   assert first.std() > 0.1 and abs(second - normalize(first)).max() < 1e-6"

func.func @network(%x: tensor<4x3x5xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<4x3x5xf32>) {
  %y, %mean0, %variance0 =
      bn.training %x, %gamma, %beta epsilon = 1.0 : tensor<4x3x5xf32>, tensor<3xf32>
  %z, %mean1, %variance1 =
      bn.training %y, %gamma, %beta epsilon = 1.0 : tensor<4x3x5xf32>, tensor<3xf32>
  return %y, %z : tensor<4x3x5xf32>, tensor<4x3x5xf32>
}
func.func @layer(%x: tensor<4x3x5xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>)
    -> tensor<4x3x5xf32> {
  %y, %mean, %variance =
      bn.training %x, %gamma, %beta epsilon = 1.0 : tensor<4x3x5xf32>, tensor<3xf32>
  return %y : tensor<4x3x5xf32>
}
