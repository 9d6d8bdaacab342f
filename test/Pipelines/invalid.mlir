// RUN: bn-opt %s --bn-to-llvm --split-input-file --verify-diagnostics

func.func @no_lowering(%x: i32) -> i32 {
  // expected-error@+1 {{'spirv.GL.SAbs' op is left after lowering, expected ops of the LLVM and OpenMP dialects only}}
  %r = spirv.GL.SAbs %x : i32
  return %r : i32
}

// -----

func.func @no_buffers(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // expected-error@+1 {{'tosa.tanh' op is left after lowering, expected ops on memrefs only}}
  %y = tosa.tanh %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

func.func @result(%x: tensor<5x3xf32>, %g: tensor<3xf32>) -> tensor<4x3xf32> {
  %c = tensor.cast %x : tensor<5x3xf32> to tensor<?x3xf32>
  // expected-error@+1 {{'bn.training' op expected output of type 'tensor<5x3xf32>', but got 'tensor<4x3xf32>'}}
  %y, %m, %v = bn.training %c, %g, %g epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32> -> tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>
  return %y : tensor<4x3xf32>
}
