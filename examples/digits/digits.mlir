// A multilayer perceptron with batch normalisation for 8x8 images of digits:
// 64 -> 64 -> BN -> ReLU -> 64 -> BN -> ReLU -> 10. Its loss, a training step and
// its use after training, for any number of images.

!images = tensor<?x64xf32>
!scores = tensor<?x10xf32>
!rows = tensor<?xf32>
!weights = tensor<64x64xf32>
!channels = tensor<64xf32>
!last_weights = tensor<64x10xf32>
!classes = tensor<10xf32>
!number = tensor<f32>

// The mean over the batch of the cross-entropy of softmax, log Σ exp(z) - ⟨z, label⟩,
// and the statistics of both layers. Labels are one-hot. As the result is the
// same for z - max z, that is what is taken: nothing overflows.
func.func private @loss(%x: !images, %labels: !scores,
    %w1: !weights, %g1: !channels, %b1: !channels,
    %w2: !weights, %g2: !channels, %b2: !channels,
    %w3: !last_weights, %b3: !classes)
    -> (!number, !channels, !channels, !channels, !channels) {
  %zero = arith.constant 0.0 : f32
  %infinity = arith.constant 0x7F800000 : f32
  %lowest = arith.negf %infinity : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : !images
  %e64 = tensor.empty(%n) : !images
  %z64 = linalg.fill ins(%zero : f32) outs(%e64 : !images) -> !images
  %e10 = tensor.empty(%n) : !scores
  %z10 = linalg.fill ins(%zero : f32) outs(%e10 : !scores) -> !scores
  %e = tensor.empty(%n) : !rows
  %z = linalg.fill ins(%zero : f32) outs(%e : !rows) -> !rows
  %low = linalg.fill ins(%lowest : f32) outs(%e : !rows) -> !rows
  %scalar = arith.constant dense<0.0> : !number

  %a1 = linalg.matmul ins(%x, %w1 : !images, !weights) outs(%z64 : !images) -> !images
  %y1, %m1, %v1 = bn.training %a1, %g1, %b1 epsilon = 1.0e-05 : !images, !channels
  %h1 = arith.maximumf %y1, %z64 : !images
  %a2 = linalg.matmul ins(%h1, %w2 : !images, !weights) outs(%z64 : !images) -> !images
  %y2, %m2, %v2 = bn.training %a2, %g2, %b2 epsilon = 1.0e-05 : !images, !channels
  %h2 = arith.maximumf %y2, %z64 : !images
  %a3 = linalg.matmul ins(%h2, %w3 : !images, !last_weights) outs(%z10 : !scores) -> !scores
  %bias = linalg.broadcast ins(%b3 : !classes) outs(%e10 : !scores) dimensions = [0]
  %logits = arith.addf %a3, %bias : !scores

  %max = linalg.reduce { arith.maximumf } ins(%logits : !scores) outs(%low : !rows) dimensions = [1]
  %shift = linalg.broadcast ins(%max : !rows) outs(%e10 : !scores) dimensions = [1]
  %shifted = arith.subf %logits, %shift : !scores
  %exp = math.exp %shifted : !scores
  %sum = linalg.reduce { arith.addf } ins(%exp : !scores) outs(%z : !rows) dimensions = [1]
  %log = math.log %sum : !rows
  %hit = arith.mulf %shifted, %labels : !scores
  %own = linalg.reduce { arith.addf } ins(%hit : !scores) outs(%z : !rows) dimensions = [1]
  %each = arith.subf %log, %own : !rows
  %total = linalg.reduce { arith.addf } ins(%each : !rows) outs(%scalar : !number) dimensions = [0]
  %i = arith.index_cast %n : index to i64
  %f = arith.sitofp %i : i64 to f32
  %count = tensor.from_elements %f : !number
  %mean = arith.divf %total, %count : !number
  return %mean, %m1, %v1, %m2, %v2 : !number, !channels, !channels, !channels, !channels
}

// Made by --bn-differentiate="entry=loss wrt=2,3,4,5,6,7,8,9": the arguments of
// @loss, then a weight for each result; its results, then the gradients by the
// parameters.
func.func private @loss_vjp(!images, !scores,
    !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes,
    !number, !channels, !channels, !channels, !channels)
    -> (!number, !channels, !channels, !channels, !channels,
        !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes)

// One step of gradient descent: the loss before it, and after it the parameters
// and the running statistics.
func.func @step(%x: !images, %labels: !scores,
    %w1: !weights, %g1: !channels, %b1: !channels,
    %w2: !weights, %g2: !channels, %b2: !channels,
    %w3: !last_weights, %b3: !classes,
    %rm1: !channels, %rv1: !channels, %rm2: !channels, %rv2: !channels, %rate: f32)
    -> (!number, !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes,
        !channels, !channels, !channels, !channels) {
  %one = arith.constant dense<1.0> : !number
  %none = arith.constant dense<0.0> : !channels
  %loss, %m1, %v1, %m2, %v2, %dw1, %dg1, %db1, %dw2, %dg2, %db2, %dw3, %db3 = func.call @loss_vjp(
      %x, %labels, %w1, %g1, %b1, %w2, %g2, %b2, %w3, %b3, %one, %none, %none, %none, %none)
      : (!images, !scores,
         !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes,
         !number, !channels, !channels, !channels, !channels)
      -> (!number, !channels, !channels, !channels, !channels,
          !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes)

  %rate_weights = tensor.splat %rate : !weights
  %rate_channels = tensor.splat %rate : !channels
  %rate_last = tensor.splat %rate : !last_weights
  %rate_classes = tensor.splat %rate : !classes
  %move_w1 = arith.mulf %rate_weights, %dw1 : !weights
  %new_w1 = arith.subf %w1, %move_w1 : !weights
  %move_g1 = arith.mulf %rate_channels, %dg1 : !channels
  %new_g1 = arith.subf %g1, %move_g1 : !channels
  %move_b1 = arith.mulf %rate_channels, %db1 : !channels
  %new_b1 = arith.subf %b1, %move_b1 : !channels
  %move_w2 = arith.mulf %rate_weights, %dw2 : !weights
  %new_w2 = arith.subf %w2, %move_w2 : !weights
  %move_g2 = arith.mulf %rate_channels, %dg2 : !channels
  %new_g2 = arith.subf %g2, %move_g2 : !channels
  %move_b2 = arith.mulf %rate_channels, %db2 : !channels
  %new_b2 = arith.subf %b2, %move_b2 : !channels
  %move_w3 = arith.mulf %rate_last, %dw3 : !last_weights
  %new_w3 = arith.subf %w3, %move_w3 : !last_weights
  %move_b3 = arith.mulf %rate_classes, %db3 : !classes
  %new_b3 = arith.subf %b3, %move_b3 : !classes

  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : !images
  %new_rm1, %new_rv1 = bn.update_statistics %rm1, %rv1, %m1, %v1 count %n momentum = 0.9 unbiased : !channels
  %new_rm2, %new_rv2 = bn.update_statistics %rm2, %rv2, %m2, %v2 count %n momentum = 0.9 unbiased : !channels
  return %loss, %new_w1, %new_g1, %new_b1, %new_w2, %new_g2, %new_b2, %new_w3, %new_b3,
      %new_rm1, %new_rv1, %new_rm2, %new_rv2
      : !number, !weights, !channels, !channels, !weights, !channels, !channels, !last_weights, !classes,
        !channels, !channels, !channels, !channels
}

// What the trained network says of images, by its running statistics: a score
// for each digit. --bn-fold-inference folds both layers into their weights.
func.func @classify(%x: !images,
    %w1: !weights, %g1: !channels, %b1: !channels,
    %w2: !weights, %g2: !channels, %b2: !channels,
    %w3: !last_weights, %b3: !classes,
    %rm1: !channels, %rv1: !channels, %rm2: !channels, %rv2: !channels) -> !scores {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : !images
  %e64 = tensor.empty(%n) : !images
  %z64 = linalg.fill ins(%zero : f32) outs(%e64 : !images) -> !images
  %e10 = tensor.empty(%n) : !scores

  %a1 = linalg.matmul ins(%x, %w1 : !images, !weights) outs(%z64 : !images) -> !images
  %y1 = bn.inference %a1, %g1, %b1, %rm1, %rv1 epsilon = 1.0e-05 : !images, !channels
  %h1 = arith.maximumf %y1, %z64 : !images
  %a2 = linalg.matmul ins(%h1, %w2 : !images, !weights) outs(%z64 : !images) -> !images
  %y2 = bn.inference %a2, %g2, %b2, %rm2, %rv2 epsilon = 1.0e-05 : !images, !channels
  %h2 = arith.maximumf %y2, %z64 : !images
  %bias = linalg.broadcast ins(%b3 : !classes) outs(%e10 : !scores) dimensions = [0]
  %logits = linalg.matmul ins(%h2, %w3 : !images, !last_weights) outs(%bias : !scores) -> !scores
  return %logits : !scores
}
