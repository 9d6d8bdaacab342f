// Hosts without instructions for bf16 compute in f32: no arithmetic in bf16, which
// LLVM would do an element at a time, reaches it, nor a vector that is stored.
//
// RUN: bn-opt %s --bn-to-llvm | FileCheck %s --implicit-check-not='intr.{{.*}}bf16' \
// RUN:   --implicit-check-not='llvm.f{{(add|sub|mul|div|cmp|neg)}} {{.*}}bf16' \
// RUN:   --implicit-check-not='store {{.*}}xbf16'
// CHECK: llvm.intr.tanh({{.*}}) : (vector<{{.*}}xf32>)
// CHECK: llvm.store {{.*}} : vector<{{.*}}xi16>

func.func @main(%x: tensor<8x16x14x14xbf16>, %gamma: tensor<16xf32>, %beta: tensor<16xf32>,
                %shortcut: tensor<8x16x14x14xbf16>) -> tensor<8x16x14x14xbf16> {
  %y, %mean, %variance =
      bn.training %x, %gamma, %beta epsilon = 1.0e-05 : tensor<8x16x14x14xbf16>, tensor<16xf32>
  %sum = arith.addf %y, %shortcut : tensor<8x16x14x14xbf16>
  %bent = math.tanh %sum : tensor<8x16x14x14xbf16>
  %zero = arith.constant dense<0.0> : tensor<8x16x14x14xbf16>
  %z = arith.maximumf %bent, %zero : tensor<8x16x14x14xbf16>
  return %z : tensor<8x16x14x14xbf16>
}
