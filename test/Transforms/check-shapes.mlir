// RUN: bn-opt %s --bn-check-shapes --canonicalize --cse --split-input-file | FileCheck %s

// At the start of the function, in terms of the sizes of arguments, in the order
// of the program; sizes are not compared with themselves.
// CHECK-DAG: llvm.func @dprintf(i32, !llvm.ptr, ...) -> i32
// CHECK-DAG: llvm.func @abort()
//     CHECK: func @training(%[[X:.*]]: tensor<?x?xf32>, %[[GAMMA:.*]]: tensor<?xf32>, %[[BETA:.*]]: tensor<?xf32>)
// CHECK-DAG:   %[[C:.*]] = tensor.dim %[[X]], %c1
// CHECK-DAG:   %[[G:.*]] = tensor.dim %[[GAMMA]], %c0
// CHECK-DAG:   %[[B:.*]] = tensor.dim %[[BETA]], %c0
//     CHECK:   arith.cmpi ne, %[[C]], %[[G]]
//     CHECK:   call @{{.*}}(%[[C]], %[[G]])
//     CHECK:   %[[DIFFERS:.*]] = arith.cmpi ne, %[[C]], %[[B]]
//     CHECK:   scf.if %[[DIFFERS]] {
//     CHECK:     call @[[FAIL:.*]](%[[C]], %[[B]])
//     CHECK:   bn.training
//     CHECK:   bn.inference
//     CHECK: func private @[[FAIL]](%[[EXPECTED:.*]]: index, %[[GIVEN:.*]]: index) attributes {{{.*}}passthrough = ["cold", "noinline"]}
// CHECK-DAG:   %[[FORMAT:.*]] = llvm.mlir.addressof @[[TEXT:bn_message[_0-9]*]]
// CHECK-DAG:   %[[EXPECTED64:.*]] = arith.index_cast %[[EXPECTED]]
// CHECK-DAG:   %[[GIVEN64:.*]] = arith.index_cast %[[GIVEN]]
//     CHECK:   llvm.call @dprintf(%{{.*}}, %[[FORMAT]], %[[EXPECTED64]], %[[GIVEN64]])
//     CHECK:   llvm.call @abort
//     CHECK: llvm.mlir.global internal constant @[[TEXT]]("error: {{.*}}check-shapes.mlir:[[#@LINE+3]]:{{[0-9]+}}: 'bn.training' op expected beta of type 'tensor<%ldxf32>', but got 'tensor<%ldxf32>'\0A\00")
func.func @training(%x: tensor<?x?xf32>, %gamma: tensor<?xf32>, %beta: tensor<?xf32>) -> tensor<?x?xf32> {
  %y, %mean, %variance =
      bn.training %x, %gamma, %beta epsilon = 1.0e-05 : tensor<?x?xf32>, tensor<?xf32>
  %z = bn.inference %y, %gamma, %beta, %mean, %variance epsilon = 1.0e-05 : tensor<?x?xf32>, tensor<?xf32>
  return %z : tensor<?x?xf32>
}

// -----

// Sizes that are static need no check.
// CHECK-LABEL: func @static
//   CHECK-NOT: scf.if
//       CHECK: return
func.func @static(%x: tensor<?x3xf32>, %p: tensor<3xf32>) -> tensor<?x3xf32> {
  %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<3xf32>
  return %y : tensor<?x3xf32>
}

// -----

// CHECK-LABEL: func @update
//   CHECK-NOT: scf.if
//       CHECK: scf.if
//   CHECK-NOT: scf.if
//       CHECK: 'bn.update_statistics' op expected variance of type 'tensor<%ldxf64>'
func.func @update(%x: tensor<?xf64>, %v: tensor<?xf64>) -> tensor<?xf64> {
  %m, %n = bn.update_statistics %x, %x, %x, %v momentum = 0.5 : tensor<?xf64>
  return %n : tensor<?xf64>
}

// -----

// CHECK-LABEL: func @neighbours
//   CHECK-NOT: scf.if
//       CHECK: scf.if
//       CHECK: scf.if
//   CHECK-NOT: scf.if
//       CHECK: return
//   CHECK-DAG: 'linalg.generic' op expected operand #1 of type 'tensor<%ldxf32>'
//   CHECK-DAG: 'tensor.cast' op expected source of type 'tensor<4xf32>', but got 'tensor<%ldxf32>'
func.func @neighbours(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                       iterator_types = ["parallel"]}
      ins(%x, %y : tensor<?xf32>, tensor<?xf32>) outs(%x : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %sum = arith.addf %a, %b : f32
    linalg.yield %sum : f32
  } -> tensor<?xf32>
  %1 = tensor.cast %0 : tensor<?xf32> to tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// What may not be executed is checked where it is.
// CHECK-LABEL: func @branch
//       CHECK:   scf.if %{{.*}} -> (tensor<?x3xf32>) {
//       CHECK:     scf.if
//       CHECK:     bn.inference
func.func @branch(%x: tensor<?x3xf32>, %p: tensor<?xf32>, %c: i1) -> tensor<?x3xf32> {
  %0 = scf.if %c -> tensor<?x3xf32> {
    %y = bn.inference %x, %p, %p, %p, %p epsilon = 1.0e-05 : tensor<?x3xf32>, tensor<?xf32>
    scf.yield %y : tensor<?x3xf32>
  } else {
    scf.yield %x : tensor<?x3xf32>
  }
  return %0 : tensor<?x3xf32>
}

// -----

// Once sizes are checked, what one operand knows all know; results keep their
// types.
// CHECK-LABEL: func @refined
//       CHECK:   %[[X:.*]] = tensor.cast %{{.*}} : tensor<?x?x?xf32> to tensor<?x16x0xf32>
//       CHECK:   bn.training_backprop %[[X]], {{.*}} : tensor<?x16x0xf32>, tensor<16xf32>
//       CHECK:   return {{.*}} : tensor<?x?x?xf32>, tensor<?xf32>
func.func @refined(%x: tensor<?x?x?xf32>, %p: tensor<?xf32>, %gamma: tensor<16xf32>, %d: tensor<?x?x0xf32>) -> (tensor<?x?x?xf32>, tensor<?xf32>) {
  %0:3 = "bn.training_backprop"(%x, %gamma, %p, %p, %p, %d) <{epsilon = 1.0e-05 : f64}>
      : (tensor<?x?x?xf32>, tensor<16xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?x0xf32>)
      -> (tensor<?x?x?xf32>, tensor<?xf32>, tensor<?xf32>)
  return %0#0, %0#1 : tensor<?x?x?xf32>, tensor<?xf32>
}
