// A batch-norm layer with its train/test switch. In training it normalises a
// batch by the batch's own statistics and updates the running averages; in test
// it normalises by the running averages and leaves them alone.
func.func @main(%training: i1, %x: tensor<256x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>,
                %running_mean: tensor<3xf32>, %running_variance: tensor<3xf32>)
    -> (tensor<256x3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %0:3 = scf.if %training -> (tensor<256x3xf32>, tensor<3xf32>, tensor<3xf32>) {
    %y, %mean, %variance = bn.training %x, %gamma, %beta
        epsilon = 1.0e-05 : tensor<256x3xf32>, tensor<3xf32>
    %new_mean, %new_variance =
        bn.update_statistics %running_mean, %running_variance, %mean, %variance
        momentum = 0.9 : tensor<3xf32>
    scf.yield %y, %new_mean, %new_variance : tensor<256x3xf32>, tensor<3xf32>, tensor<3xf32>
  } else {
    %y = bn.inference %x, %gamma, %beta, %running_mean, %running_variance
        epsilon = 1.0e-05 : tensor<256x3xf32>, tensor<3xf32>
    scf.yield %y, %running_mean, %running_variance
        : tensor<256x3xf32>, tensor<3xf32>, tensor<3xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<256x3xf32>, tensor<3xf32>, tensor<3xf32>
}
