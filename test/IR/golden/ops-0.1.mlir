func.func @training(%x: tensor<8x64x14x14xf32>, %p: tensor<64xf32>) -> tensor<64xf32> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 1.0e-05
      : tensor<8x64x14x14xf32>, tensor<64xf32>
  return %mean : tensor<64xf32>
}
func.func @training_channels_last(%x: tensor<?x?x?x?xbf16>, %p: tensor<?xf32>) -> tensor<?x?x?x?xbf16> {
  %y, %mean, %variance = bn.training %x, %p, %p epsilon = 0.0 channel_dims = [3]
      : tensor<?x?x?x?xbf16>, tensor<?xf32>
  return %y : tensor<?x?x?x?xbf16>
}
func.func @inference(%x: tensor<8x64xf16>, %p: tensor<64xf32>) -> tensor<8x64xf16> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 {note = "kept"}
      : tensor<8x64xf16>, tensor<64xf32>
  return %y : tensor<8x64xf16>
}
func.func @inference_of_each_type(%x: tensor<?x4xf32>, %p: tensor<4xf32>, %q: tensor<?xf32>) -> tensor<?x?xf32> {
  %y = bn.inference %x, %p, %q, %p, %p epsilon = 1.0e-05
      : (tensor<?x4xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
func.func @training_backprop(%x: tensor<4x2x6x6x8xf64>, %p: tensor<2x8xf64>) -> tensor<4x2x6x6x8xf64> {
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %p, %p, %x epsilon = 1.0e-03 channel_dims = [1, 4]
      : tensor<4x2x6x6x8xf64>, tensor<2x8xf64>
  %dz, %dh, %dc = bn.training_backprop %x, %p, %p, %p, %p, %dx, %dg, %db epsilon = 1.0e-03 channel_dims = [1, 4]
      : tensor<4x2x6x6x8xf64>, tensor<2x8xf64>
  return %dz : tensor<4x2x6x6x8xf64>
}
func.func @inference_backprop(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<4xf32> {
  %dx, %dg, %db, %dm, %dv = bn.inference_backprop %x, %p, %p, %p, %x epsilon = 1.0e-05
      : tensor<8x4xf32>, tensor<4xf32>
  return %dv : tensor<4xf32>
}
func.func @training_double_backprop(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<8x4xf32> {
  %ddx, %ddg, %ddy = bn.training_double_backprop %x, %p, %p, %p, %x, %x, %p, %p epsilon = 1.0e-05
      : tensor<8x4xf32>, tensor<4xf32>
  return %ddy : tensor<8x4xf32>
}
func.func @inference_double_backprop(%x: tensor<8x4xf32>, %p: tensor<4xf32>) -> tensor<8x4xf32> {
  %ddx, %ddg, %ddm, %ddv, %ddy =
      bn.inference_double_backprop %x, %p, %p, %p, %x, %x, %p, %p, %p, %p epsilon = 1.0e-05 channel_dims = [1]
      : tensor<8x4xf32>, tensor<4xf32>
  return %ddy : tensor<8x4xf32>
}
func.func @update_statistics(%p: tensor<4xf32>, %q: tensor<?xf32>, %m: index) -> tensor<4xf32> {
  %a, %b = bn.update_statistics %p, %p, %p, %p momentum = 0.9 : tensor<4xf32>
  %c, %d = bn.update_statistics %a, %q, %q, %b count %m momentum = 0.5 unbiased
      : (tensor<4xf32>, tensor<?xf32>, tensor<?xf32>, tensor<4xf32>)
  return %c : tensor<4xf32>
}
