// RUN: bn-opt %s --bn-differentiate=wrt=0 --split-input-file --verify-diagnostics

// expected-error@+1 {{option 'entry': expected a func.func of the module, but got 'main'}}
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

// expected-error@+1 {{'func.func' op expected straight-line code, but got 'llvm.unreachable' at its end}}
func.func @main(%x: f32) -> f32 {
  llvm.unreachable
}

// -----

func.func private @never(%x: f32) -> f32 {
  llvm.unreachable
}
func.func @main(%x: f32) -> f32 {
  // expected-error@+1 {{'func.call' op calls 'never': expected straight-line code, but got 'llvm.unreachable' at its end}}
  %y = func.call @never(%x) : (f32) -> f32
  return %y : f32
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

// expected-error@+1 {{option 'wrt': expected a float or a ranked tensor of floats, but argument 0 is 'index'}}
func.func @main(%i: index, %x: f32) -> f32 {
  return %x : f32
}

// -----

// expected-error@+1 {{option 'wrt': expected the number of one of the 0 arguments, counted from 0, but got '0'}}
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
  // expected-error@+1 {{'func.call' op has no derivative, but a gradient needs it}}
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

// -----

// Each call would bring the next one along.
func.func @branch(%x: f32, %c: i1) -> f32 {
  cf.cond_br %c, ^again, ^end
^again:
  %y = call @branch(%x, %c) : (f32, i1) -> f32
  return %y : f32
^end:
  return %x : f32
}
func.func @main(%x: f32, %c: i1) -> f32 {
  // expected-error@+1 {{'func.call' op calls 'branch': expected straight-line code, but got 3 blocks}}
  %y = call @branch(%x, %c) : (f32, i1) -> f32
  return %y : f32
}

// -----

// The way through an unranked tensor is not taken for a zero.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %u = tensor.cast %x : tensor<4xf32> to tensor<*xf32>
  // expected-error@+1 {{'tensor.cast' op has no derivative, but a gradient needs it}}
  %y = tensor.cast %u : tensor<*xf32> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Nor the way through a buffer.
func.func @main(%x: f32, %buffer: memref<f32>) -> f32 {
  memref.store %x, %buffer[] : memref<f32>
  // expected-error@+1 {{'memref.load' op has no derivative, but a gradient needs it}}
  %y = memref.load %buffer[] : memref<f32>
  return %y : f32
}

// -----

// Nor a value that a body takes from outside.
func.func @main(%x: f32, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'linalg.map' op has no derivative, but a gradient needs it}}
  %z = linalg.map ins(%y : tensor<4xf32>) outs(%y : tensor<4xf32>) (%a: f32, %out: f32) {
    %p = arith.mulf %a, %x : f32
    linalg.yield %p : f32
  }
  return %z : tensor<4xf32>
}

// -----

// The op inside is named.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = linalg.map ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) (%a: f32, %out: f32) {
    // expected-error@+1 {{'math.erf' op has no derivative, but a gradient needs it}}
    %p = math.erf %a : f32
    linalg.yield %p : f32
  }
  return %y : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %y = linalg.map ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) (%a: f32, %out: f32) {
    %p = arith.cmpf ogt, %a, %zero : f32
    // expected-error@+1 {{'scf.if' op has no derivative, but a gradient needs it}}
    %q = scf.if %p -> f32 {
      scf.yield %a : f32
    } else {
      scf.yield %zero : f32
    }
    linalg.yield %q : f32
  }
  return %y : tensor<4xf32>
}

// -----

// A reduction that is neither a sum nor an extremum.
func.func @main(%x: tensor<4x3xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'linalg.reduce' op has no derivative, but a gradient needs it}}
  %z = linalg.reduce { arith.mulf } ins(%x : tensor<4x3xf32>) outs(%y : tensor<4xf32>) dimensions = [1]
  return %z : tensor<4xf32>
}

// -----

// A view that was made before something was stored into its buffer.
func.func @main(%x: f32, %buffer: memref<4xf32>, %i: index) -> f32 {
  %view = memref.subview %buffer[0] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1]>>
  memref.store %x, %buffer[%i] : memref<4xf32>
  // expected-error@+1 {{'memref.load' op has no derivative, but a gradient needs it}}
  %y = memref.load %view[%i] : memref<2xf32, strided<[1]>>
  return %y : f32
}

// -----

// Stores in control flow.
func.func @main(%x: f32, %buffer: memref<4xf32>, %i: index, %c: i1) -> f32 {
  scf.if %c {
    memref.store %x, %buffer[%i] : memref<4xf32>
  }
  // expected-error@+1 {{'memref.load' op has no derivative, but a gradient needs it}}
  %y = memref.load %buffer[%i] : memref<4xf32>
  return %y : f32
}

// -----

ml_program.global private mutable @w(dense<1.0> : tensor<4xf32>) : tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  ml_program.global_store @w = %x : tensor<4xf32>
  // expected-error@+1 {{'ml_program.global_load' op has no derivative, but a gradient needs it}}
  %y = ml_program.global_load @w : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// A function defined elsewhere may keep what it is given, and return it later.
func.func private @put(f32)
func.func private @get() -> f32
func.func @main(%x: f32) -> f32 {
  call @put(%x) : (f32) -> ()
  // expected-error@+1 {{'func.call' op has no derivative, but a gradient needs it}}
  %y = call @get() : () -> f32
  return %y : f32
}

// -----

// The bits of floats, as they are or with arithmetic on them.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %magic = arith.constant dense<0x5f3759df> : tensor<4xi32>
  %one = arith.constant dense<1> : tensor<4xi32>
  %bits = arith.bitcast %x : tensor<4xf32> to tensor<4xi32>
  %half = arith.shrui %bits, %one : tensor<4xi32>
  %guess = arith.subi %magic, %half : tensor<4xi32>
  // expected-error@+1 {{'arith.bitcast' op has no derivative, but a gradient needs it}}
  %y = arith.bitcast %guess : tensor<4xi32> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// In bodies.
func.func @main(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  %bits = linalg.map ins(%x : tensor<4xf32>) outs(%i : tensor<4xi32>) (%a: f32, %out: i32) {
    %b = arith.bitcast %a : f32 to i32
    linalg.yield %b : i32
  }
  // expected-error@+1 {{'linalg.map' op has no derivative, but a gradient needs it}}
  %y = linalg.map ins(%bits : tensor<4xi32>) outs(%x : tensor<4xf32>) (%a: i32, %out: f32) {
    %b = arith.bitcast %a : i32 to f32
    linalg.yield %b : f32
  }
  return %y : tensor<4xf32>
}
