// RUN: bn-opt %s --bn-request-c-wrappers | FileCheck %s

// CHECK: func private @declared(f32)
// CHECK-NOT: emit_c_interface
func.func private @declared(f32)
// CHECK: func @public(%{{.*}}: f32) attributes {llvm.emit_c_interface}
func.func @public(%x: f32) {
  call @declared(%x) : (f32) -> ()
  call @private(%x) : (f32) -> ()
  return
}
// CHECK: func private @private(%{{.*}}: f32) attributes {llvm.linkage = #llvm.linkage<internal>}
func.func private @private(%x: f32) {
  return
}
// What is a C interface needs none.
// CHECK: func @_mlir_ciface_public(%{{.*}}: f32) {
func.func @_mlir_ciface_public(%x: f32) {
  return
}
