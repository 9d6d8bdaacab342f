// The constraints of the dialect, by number (include/bn/IR/BNBase.td).
// RUN: bn-opt %s --split-input-file --verify-diagnostics

func.func @c1_rank(%x: tensor<4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op expected input of rank 2 or more, but got 'tensor<4xf32>'}}
  %0:3 = "bn.training"(%x, %p, %p) <{epsilon = 0.0 : f64}> : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c1_unranked(%x: tensor<*xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{expected input to be a ranked tensor, but got 'tensor<*xf32>'}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 : tensor<*xf32>, tensor<4xf32>
  return
}

// -----

func.func @c2_range(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op expected channel_dims in [0, 2), but got 2}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 channel_dims = [2] : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @c2_order(%x: tensor<2x4xf32>, %p: tensor<4x2xf32>) {
  // expected-error@+1 {{'bn.training' op expected channel_dims to increase strictly, but got 1 before 0}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 channel_dims = [1, 0] : tensor<2x4xf32>, tensor<4x2xf32>
  return
}

// -----

func.func @c2_empty(%x: tensor<2x4xf32>, %p: tensor<f32>) {
  // expected-error@+1 {{'bn.training' op expected channel_dims to name at least one dim}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 channel_dims = [] : tensor<2x4xf32>, tensor<f32>
  return
}

// -----

func.func @c3_element_type(%x: tensor<2x4xi32>, %p: tensor<4xi32>) {
  // expected-error@+1 {{'bn.training' op expected input of element type f16, bf16, f32 or f64, but got 'tensor<2x4xi32>'}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 : tensor<2x4xi32>, tensor<4xi32>
  return
}

// -----

func.func @c4_delta_shape(%x: tensor<2x4xf32>, %p: tensor<4xf32>, %d: tensor<3x4xf32>) {
  // expected-error@+1 {{'bn.training_backprop' op expected delta of type 'tensor<2x4xf32>', but got 'tensor<3x4xf32>'}}
  %0:3 = bn.training_backprop %x, %p, %p, %p, %p, %d epsilon = 0.0 : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>)
  return
}

// -----

func.func @c5_half_parameters(%x: tensor<2x4xf16>, %p: tensor<4xf16>) {
  // expected-error@+1 {{'bn.training' op expected gamma of element type 'f32', but got 'tensor<4xf16>'}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 : tensor<2x4xf16>, tensor<4xf16>
  return
}

// -----

func.func @c6_parameter_shape(%x: tensor<2x4xf32>, %p: tensor<4xf32>, %q: tensor<3xf32>) {
  // expected-error@+1 {{'bn.training' op expected beta of type 'tensor<4xf32>', but got 'tensor<3xf32>'}}
  %0:3 = bn.training %x, %p, %q epsilon = 0.0 : (tensor<2x4xf32>, tensor<4xf32>, tensor<3xf32>)
  return
}

// -----

func.func @c6_parameter_rank(%x: tensor<2x4x8xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op expected gamma of type 'tensor<4x8xf32>', but got 'tensor<4xf32>'}}
  %0:3 = bn.training %x, %p, %p epsilon = 0.0 channel_dims = [1, 2] : tensor<2x4x8xf32>, tensor<4xf32>
  return
}

// -----

func.func @c7_negative(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op expected epsilon to be finite and not negative, but got -1}}
  %0:3 = "bn.training"(%x, %p, %p) <{epsilon = -1.0 : f64}> : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c7_not_finite(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op expected epsilon to be finite and not negative, but got NaN}}
  %0:3 = "bn.training"(%x, %p, %p) <{epsilon = 0x7FF8000000000000 : f64}> : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c7_missing(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training' op requires attribute 'epsilon'}}
  %0:3 = "bn.training"(%x, %p, %p) : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c8_half_a_pair(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training_backprop' op expected mean_delta and variance_delta together or neither, so 6 or 8 operands, but got 7}}
  %0:3 = bn.training_backprop %x, %p, %p, %p, %p, %x, %p epsilon = 0.0 : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @results(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.inference' op expected output of type 'tensor<2x4xf32>', but got 'tensor<3x4xf32>'}}
  %0 = "bn.inference"(%x, %p, %p, %p, %p) <{epsilon = 0.0 : f64}> : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  return
}
