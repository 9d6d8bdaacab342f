// RUN: bn-opt %s --bn-manual-deallocation | FileCheck %s

// CHECK-LABEL: func @frees
//       CHECK:   memref.alloc() {bufferization.manual_deallocation}
//       CHECK:   memref.dealloc %{{.*}} {bufferization.manual_deallocation}
func.func @frees() {
  %a = memref.alloc() : memref<4xf32>
  memref.dealloc %a : memref<4xf32>
  return
}

// CHECK-LABEL: func @leaves_it_to_us
//       CHECK:   memref.alloc() :
func.func @leaves_it_to_us() {
  %a = memref.alloc() : memref<4xf32>
  return
}
