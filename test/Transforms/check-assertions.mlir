// RUN: bn-opt %s --bn-check-assertions --canonicalize | FileCheck %s

// CHECK-LABEL: func @f
//  CHECK-SAME:   %[[HOLDS:.*]]: i1
//       CHECK:   %[[FAILED:.*]] = arith.xori %[[HOLDS]], %true
//       CHECK:   scf.if %[[FAILED]] {
//  CHECK-NEXT:     call @bn_fail()
//   CHECK-NOT: cf.assert
func.func @f(%holds: i1) {
  cf.assert %holds, "50 % of\0A it"
  return
}

// CHECK: "error: {{.*}}check-assertions.mlir:10:3: 50 %% of  it\0A\00"
