// RUN: bn-opt %s --bn-to-llvm --split-input-file --verify-diagnostics

func.func @no_lowering(%x: i32) -> i32 {
  // expected-error@+1 {{'spirv.GL.SAbs' op is left after lowering, expected ops of the LLVM and OpenMP dialects only}}
  %r = spirv.GL.SAbs %x : i32
  return %r : i32
}
