// One line of JSON, whatever the results; nothing is said about the times.
//
// RUN: bn-runner %s --arg='random(8x16xf32)' --arg=2 --bench=5 --threads=2 --out=%t.npy > %t.json
// RUN: count 1 < %t.json
// RUN: FileCheck %s < %t.json
// CHECK: {"entry":"scale","runs":5,"threads":2,"min_ms":{{[0-9.]+}},"median_ms":{{[0-9.]+}},"max_ms":{{[0-9.]+}},"compile_ms":{{[0-9.]+}},"bytes":1028,"gb_per_s":{{[0-9.]+}}}
// RUN: %python -c "import json, numpy as np; r = json.load(open(r'%t.json')); \
// RUN:   assert 0 < r['min_ms'] <= r['median_ms'] <= r['max_ms'] and r['compile_ms'] > 0; \
// RUN:   assert np.load(r'%t.npy').shape == (8, 16)"
//
// The arguments are arrays of 8x16 f32 and a number; the results are as large,
// plus one number in memory: 2 * 8 * 16 * 4 + 4 bytes.
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg='random(8x16xf32)' --arg=2 --bench=0 | FileCheck %s --check-prefix=ZERO
// ZERO: --bench: expected a number from 1 to 1000000, got '0'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg='random(8x16xf32)' --arg=2 --bench=1e3 | FileCheck %s --check-prefix=TEXT
// TEXT: --bench: expected a number from 1 to 1000000, got '1e3'

#id = affine_map<(d0, d1) -> (d0, d1)>

func.func @scale(%x: tensor<?x16xf32>, %s: f32) -> (tensor<?x16xf32>, f32) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x16xf32>
  %empty = tensor.empty(%n) : tensor<?x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x16xf32>) outs(%empty : tensor<?x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %p = arith.mulf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<?x16xf32>
  return %0, %s : tensor<?x16xf32>, f32
}
