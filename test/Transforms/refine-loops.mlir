// RUN: bn-opt %s --bn-refine-loops --canonicalize | FileCheck %s
// RUN: bn-opt %s --bn-to-linalg | FileCheck %s --check-prefix=LINALG

// A loop, and one inside, that keep the shape they start with.
// CHECK-LABEL: func @kept
//       CHECK:   scf.for {{.*}} -> (tensor<8x3xf32>)
//       CHECK:     scf.for {{.*}} -> (tensor<8x3xf32>)
//       CHECK:       bn.inference {{.*}} : tensor<8x3xf32>, tensor<3xf32>
func.func @kept(%x: tensor<8x3xf32>, %p: tensor<3xf32>, %n: index) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = tensor.cast %x : tensor<8x3xf32> to tensor<?x?xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %0) -> tensor<?x?xf32> {
    %inner = scf.for %j = %c0 to %n step %c1 iter_args(%b = %a) -> tensor<?x?xf32> {
      %y = bn.inference %b, %p, %p, %p, %p epsilon = 1.0
          : (tensor<?x?xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
      scf.yield %y : tensor<?x?xf32>
    }
    scf.yield %inner : tensor<?x?xf32>
  }
  return %r : tensor<?x?xf32>
}

// Two arrays of one shape change places.
// CHECK-LABEL: func @swapped
//       CHECK:   scf.for {{.*}} -> (tensor<8xf32>, tensor<8xf32>)
func.func @swapped(%x: tensor<8xf32>, %y: tensor<8xf32>, %n: index) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = tensor.cast %x : tensor<8xf32> to tensor<?xf32>
  %1 = tensor.cast %y : tensor<8xf32> to tensor<?xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %0, %b = %1) -> (tensor<?xf32>, tensor<?xf32>) {
    scf.yield %b, %a : tensor<?xf32>, tensor<?xf32>
  }
  return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
}

// Two of different shapes do: after a turn, each has the other's.
// LINALG-LABEL: func @exchanged
//       LINALG:   scf.for {{.*}} -> (tensor<?xf32>, tensor<?xf32>)
func.func @exchanged(%x: tensor<8xf32>, %y: tensor<2xf32>, %n: index) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = tensor.cast %x : tensor<8xf32> to tensor<?xf32>
  %1 = tensor.cast %y : tensor<2xf32> to tensor<?xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %0, %b = %1) -> (tensor<?xf32>, tensor<?xf32>) {
    scf.yield %b, %a : tensor<?xf32>, tensor<?xf32>
  }
  return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
}

// Rows are dropped; columns stay.
// LINALG-LABEL: func @halved
//       LINALG:   %[[R:.*]] = scf.for {{.*}} -> (tensor<?x3xf32>)
//       LINALG:   %[[ROWS:.*]] = tensor.dim %[[R]]
//       LINALG:   return %[[ROWS]]
func.func @halved(%x: tensor<8x3xf32>, %n: index) -> index {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0 = tensor.cast %x : tensor<8x3xf32> to tensor<?x?xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %0) -> tensor<?x?xf32> {
    %rows = tensor.dim %a, %c0 : tensor<?x?xf32>
    %columns = tensor.dim %a, %c1 : tensor<?x?xf32>
    %half = arith.divui %rows, %c2 : index
    %s = tensor.extract_slice %a[0, 0] [%half, %columns] [1, 1] : tensor<?x?xf32> to tensor<?x?xf32>
    scf.yield %s : tensor<?x?xf32>
  }
  %rows = tensor.dim %r, %c0 : tensor<?x?xf32>
  return %rows : index
}
