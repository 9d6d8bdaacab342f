// Programs that together go through every schedule and every pass. Small, to be
// compiled often. Dynamic sizes are 16.

// Images of few elements, several channels to a block; the statistics averaged,
// a residual added, ReLU.
!data = tensor<2x128x7x7xf32>
!channels = tensor<128xf32>
func.func @short_runs(%x: !data, %p: !channels, %q: !channels, %r: !data)
    -> (!data, !channels, !channels) {
  %n = arith.constant 98 : index
  %zeros = arith.constant dense<0.0> : !data
  %y, %mean, %variance = bn.training %x, %p, %q epsilon = 9.0 : !data, !channels
  %means, %variances = bn.update_statistics %p, %q, %mean, %variance count %n
    momentum = 0.9 unbiased : !channels
  %s = arith.addf %y, %r : !data
  %z = arith.maximumf %s, %zeros : !data
  return %z, %means, %variances : !data, !channels, !channels
}

// -----

// Large images of few channels, in slices.
!data = tensor<2x2x128x128xf32>
!channels = tensor<2xf32>
func.func @large_images(%x: !data, %p: !channels, %d: !data)
    -> (!data, !channels, !channels, !data, !channels, !channels) {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 9.0 : !data, !channels
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %m, %v, %d epsilon = 9.0
    : !data, !channels
  return %y, %m, %v, %dx, %dg, %db : !data, !channels, !channels, !data, !channels, !channels
}

// -----

// Channels last, in slices; the gradient of ReLU before, and of the statistics.
!data = tensor<4x16x16x32xf32>
!channels = tensor<32xf32>
func.func @channels_last(%x: !data, %p: !channels, %d: !data, %q: !channels)
    -> (!data, !channels, !channels) {
  %zeros = arith.constant dense<0.0> : !data
  %positive = arith.cmpf ogt, %x, %zeros : !data
  %e = arith.select %positive, %d, %zeros : tensor<4x16x16x32xi1>, !data
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %p, %q, %e, %p, %q epsilon = 9.0
    channel_dims = [3] : !data, !channels
  return %dx, %dg, %db : !data, !channels, !channels
}

// -----

// Channels in blocks, of a number that is not known.
!data = tensor<?x?x?x?x?xbf16>
!channels = tensor<?x?xf32>
func.func @blocked(%x: !data, %p: !channels, %d: !data) -> (!data, !data) {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 9.0 channel_dims = [1, 4] : !data, !channels
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %m, %v, %d epsilon = 9.0
    channel_dims = [1, 4] : !data, !channels
  return %y, %dx : !data, !data
}

// -----

// Sizes that are not known, channels first, in bf16.
!data = tensor<?x?x?xbf16>
!channels = tensor<?xf32>
func.func @any_size(%x: !data, %p: !channels, %r: !data) -> (!data, !channels) {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 9.0 : !data, !channels
  %s = arith.addf %y, %r : !data
  return %s, %v : !data, !channels
}

// -----

// Rows whose number is not known, and a reduction that is not ours.
!data = tensor<?x32xf16>
!channels = tensor<32xf32>
func.func @any_rows(%x: !data, %p: !channels, %d: !data) -> (!data, f16) {
  %dx, %dg, %db = bn.training_backprop %x, %p, %p, %p, %p, %d epsilon = 9.0 : !data, !channels
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f16
  %n = tensor.dim %x, %c0 : !data
  %sum = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%zero) -> f16 {
    %element = tensor.extract %x[%i, %c0] : !data
    scf.reduce(%element : f16) {
    ^bb0(%a: f16, %b: f16):
      %s = arith.addf %a, %b : f16
      scf.reduce.return %s : f16
    }
  }
  return %dx, %sum : !data, f16
}

// -----

// Second derivatives, on dims that are collapsed for them and not for softmax.
!data = tensor<?x?x?x?xf64>
!channels = tensor<?xf64>
func.func @double_backprop(%x: !data, %p: !channels, %d: !data, %u: !data, %init: !data)
    -> (!data, !channels, !data) {
  %dx, %dg, %dd = bn.training_double_backprop %x, %p, %p, %p, %d, %u, %p, %p epsilon = 9.0
    : !data, !channels
  %softmax = linalg.softmax dimension(3) ins(%dd : !data) outs(%init : !data) -> !data
  return %dx, %dg, %softmax : !data, !channels, !data
}

// -----

// The gradient of a small network: @main is differentiated.
!data = tensor<6x8x20xf32>
!channels = tensor<8xf32>
func.func @main(%x: !data, %g: !channels, %b: !channels) -> !data {
  %y, %m, %v = bn.training %x, %g, %b epsilon = 9.0 : !data, !channels
  %t = math.tanh %y : !data
  return %t : !data
}

// -----

// A layer that inference is folded into, and a buffer that it frees itself.
func.func @folded(%x: tensor<2x8x8x3xf32>, %w: tensor<3x3x3x4xf32>, %p: tensor<4xf32>)
    -> (tensor<2x6x6x4xf32>, f32) {
  %zeros = arith.constant dense<0.0> : tensor<2x6x6x4xf32>
  %c = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<2x8x8x3xf32>, tensor<3x3x3x4xf32>)
                                outs(%zeros : tensor<2x6x6x4xf32>) -> tensor<2x6x6x4xf32>
  %y = bn.inference %c, %p, %p, %p, %p epsilon = 9.0 channel_dims = [3]
    : tensor<2x6x6x4xf32>, tensor<4xf32>
  %i = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  %buffer = memref.alloc() : memref<4xf32>
  memref.store %one, %buffer[%i] : memref<4xf32>
  %element = memref.load %buffer[%i] : memref<4xf32>
  memref.dealloc %buffer : memref<4xf32>
  return %y, %element : tensor<2x6x6x4xf32>, f32
}

// -----

// A loop that keeps the shape of what it carries, on numbers only.
!data = tensor<16x8xf32>
!channels = tensor<8xf32>
func.func @repeated(%x: !data, %p: !channels) -> !data {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %first = tensor.extract %x[%c0, %c0] : !data
  %ordered = arith.cmpf ord, %first, %first : f32
  cf.assert %ordered, "expected a number"
  %start = tensor.cast %x : !data to tensor<?x8xf32>
  %end = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %start) -> tensor<?x8xf32> {
    %y = bn.inference %a, %p, %p, %p, %p epsilon = 9.0 : tensor<?x8xf32>, !channels
    scf.yield %y : tensor<?x8xf32>
  }
  %y = tensor.cast %end : tensor<?x8xf32> to !data
  return %y : !data
}
