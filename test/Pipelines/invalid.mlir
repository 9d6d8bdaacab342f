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
