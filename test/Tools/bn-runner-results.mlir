// Results that start from the same tensor, or from each other, in either order.
// RUN: bn-runner %s --entry=sums --arg=ones | FileCheck %s --check-prefix=SUMS
// RUN: bn-runner %s --entry=chain --arg=ones --arg=ones | FileCheck %s --check-prefix=CHAIN
// RUN: bn-runner %s --entry=view --arg=ones --arg=ones | FileCheck %s --check-prefix=VIEW

//
// What cannot be written to out-parameters.
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=blocks --arg=ones --arg=1 | FileCheck %s --check-prefix=BLOCKS
// BLOCKS: result #0 of @blocks cannot be written to an out-parameter: it comes from 3 blocks, expected one, with scf.if or scf.for inside
// RUN: %python %S/Inputs/fails.py 1 bn-runner %s --entry=buffer --arg=ones | FileCheck %s --check-prefix=BUFFER
// BUFFER: result #1 of @buffer has type memref<4xf32>, expected a dense ranked tensor or a scalar

// SUMS: result #0: 3xf64, min 4, max 4
// SUMS: result #1: 3xf64, min 16, max 16
func.func @sums(%x: tensor<2x3x2xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %zero = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<3xf64>
  %start = linalg.fill ins(%zero : f64) outs(%e : tensor<3xf64>) -> tensor<3xf64>
  %sum = linalg.reduce { arith.addf } ins(%x : tensor<2x3x2xf64>) outs(%start : tensor<3xf64>) dimensions = [0, 2]
  %re = tensor.empty() : tensor<2x3x2xf64>
  %repeated = linalg.broadcast ins(%sum : tensor<3xf64>) outs(%re : tensor<2x3x2xf64>) dimensions = [0, 2]
  %product = arith.mulf %x, %repeated : tensor<2x3x2xf64>
  %other = linalg.reduce { arith.addf } ins(%product : tensor<2x3x2xf64>) outs(%start : tensor<3xf64>) dimensions = [0, 2]
  return %sum, %other : tensor<3xf64>, tensor<3xf64>
}

// CHAIN: result #0: 2x2xf64, min 6, max 6
// CHAIN: result #1: 2x2xf64, min 3, max 3
func.func @chain(%a: tensor<2x3xf64>, %b: tensor<3x2xf64>) -> (tensor<2x2xf64>, tensor<2x2xf64>) {
  %zero = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<2x2xf64>
  %start = linalg.fill ins(%zero : f64) outs(%e : tensor<2x2xf64>) -> tensor<2x2xf64>
  %once = linalg.matmul ins(%a, %b : tensor<2x3xf64>, tensor<3x2xf64>) outs(%start : tensor<2x2xf64>) -> tensor<2x2xf64>
  %twice = linalg.matmul ins(%a, %b : tensor<2x3xf64>, tensor<3x2xf64>) outs(%once : tensor<2x2xf64>) -> tensor<2x2xf64>
  return %twice, %once : tensor<2x2xf64>, tensor<2x2xf64>
}

// VIEW: result #0: 2x3xf64, min 4, max 4
// VIEW: result #1: 6xf64, min 1, max 1
func.func @view(%a: tensor<2x3xf64>, %b: tensor<3x3xf64>) -> (tensor<2x3xf64>, tensor<6xf64>) {
  %e = tensor.empty() : tensor<2x3xf64>
  %start = linalg.square ins(%a : tensor<2x3xf64>) outs(%e : tensor<2x3xf64>) -> tensor<2x3xf64>
  %product = linalg.matmul ins(%a, %b : tensor<2x3xf64>, tensor<3x3xf64>) outs(%start : tensor<2x3xf64>) -> tensor<2x3xf64>
  %flat = tensor.collapse_shape %start [[0, 1]] : tensor<2x3xf64> into tensor<6xf64>
  return %product, %flat : tensor<2x3xf64>, tensor<6xf64>
}

func.func @blocks(%x: tensor<4xf32>, %c: i1) -> tensor<4xf32> {
  cf.cond_br %c, ^double, ^end(%x : tensor<4xf32>)
^double:
  %y = arith.addf %x, %x : tensor<4xf32>
  cf.br ^end(%y : tensor<4xf32>)
^end(%z: tensor<4xf32>):
  return %z : tensor<4xf32>
}

func.func @buffer(%x: tensor<4xf32>) -> (tensor<4xf32>, memref<4xf32>) {
  %0 = bufferization.to_buffer %x : tensor<4xf32> to memref<4xf32>
  return %x, %0 : tensor<4xf32>, memref<4xf32>
}
