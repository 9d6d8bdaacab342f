// RUN: bn-opt %s --bn-differentiate=wrt=0 --split-input-file --verify-diagnostics

// expected-error@+1 {{expected a function 'main', found none}}
module {
}

// -----

// expected-error@+1 {{'func.func' op has no body to differentiate}}
func.func private @main(f32) -> f32

// -----

// expected-error@+1 {{'func.func' op expected straight-line code, but got 2 blocks}}
func.func @main(%x: f32) -> f32 {
  cf.br ^end
^end:
  return %x : f32
}

// -----

// expected-error@+1 {{'func.func' op cannot be differentiated: 'main_vjp' exists already}}
func.func @main(%x: f32) -> f32 {
  return %x : f32
}
func.func @main_vjp() {
  return
}

// -----

func.func @main(%x: f32) -> f32 {
  return %x : f32
}
// expected-error@+1 {{'func.func' op expected type '(f32, f32) -> (f32, f32)', but got '(f32) -> f32'}}
func.func private @main_vjp(f32) -> f32

// -----

// expected-error@+1 {{expected results of floats or ranked tensors of floats, but got 'index'}}
func.func @main(%x: f32, %i: index) -> index {
  return %i : index
}

// -----

// expected-error@+1 {{cannot be differentiated by argument 0: expected a float or a ranked tensor of floats, but got 'index'}}
func.func @main(%i: index, %x: f32) -> f32 {
  return %x : f32
}

// -----

// expected-error@+1 {{cannot be differentiated by argument 0: it has 0 arguments}}
func.func @main() -> f32 {
  %x = arith.constant 1.0 : f32
  return %x : f32
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'math.erf' op has no derivative, but a gradient needs it}}
  %y = math.erf %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Control flow on the way of a gradient.
func.func @main(%x: f32, %c: i1) -> f32 {
  // expected-error@+1 {{'scf.if' op has no derivative, but a gradient needs it}}
  %y = scf.if %c -> f32 {
    scf.yield %x : f32
  } else {
    %z = arith.negf %x : f32
    scf.yield %z : f32
  }
  return %y : f32
}

// -----

func.func private @elsewhere(f32) -> f32
func.func @main(%x: f32) -> f32 {
  // expected-error@+1 {{'func.call' op calls 'elsewhere', which is defined elsewhere and has no derivative}}
  %y = call @elsewhere(%x) : (f32) -> f32
  return %y : f32
}

// -----

func.func @even(%x: f32) -> f32 {
  // expected-error@+1 {{'func.call' op calls 'odd' again: recursion has no derivative}}
  %y = call @odd(%x) : (f32) -> f32
  return %y : f32
}
func.func @odd(%x: f32) -> f32 {
  %y = call @even(%x) : (f32) -> f32
  return %y : f32
}
func.func @main(%x: f32) -> f32 {
  %y = call @odd(%x) : (f32) -> f32
  return %y : f32
}
