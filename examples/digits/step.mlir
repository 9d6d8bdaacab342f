// One step of gradient descent: the loss before it, the parameters and running
// statistics after it. Stands in one module with network.mlir and its gradient.
func.func @step(%x: tensor<?x64xf32>, %labels: tensor<?x10xf32>,
    %w1: tensor<64x64xf32>, %g1: tensor<64xf32>, %b1: tensor<64xf32>,
    %w2: tensor<64x64xf32>, %g2: tensor<64xf32>, %b2: tensor<64xf32>,
    %w3: tensor<64x10xf32>, %b3: tensor<10xf32>,
    %rm1: tensor<64xf32>, %rv1: tensor<64xf32>, %rm2: tensor<64xf32>, %rv2: tensor<64xf32>, %rate: f32)
    -> (tensor<f32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>,
        tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %none = arith.constant dense<0.0> : tensor<64xf32>
  %v:13 = func.call @loss_vjp(
      %x, %labels, %w1, %g1, %b1, %w2, %g2, %b2, %w3, %b3, %one, %none, %none, %none, %none)
      : (tensor<?x64xf32>, tensor<?x10xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>, tensor<f32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>)
      -> (tensor<f32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>)
  %rate_w1 = tensor.splat %rate : tensor<64x64xf32>
  %move_w1 = arith.mulf %rate_w1, %v#5 : tensor<64x64xf32>
  %new_w1 = arith.subf %w1, %move_w1 : tensor<64x64xf32>
  %rate_g1 = tensor.splat %rate : tensor<64xf32>
  %move_g1 = arith.mulf %rate_g1, %v#6 : tensor<64xf32>
  %new_g1 = arith.subf %g1, %move_g1 : tensor<64xf32>
  %rate_b1 = tensor.splat %rate : tensor<64xf32>
  %move_b1 = arith.mulf %rate_b1, %v#7 : tensor<64xf32>
  %new_b1 = arith.subf %b1, %move_b1 : tensor<64xf32>
  %rate_w2 = tensor.splat %rate : tensor<64x64xf32>
  %move_w2 = arith.mulf %rate_w2, %v#8 : tensor<64x64xf32>
  %new_w2 = arith.subf %w2, %move_w2 : tensor<64x64xf32>
  %rate_g2 = tensor.splat %rate : tensor<64xf32>
  %move_g2 = arith.mulf %rate_g2, %v#9 : tensor<64xf32>
  %new_g2 = arith.subf %g2, %move_g2 : tensor<64xf32>
  %rate_b2 = tensor.splat %rate : tensor<64xf32>
  %move_b2 = arith.mulf %rate_b2, %v#10 : tensor<64xf32>
  %new_b2 = arith.subf %b2, %move_b2 : tensor<64xf32>
  %rate_w3 = tensor.splat %rate : tensor<64x10xf32>
  %move_w3 = arith.mulf %rate_w3, %v#11 : tensor<64x10xf32>
  %new_w3 = arith.subf %w3, %move_w3 : tensor<64x10xf32>
  %rate_b3 = tensor.splat %rate : tensor<10xf32>
  %move_b3 = arith.mulf %rate_b3, %v#12 : tensor<10xf32>
  %new_b3 = arith.subf %b3, %move_b3 : tensor<10xf32>
  %new_rm1, %new_rv1 = bn.update_statistics %rm1, %rv1, %v#1, %v#2 count %n momentum = 0.9 unbiased : tensor<64xf32>
  %new_rm2, %new_rv2 = bn.update_statistics %rm2, %rv2, %v#3, %v#4 count %n momentum = 0.9 unbiased : tensor<64xf32>
  return %v#0, %new_w1, %new_g1, %new_b1, %new_w2, %new_g2, %new_b2, %new_w3, %new_b3, %new_rm1, %new_rv1, %new_rm2, %new_rv2
      : tensor<f32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>
}
