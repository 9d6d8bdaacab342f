// Batch-norm training, then its gradient: the forward and the backward pass of
// one layer on 8 images of 16 channels.
func.func @main(%x: tensor<8x16x14x14xf32>, %gamma: tensor<16xf32>,
                %beta: tensor<16xf32>, %dy: tensor<8x16x14x14xf32>)
    -> (tensor<8x16x14x14xf32>, tensor<8x16x14x14xf32>, tensor<16xf32>, tensor<16xf32>) {
  %y, %mean, %variance = bn.training %x, %gamma, %beta
      epsilon = 1.0e-05 : tensor<8x16x14x14xf32>, tensor<16xf32>
  %dx, %dgamma, %dbeta = bn.training_backprop %x, %gamma, %beta, %mean, %variance, %dy
      epsilon = 1.0e-05 : tensor<8x16x14x14xf32>, tensor<16xf32>
  return %y, %dx, %dgamma, %dbeta
      : tensor<8x16x14x14xf32>, tensor<8x16x14x14xf32>, tensor<16xf32>, tensor<16xf32>
}
