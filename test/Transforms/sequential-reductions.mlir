// RUN: bn-opt %s --bn-sequential-reductions | FileCheck %s

// Each sum is carried through both loops; a loop without results stays parallel.
// CHECK-LABEL: func @reductions
//  CHECK-SAME:   %[[X:.*]]: memref<?x?xf32>
//       CHECK:   %[[R:.*]]:2 = scf.for %[[I:.*]] = {{.*}} iter_args(%[[S:.*]] = %{{.*}}, %[[M:.*]] = %{{.*}}) -> (f32, f32) {
//       CHECK:     %[[Q:.*]]:2 = scf.for %[[J:.*]] = {{.*}} iter_args(%[[T:.*]] = %[[S]], %[[N:.*]] = %[[M]]) -> (f32, f32) {
//       CHECK:       %[[V:.*]] = memref.load %[[X]][%[[I]], %[[J]]]
//       CHECK:       %[[SUM:.*]] = arith.addf %[[T]], %[[V]]
//       CHECK:       %[[MAX:.*]] = arith.maximumf %[[N]], %[[V]]
//       CHECK:       scf.yield %[[SUM]], %[[MAX]]
//       CHECK:     scf.yield %[[Q]]#0, %[[Q]]#1
//       CHECK:   scf.parallel
//       CHECK:   return %[[R]]#0, %[[R]]#1
func.func @reductions(%x: memref<?x?xf32>, %n: index) -> (f32, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %r:2 = scf.parallel (%i, %j) = (%c0, %c0) to (%n, %n) step (%c1, %c1) init (%zero, %zero) -> (f32, f32) {
    %v = memref.load %x[%i, %j] : memref<?x?xf32>
    scf.reduce(%v, %v : f32, f32) {
    ^bb0(%a: f32, %b: f32):
      %s = arith.addf %a, %b : f32
      scf.reduce.return %s : f32
    }, {
    ^bb0(%a: f32, %b: f32):
      %m = arith.maximumf %a, %b : f32
      scf.reduce.return %m : f32
    }
  }
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    memref.store %zero, %x[%i, %i] : memref<?x?xf32>
  }
  return %r#0, %r#1 : f32, f32
}
