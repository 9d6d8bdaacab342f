// RUN: bn-opt %s --bn-unmask-loads | FileCheck %s

// CHECK-LABEL: llvm.func @masks
//       CHECK:   %[[V:.*]] = llvm.load
//       CHECK:   %[[WHOLE:.*]] = llvm.freeze %[[V]] : vector<16xf32>
//       CHECK:   llvm.select %{{.*}}, %[[WHOLE]], %{{.*}} : vector<16xi1>, vector<16xf32>
llvm.func @masks(%bits: vector<16xi1>, %p: !llvm.ptr) -> vector<16xf32> {
  %zero = llvm.mlir.constant(dense<0.0> : vector<16xf32>) : vector<16xf32>
  %v = llvm.load %p : !llvm.ptr -> vector<16xf32>
  %masked = llvm.select %bits, %v, %zero : vector<16xi1>, vector<16xf32>
  llvm.return %masked : vector<16xf32>
}

// A maximum stays one; bits that are not vectors do not mask.
// CHECK-LABEL: llvm.func @others
//   CHECK-NOT:   llvm.freeze
llvm.func @others(%bit: i1, %v: vector<16xf32>) -> vector<16xf32> {
  %zero = llvm.mlir.constant(dense<0.0> : vector<16xf32>) : vector<16xf32>
  %positive = llvm.fcmp "ogt" %v, %zero : vector<16xf32>
  %maximum = llvm.select %positive, %v, %zero : vector<16xi1>, vector<16xf32>
  %chosen = llvm.select %bit, %maximum, %v : i1, vector<16xf32>
  llvm.return %chosen : vector<16xf32>
}
