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

// -----

func.func @c4_cotangent_shape(%x: tensor<2x4xf32>, %p: tensor<4xf32>, %u: tensor<2x5xf32>) {
  // expected-error@+1 {{'bn.training_double_backprop' op expected input_cotangent of type 'tensor<2x4xf32>', but got 'tensor<2x5xf32>'}}
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %x, %u, %p, %p epsilon = 0.0
      : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2x4xf32>, tensor<2x5xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c6_cotangent_shape(%x: tensor<2x4xf32>, %p: tensor<4xf32>, %q: tensor<2xf32>) {
  // expected-error@+1 {{'bn.inference_double_backprop' op expected variance_cotangent of type 'tensor<4xf32>', but got 'tensor<2xf32>'}}
  %0:5 = bn.inference_double_backprop %x, %p, %p, %p, %x, %x, %p, %p, %p, %q epsilon = 0.0
      : (tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2xf32>)
  return
}

// -----

func.func @missing_cotangent(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.training_double_backprop' op expected 8 operands, but got 7}}
  %0:3 = bn.training_double_backprop %x, %p, %p, %p, %x, %x, %p epsilon = 0.0 : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @c9_rank(%p: tensor<f32>) {
  // expected-error@+1 {{'bn.update_statistics' op expected running_mean of rank 1 or more and element type f32 or f64, but got 'tensor<f32>'}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 : tensor<f32>
  return
}

// -----

func.func @c9_element_type(%p: tensor<4xbf16>) {
  // expected-error@+1 {{'bn.update_statistics' op expected running_mean of rank 1 or more and element type f32 or f64, but got 'tensor<4xbf16>'}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 : tensor<4xbf16>
  return
}

// -----

func.func @c9_shape(%p: tensor<4xf32>, %q: tensor<5xf32>) {
  // expected-error@+1 {{'bn.update_statistics' op expected variance of type 'tensor<4xf32>', but got 'tensor<5xf32>'}}
  %0:2 = bn.update_statistics %p, %p, %p, %q momentum = 0.9 : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<5xf32>)
  return
}

// -----

func.func @c9_types(%p: tensor<4xf32>) {
  // expected-error@+1 {{expected 4 types in parentheses, one for each statistic, but got 3}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c9_unranked(%p: tensor<*xf32>) {
  // expected-error@+1 {{'bn.update_statistics' op operand #0 must be ranked tensor}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 : tensor<*xf32>
  return
}

// -----

func.func @c10_range(%p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.update_statistics' op expected momentum in [0, 1], but got 1.5}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 1.5 : tensor<4xf32>
  return
}

// -----

func.func @c10_not_a_number(%p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.update_statistics' op expected momentum in [0, 1], but got NaN}}
  %0:2 = "bn.update_statistics"(%p, %p, %p, %p) <{momentum = 0x7FF8000000000000 : f64}> : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @c11_no_count(%p: tensor<4xf32>) {
  // expected-error@+1 {{'bn.update_statistics' op expected a count, which unbiased needs}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 unbiased : tensor<4xf32>
  return
}

// -----

func.func @schedule(%x: tensor<4x3xf32>, %g: tensor<3xf32>) {
  // expected-error@+1 {{'bn.training' op expects bn.schedule to be "channels" or "rows", but got "columns"}}
  %0:3 = bn.training %x, %g, %g epsilon = 1.0e-05 {bn.schedule = "columns"} : tensor<4x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @schedule_of_another_op(%x: tensor<4x3xf32>) {
  // expected-error@+1 {{'arith.addf' op cannot have "bn.schedule": expected a bn op with data}}
  %0 = arith.addf %x, %x {bn.schedule = "rows"} : tensor<4x3xf32>
  return
}

// -----

func.func @kind_of_attribute(%x: tensor<4x3xf32>, %g: tensor<3xf32>) {
  // expected-error@+1 {{custom op 'bn.training' attribute 'channel_dims' failed to satisfy constraint: i64 dense array attribute}}
  %0:3 = bn.training %x, %g, %g epsilon = 1.0e-05 {channel_dims = "last"} : tensor<4x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @kind_of_statistics_attribute(%p: tensor<4xf32>) {
  // expected-error@+1 {{custom op 'bn.update_statistics' attribute 'unbiased' failed to satisfy constraint: unit attribute}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 {unbiased = 1 : i64} : tensor<4xf32>
  return
}

// -----

func.func @epsilon_twice(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{attribute 'epsilon' occurs more than once}}
  %0:3 = bn.training %x, %p, %p epsilon = 1.0 {epsilon = 2.0 : f64} : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @channel_dims_twice(%x: tensor<2x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{attribute 'channel_dims' occurs more than once}}
  %0:3 = bn.training %x, %p, %p epsilon = 1.0 channel_dims = [1] {channel_dims = array<i64: 0>} : tensor<2x4xf32>, tensor<4xf32>
  return
}

// -----

func.func @momentum_twice(%p: tensor<4xf32>) {
  // expected-error@+1 {{attribute 'momentum' occurs more than once}}
  %0:2 = bn.update_statistics %p, %p, %p, %p momentum = 0.9 {momentum = 0.5 : f64} : tensor<4xf32>
  return
}
