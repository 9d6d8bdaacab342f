// RUN: bn-opt %s --bn-verify-input --split-input-file --verify-diagnostics
// RUN: bn-opt %s --bn-to-linalg --split-input-file --verify-diagnostics

// 2^32 * 2^32 wraps to 0.
// expected-error@+1 {{expected arrays of less than 2^63 bytes, but got 'tensor<2x4x4294967296x4294967296xf32>'}}
func.func @wraps_to_zero(%x: tensor<2x4x4294967296x4294967296xf32>, %p: tensor<4xf32>) -> tensor<4xf32> {
  %y, %mean, %var = bn.training %x, %p, %p epsilon = 1.0e-5
      : tensor<2x4x4294967296x4294967296xf32>, tensor<4xf32>
  return %mean : tensor<4xf32>
}

// -----

// 2^60 elements can be counted; their bytes cannot.
func.func @bytes() -> f64 {
  %c0 = arith.constant 0 : index
  // expected-error@+1 {{expected arrays of less than 2^63 bytes, but got 'tensor<1152921504606846976xf64>'}}
  %x = tensor.empty() : tensor<1152921504606846976xf64>
  %e = tensor.extract %x[%c0] : tensor<1152921504606846976xf64>
  return %e : f64
}

// -----

// Nothing is in it, but its strides wrap.
// expected-error@+1 {{expected arrays of less than 2^63 bytes, but got 'tensor<0x?x4294967296x4294967296xf32>'}}
func.func @empty(%x: tensor<0x?x4294967296x4294967296xf32>) {
  return
}

// -----

func.func @as_large_as_can_be(%x: tensor<?x1099511627776x1048576xf32>) {
  return
}

// -----

func.func private @never(%x: f32) -> f32 {
  // expected-error@+1 {{'llvm.unreachable' op ends @never, expected a func.return in it}}
  llvm.unreachable
}
func.func @main(%x: f32) -> f32 {
  %y = func.call @never(%x) : (f32) -> f32
  return %y : f32
}
