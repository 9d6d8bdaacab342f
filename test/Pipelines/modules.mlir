// Modules hold other things too: all of this lowers in one go.
//
// RUN: bn-opt %s --bn-to-llvm | FileCheck %s
// RUN: bn-opt %s --bn-to-linalg | bn-opt --bn-to-affine | bn-opt --bn-to-llvm | FileCheck %s
// RUN: bn-opt %s --convert-bn-to-linalg | bn-opt --bn-to-llvm | FileCheck %s

// CHECK-DAG: llvm.func @_mlir_ciface_calls
// CHECK-DAG: llvm.func @declared(f32)
// CHECK-NOT: @_mlir_ciface_declared

func.func private @norm(%x: tensor<8x4x5xf32>, %p: tensor<4xf32>) -> tensor<8x4x5xf32> {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<8x4x5xf32>, tensor<4xf32>
  return %y : tensor<8x4x5xf32>
}

// Slices of rows of which there may be none; stages run twice do not slice again.
func.func @rows(%x: tensor<?x64xf32>, %p: tensor<64xf32>, %e: tensor<1x0x?x?xf32>, %q: tensor<?xf32>)
    -> (tensor<?x64xf32>, tensor<1x0x?x?xf32>) {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<?x64xf32>, tensor<64xf32>
  %z = bn.inference %e, %q, %q, %q, %q epsilon = 1.0e-05 channel_dims = [3]
    : tensor<1x0x?x?xf32>, tensor<?xf32>
  return %y, %z : tensor<?x64xf32>, tensor<1x0x?x?xf32>
}

// That nothing is there shows only in the type of the result.
func.func @late(%x: tensor<?x?x?xf32>, %p: tensor<?xf32>) -> tensor<3x2x0xf32> {
  %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<?x?x?xf32>, tensor<?xf32>
  %z, %n, %w = bn.training %y, %p, %p epsilon = 1.0e-05 : tensor<?x?x?xf32>, tensor<?xf32>
  %r = tensor.cast %z : tensor<?x?x?xf32> to tensor<3x2x0xf32>
  return %r : tensor<3x2x0xf32>
}

// Calls, and upstream ops before and after.
func.func @calls(%x: tensor<8x4x5xf32>, %p: tensor<4xf32>, %w: tensor<20x7xf32>) -> (tensor<8x7xf32>, f32) {
  %y = call @norm(%x, %p) : (tensor<8x4x5xf32>, tensor<4xf32>) -> tensor<8x4x5xf32>
  %z = call @norm(%y, %p) : (tensor<8x4x5xf32>, tensor<4xf32>) -> tensor<8x4x5xf32>
  %flat = tensor.collapse_shape %z [[0], [1, 2]] : tensor<8x4x5xf32> into tensor<8x20xf32>
  %e = tensor.empty() : tensor<8x7xf32>
  %zero = arith.constant 0.0 : f32
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<8x7xf32>) -> tensor<8x7xf32>
  %product = linalg.matmul ins(%flat, %w : tensor<8x20xf32>, tensor<20x7xf32>)
    outs(%init : tensor<8x7xf32>) -> tensor<8x7xf32>
  %c1 = arith.constant 1 : index
  %s = tensor.extract %product[%c1, %c1] : tensor<8x7xf32>
  return %product, %s : tensor<8x7xf32>, f32
}

// Control flow around dynamic shapes.
func.func @branch(%c: i1, %x: tensor<?x?x?xf32>, %p: tensor<?xf32>) -> tensor<?x?x?xf32> {
  %r = scf.if %c -> tensor<?x?x?xf32> {
    %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<?x?x?xf32>, tensor<?xf32>
    scf.yield %y : tensor<?x?x?xf32>
  } else {
    scf.yield %x : tensor<?x?x?xf32>
  }
  return %r : tensor<?x?x?xf32>
}
func.func @repeat(%n: index, %x: tensor<?x?x?xf32>, %p: tensor<?xf32>) -> tensor<?x?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?x?x?xf32> {
    %y, %m, %v = bn.training %a, %p, %p epsilon = 1.0e-05 : tensor<?x?x?xf32>, tensor<?xf32>
    scf.yield %y : tensor<?x?x?xf32>
  }
  return %r : tensor<?x?x?xf32>
}
func.func @while(%n: i32, %x: tensor<?x3xf32>, %p: tensor<3xf32>) -> tensor<?x3xf32> {
  %0 = arith.constant 0 : i32
  %1 = arith.constant 1 : i32
  %r:2 = scf.while (%i = %0, %a = %x) : (i32, tensor<?x3xf32>) -> (i32, tensor<?x3xf32>) {
    %more = arith.cmpi slt, %i, %n : i32
    scf.condition(%more) %i, %a : i32, tensor<?x3xf32>
  } do {
  ^bb0(%i: i32, %a: tensor<?x3xf32>):
    %y, %m, %v = bn.training %a, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32>
    %j = arith.addi %i, %1 : i32
    scf.yield %j, %y : i32, tensor<?x3xf32>
  }
  return %r#1 : tensor<?x3xf32>
}
func.func @blocks(%c: i1, %x: tensor<?x3xf32>, %p: tensor<3xf32>) -> tensor<?x3xf32> {
  cf.cond_br %c, ^normalise, ^end(%x : tensor<?x3xf32>)
^normalise:
  %y, %m, %v = bn.training %x, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32>
  cf.br ^end(%y : tensor<?x3xf32>)
^end(%r: tensor<?x3xf32>):
  return %r : tensor<?x3xf32>
}
func.func @reshape(%c: i1, %n: index, %x: tensor<?x?x?xf32>, %p: tensor<?xf32>) -> tensor<?x?x?xf32> {
  %r = scf.if %c -> tensor<?x?x?xf32> {
    %shape = tensor.from_elements %n, %n, %n : tensor<3xindex>
    %z = tensor.reshape %x(%shape) : (tensor<?x?x?xf32>, tensor<3xindex>) -> tensor<?x?x?xf32>
    %y, %m, %v = bn.training %z, %p, %p epsilon = 1.0e-05 channel_dims = [2] : tensor<?x?x?xf32>, tensor<?xf32>
    scf.yield %y : tensor<?x?x?xf32>
  } else {
    scf.yield %x : tensor<?x?x?xf32>
  }
  return %r : tensor<?x?x?xf32>
}

// Linalg ops without loops of their own.
func.func @blocked(%x: tensor<2x16x5xf32>, %p: tensor<2x8xf32>) -> tensor<2x16x5xf32> {
  %e = tensor.empty() : tensor<2x2x5x8xf32>
  %b = linalg.pack %x inner_dims_pos = [1] inner_tiles = [8] into %e : tensor<2x16x5xf32> -> tensor<2x2x5x8xf32>
  %y, %m, %v = bn.training %b, %p, %p epsilon = 1.0e-05 channel_dims = [1, 3] : tensor<2x2x5x8xf32>, tensor<2x8xf32>
  %f = tensor.empty() : tensor<2x16x5xf32>
  %u = linalg.unpack %y inner_dims_pos = [1] inner_tiles = [8] into %f : tensor<2x2x5x8xf32> -> tensor<2x16x5xf32>
  %s = linalg.softmax dimension(1) ins(%u : tensor<2x16x5xf32>) outs(%f : tensor<2x16x5xf32>) -> tensor<2x16x5xf32>
  return %s : tensor<2x16x5xf32>
}

// No bn op: memrefs, vectors, recursion, functions defined elsewhere, buffers
// that the function frees itself, loops of other kinds.
func.func private @declared(f32) -> f32
func.func @external(%a: f32) -> f32 {
  %r = call @declared(%a) : (f32) -> f32
  return %r : f32
}
func.func @recursive(%n: i32) -> i32 {
  %0 = arith.constant 0 : i32
  %1 = arith.constant 1 : i32
  %done = arith.cmpi eq, %n, %0 : i32
  %r = scf.if %done -> i32 {
    scf.yield %0 : i32
  } else {
    %m = arith.subi %n, %1 : i32
    %q = func.call @recursive(%m) : (i32) -> i32
    scf.yield %q : i32
  }
  return %r : i32
}
func.func @buffers(%n: index, %out: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc(%n) : memref<?xf32>
  scf.forall (%i) in (%n) {
    memref.store %zero, %a[%i] : memref<?xf32>
  }
  %v = vector.load %a[%c0] : memref<?xf32>, vector<4xf32>
  vector.store %v, %out[%c0] : memref<4xf32>, vector<4xf32>
  memref.dealloc %a : memref<?xf32>
  return
}
func.func @threads(%a: memref<4xf32>) {
  omp.parallel {
    omp.terminator
  }
  return
}
func.func @returns_buffer(%n: index) -> memref<?xf32> {
  %a = memref.alloc(%n) : memref<?xf32>
  return %a : memref<?xf32>
}
func.func @vectors(%a: memref<8x8xf32>, %x: vector<4x4xf32>) -> vector<4x4xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %v = vector.transfer_read %a[%c0, %c0], %zero : memref<8x8xf32>, vector<4x4xf32>
  %t = vector.transpose %v, [1, 0] : vector<4x4xf32> to vector<4x4xf32>
  %s = vector.multi_reduction <add>, %t, %zero [0, 1] : vector<4x4xf32> to f32
  %b = vector.broadcast %s : f32 to vector<4x4xf32>
  return %b : vector<4x4xf32>
}
func.func @largest(%a: memref<4x5xf32>) -> f32 {
  %r = affine.parallel (%i, %j) = (0, 0) to (4, 5) reduce("maximumf") -> f32 {
    %v = affine.load %a[%i, %j] : memref<4x5xf32>
    affine.yield %v : f32
  }
  return %r : f32
}
