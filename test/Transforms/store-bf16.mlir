// RUN: bn-opt %s --bn-store-bf16 | FileCheck %s

// CHECK-LABEL: llvm.func @vectors
//  CHECK-SAME:   %[[BITS:.*]]: vector<8xi16>, %[[V:.*]]: vector<8xbf16>
//       CHECK:   llvm.store %[[BITS]], %{{.*}} {alignment = 16 : i64, nontemporal} : vector<8xi16>
//       CHECK:   %[[CAST:.*]] = llvm.bitcast %[[V]] : vector<8xbf16> to vector<8xi16>
//       CHECK:   llvm.store %[[CAST]], %{{.*}} : vector<8xi16>
llvm.func @vectors(%bits: vector<8xi16>, %v: vector<8xbf16>, %p: !llvm.ptr) {
  %x = llvm.bitcast %bits : vector<8xi16> to vector<8xbf16>
  llvm.store %x, %p {alignment = 16 : i64, nontemporal} : vector<8xbf16>, !llvm.ptr
  llvm.store %v, %p : vector<8xbf16>, !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @others
//       CHECK:   llvm.store %{{.*}} : bf16
//       CHECK:   llvm.store %{{.*}} {nontemporal} : vector<8xf16>
llvm.func @others(%v: bf16, %w: vector<8xf16>, %p: !llvm.ptr) {
  llvm.store %v, %p : bf16, !llvm.ptr
  llvm.store %w, %p {nontemporal} : vector<8xf16>, !llvm.ptr
  llvm.return
}
