// Out of memory, full disk, killed: a clear error; files whole or not there.
//
// AddressSanitizer takes more memory than there is under the limit.
// UNSUPPORTED: asan
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %python %S/Inputs/limits.py %s

func.func @twice(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0 = arith.addf %x, %x : tensor<?xf32>
  %1 = arith.mulf %x, %x : tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}
func.func @outer(%x: tensor<1x?xf32>) -> tensor<f32> {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c1 : tensor<1x?xf32>
  %column = tensor.empty(%n) : tensor<?x1xf32>
  %transposed = linalg.transpose ins(%x : tensor<1x?xf32>)
      outs(%column : tensor<?x1xf32>) permutation = [1, 0]
  %empty = tensor.empty(%n, %n) : tensor<?x?xf32>
  %square = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?xf32>) -> tensor<?x?xf32>
  %product = linalg.matmul ins(%transposed, %x : tensor<?x1xf32>, tensor<1x?xf32>)
      outs(%square : tensor<?x?xf32>) -> tensor<?x?xf32>
  %scalar = tensor.empty() : tensor<f32>
  %start = linalg.fill ins(%zero : f32) outs(%scalar : tensor<f32>) -> tensor<f32>
  %sum = linalg.reduce ins(%product : tensor<?x?xf32>) outs(%start : tensor<f32>) dimensions = [0, 1]
      (%a: f32, %b: f32) {
        %0 = arith.addf %a, %b : f32
        linalg.yield %0 : f32
      }
  return %sum : tensor<f32>
}
