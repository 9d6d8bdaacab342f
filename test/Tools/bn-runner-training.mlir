// A program of the bn dialect, static and dynamic.
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python -c "import numpy as np; r = np.random.default_rng(1); \
// RUN:   np.save('x.npy', r.normal(3, 2, (4, 3, 5, 6)).astype('f4')); \
// RUN:   np.save('g.npy', np.array([1, 0, -2], 'f4')); np.save('b.npy', np.array([0, 1, 2], 'f4'))"
// RUN: bn-runner %s --entry=static --arg=x.npy --arg=g.npy --arg=b.npy --out=y1.npy --out=m1.npy --out=v1.npy
// RUN: bn-runner %s --entry=dynamic --arg=x.npy --arg=g.npy --arg=b.npy --out=y2.npy --out=m2.npy --out=v2.npy
// RUN: cmp y1.npy y2.npy && cmp m1.npy m2.npy && cmp v1.npy v2.npy
// RUN: %python -c "import numpy as np; x, g, b = (np.load(n + '.npy').astype('f8') for n in 'xgb'); \
// RUN:   m = x.mean((0, 2, 3)); v = x.var((0, 2, 3)); c = lambda a: a[:, None, None]; \
// RUN:   y = c(g) * (x - c(m)) / np.sqrt(c(v) + 1e-5) + c(b); \
// RUN:   assert all(abs(np.load(n) - r).max() < 1e-5 for n, r in (('y1.npy', y), ('m1.npy', m), ('v1.npy', v)))"
//
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=dynamic --arg=x.npy --arg='ones(4xf32)' --arg=b.npy | FileCheck %s --check-prefix=CONTRADICTION
// CONTRADICTION: error: {{.*}}bn-runner-training.mlir:{{[0-9]+}}:{{[0-9]+}}: 'bn.training' op

func.func @static(%x: tensor<4x3x5x6xf32>, %g: tensor<3xf32>, %b: tensor<3xf32>)
    -> (tensor<4x3x5x6xf32>, tensor<3xf32>, tensor<3xf32>) {
  %y, %m, %v = "bn.training"(%x, %g, %b) <{epsilon = 1.0e-5 : f64}>
      : (tensor<4x3x5x6xf32>, tensor<3xf32>, tensor<3xf32>)
      -> (tensor<4x3x5x6xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y, %m, %v : tensor<4x3x5x6xf32>, tensor<3xf32>, tensor<3xf32>
}
func.func @dynamic(%x: tensor<?x?x?x?xf32>, %g: tensor<?xf32>,
                   %b: tensor<?xf32>)
    -> (tensor<?x?x?x?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %y, %m, %v = "bn.training"(%x, %g, %b) <{epsilon = 1.0e-5 : f64}>
      : (tensor<?x?x?x?xf32>, tensor<?xf32>, tensor<?xf32>)
      -> (tensor<?x?x?x?xf32>, tensor<?xf32>, tensor<?xf32>)
  return %y, %m, %v : tensor<?x?x?x?xf32>, tensor<?xf32>, tensor<?xf32>
}
