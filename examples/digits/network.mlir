// A multilayer perceptron with batch normalisation for 8x8 images of digits:
// 64 -> 64 -> BN -> ReLU -> 64 -> BN -> ReLU -> 10.
// --bn-differentiate="entry=loss wrt=2,3,4,5,6,7,8,9" makes the gradient that
// step.mlir calls.

// The mean over the batch of the cross-entropy of softmax, log Σ exp(z) - ⟨z, label⟩,
// and the statistics of both layers. Labels are one-hot.
func.func private @loss(%x: tensor<?x64xf32>, %labels: tensor<?x10xf32>,
    %w1: tensor<64x64xf32>, %g1: tensor<64xf32>, %b1: tensor<64xf32>,
    %w2: tensor<64x64xf32>, %g2: tensor<64xf32>, %b2: tensor<64xf32>,
    %w3: tensor<64x10xf32>, %b3: tensor<10xf32>)
    -> (tensor<f32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e64 = tensor.empty(%n) : tensor<?x64xf32>
  %z64 = linalg.fill ins(%zero : f32) outs(%e64 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %e10 = tensor.empty(%n) : tensor<?x10xf32>
  %z10 = linalg.fill ins(%zero : f32) outs(%e10 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %scalar = arith.constant dense<0.0> : tensor<f32>

  %a1 = linalg.matmul ins(%x, %w1 : tensor<?x64xf32>, tensor<64x64xf32>) outs(%z64 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %y1, %m1, %v1 = bn.training %a1, %g1, %b1 epsilon = 1.0e-05 : tensor<?x64xf32>, tensor<64xf32>
  %h1 = arith.maximumf %y1, %z64 : tensor<?x64xf32>
  %a2 = linalg.matmul ins(%h1, %w2 : tensor<?x64xf32>, tensor<64x64xf32>) outs(%z64 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %y2, %m2, %v2 = bn.training %a2, %g2, %b2 epsilon = 1.0e-05 : tensor<?x64xf32>, tensor<64xf32>
  %h2 = arith.maximumf %y2, %z64 : tensor<?x64xf32>
  %bias = linalg.broadcast ins(%b3 : tensor<10xf32>) outs(%e10 : tensor<?x10xf32>) dimensions = [0]
  %a3 = linalg.matmul ins(%h2, %w3 : tensor<?x64xf32>, tensor<64x10xf32>) outs(%z10 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %logits = arith.addf %a3, %bias : tensor<?x10xf32>

  %exp = math.exp %logits : tensor<?x10xf32>
  %sum = linalg.reduce ins(%exp : tensor<?x10xf32>) outs(%z : tensor<?xf32>) dimensions = [1] (%p: f32, %q: f32) {
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  }
  %log = math.log %sum : tensor<?xf32>
  %hit = arith.mulf %logits, %labels : tensor<?x10xf32>
  %own = linalg.reduce ins(%hit : tensor<?x10xf32>) outs(%z : tensor<?xf32>) dimensions = [1] (%p: f32, %q: f32) {
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  }
  %each = arith.subf %log, %own : tensor<?xf32>
  %total = linalg.reduce ins(%each : tensor<?xf32>) outs(%scalar : tensor<f32>) dimensions = [0] (%p: f32, %q: f32) {
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  }
  %i = arith.index_cast %n : index to i64
  %f = arith.sitofp %i : i64 to f32
  %count = tensor.from_elements %f : tensor<f32>
  %mean = arith.divf %total, %count : tensor<f32>
  return %mean, %m1, %v1, %m2, %v2 : tensor<f32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>
}
