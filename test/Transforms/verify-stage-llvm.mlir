// RUN: bn-opt %s --bn-verify-stage --split-input-file --verify-diagnostics

// The op that did not convert is named, not the casts around it.
llvm.func @casts(%x: i64) -> i64 {
  %i = builtin.unrealized_conversion_cast %x : i64 to index
  // expected-error@+1 {{'index.add' op is left after lowering, expected ops of the LLVM and OpenMP dialects only}}
  %j = index.add %i, %i
  %y = builtin.unrealized_conversion_cast %j : index to i64
  llvm.return %y : i64
}
