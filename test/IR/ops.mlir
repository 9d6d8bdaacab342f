// The custom syntax, defaults left out, and its equivalence to the generic form.
// RUN: bn-opt %s | FileCheck %s
// RUN: bn-opt %s | bn-opt | FileCheck %s
// RUN: bn-opt %s --mlir-print-op-generic | bn-opt | FileCheck %s
// RUN: bn-opt %s --emit-bytecode | bn-opt | FileCheck %s

// CHECK-LABEL: @training
func.func @training(%x: tensor<8x64x14x14xf32>, %p: tensor<64xf32>) {
  // CHECK: bn.training %{{.*}}, %{{.*}}, %{{.*}} epsilon = 1.000000e-05 : tensor<8x64x14x14xf32>, tensor<64xf32>
  %0:3 = "bn.training"(%x, %p, %p) <{epsilon = 1.0e-5 : f64}>
      : (tensor<8x64x14x14xf32>, tensor<64xf32>, tensor<64xf32>)
      -> (tensor<8x64x14x14xf32>, tensor<64xf32>, tensor<64xf32>)
  return
}

// CHECK-LABEL: @training_channels_last
func.func @training_channels_last(%x: tensor<8x14x14x64xbf16>, %p: tensor<64xf32>) -> tensor<64xf32> {
  // CHECK: bn.training {{.*}} epsilon = 1.000000e-05 channel_dims = [3] {note = "kept"} : tensor<8x14x14x64xbf16>, tensor<64xf32>
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05 channel_dims = [3] {note = "kept"}
      : tensor<8x14x14x64xbf16>, tensor<64xf32>
  return %mean : tensor<64xf32>
}

// CHECK-LABEL: @inference
func.func @inference(%x: tensor<8x64xf16>, %p: tensor<64xf32>) -> tensor<8x64xf16> {
  // CHECK: bn.inference {{.*}} epsilon = 0.000000e+00 : tensor<8x64xf16>, tensor<64xf32>
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 0.0 : tensor<8x64xf16>, tensor<64xf32>
  return %y : tensor<8x64xf16>
}

// CHECK-LABEL: @training_backprop
func.func @training_backprop(%x: tensor<4x2x6x6x8xf64>, %p: tensor<2x8xf64>) {
  // CHECK: bn.training_backprop {{.*}} epsilon = 1.000000e-03 channel_dims = [1, 4] : tensor<4x2x6x6x8xf64>, tensor<2x8xf64>
  %0:3 = bn.training_backprop %x, %p, %p, %p, %p, %x epsilon = 1.0e-3 channel_dims = [1, 4]
      : tensor<4x2x6x6x8xf64>, tensor<2x8xf64>
  // CHECK: bn.training_backprop %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}}, %{{[^:]*}} epsilon
  %1:3 = bn.training_backprop %x, %p, %p, %p, %p, %x, %p, %p epsilon = 1.0e-3 channel_dims = [1, 4]
      : tensor<4x2x6x6x8xf64>, tensor<2x8xf64>
  return
}

// CHECK-LABEL: @inference_backprop_mixed
func.func @inference_backprop_mixed(%x: tensor<?x4x?x?xf32>, %p: tensor<4xf32>, %q: tensor<?xf32>) {
  // CHECK: bn.inference_backprop {{.*}} : (tensor<?x4x?x?xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>, tensor<?x4x?x?xf32>)
  %0:5 = bn.inference_backprop %x, %p, %q, %p, %x epsilon = 1.0e-3
      : (tensor<?x4x?x?xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>, tensor<?x4x?x?xf32>)
  return
}

// CHECK-LABEL: @less_static_results
func.func @less_static_results(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<?x4xf32> {
  // CHECK: bn.inference {{.*}} : tensor<8x4xf32>, tensor<4xf32> -> tensor<?x4xf32>
  %0 = "bn.inference"(%x, %p, %p, %p, %p) <{epsilon = 1.0e-5 : f64}>
      : (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// CHECK-LABEL: @training_double_backprop
func.func @training_double_backprop(%x: tensor<8x14x14x64xbf16>, %p: tensor<64xf32>) {
  // CHECK: bn.training_double_backprop {{.*}} epsilon = 1.000000e-05 channel_dims = [3] : tensor<8x14x14x64xbf16>, tensor<64xf32>
  %0:3 = "bn.training_double_backprop"(%x, %p, %p, %p, %x, %x, %p, %p) <{epsilon = 1.0e-5 : f64, channel_dims = array<i64: 3>}>
      : (tensor<8x14x14x64xbf16>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<8x14x14x64xbf16>, tensor<8x14x14x64xbf16>, tensor<64xf32>, tensor<64xf32>)
      -> (tensor<8x14x14x64xbf16>, tensor<64xf32>, tensor<8x14x14x64xbf16>)
  return
}

// CHECK-LABEL: @inference_double_backprop
func.func @inference_double_backprop(%x: tensor<?x4xf64>, %p: tensor<4xf64>) -> tensor<?x4xf64> {
  // CHECK: bn.inference_double_backprop {{.*}} epsilon = 0.000000e+00 : tensor<?x4xf64>, tensor<4xf64>
  %0:5 = bn.inference_double_backprop %x, %p, %p, %p, %x, %x, %p, %p, %p, %p epsilon = 0.0
      : tensor<?x4xf64>, tensor<4xf64>
  return %0#4 : tensor<?x4xf64>
}

// CHECK-LABEL: @update_statistics
func.func @update_statistics(%p: tensor<4xf32>, %q: tensor<?xf32>, %m: index) {
  // CHECK: bn.update_statistics %{{[^:]*}} momentum = 9.000000e-01 : tensor<4xf32>
  %0:2 = "bn.update_statistics"(%p, %p, %p, %p) <{momentum = 0.9 : f64}>
      : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  // CHECK: bn.update_statistics {{.*}} count %{{.*}} momentum = 5.000000e-01 unbiased {note = "kept"} : tensor<4xf32>
  %1:2 = "bn.update_statistics"(%p, %p, %p, %p, %m) <{momentum = 0.5 : f64, unbiased}> {note = "kept"}
      : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, index) -> (tensor<4xf32>, tensor<4xf32>)
  // CHECK: bn.update_statistics {{.*}} : (tensor<4xf32>, tensor<?xf32>, tensor<?xf32>, tensor<4xf32>)
  %2:2 = bn.update_statistics %p, %q, %q, %p count %m momentum = 0.5
      : (tensor<4xf32>, tensor<?xf32>, tensor<?xf32>, tensor<4xf32>)
  return
}
