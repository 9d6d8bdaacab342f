// RUN: bn-opt %s --bn-differentiate="entry=train wrt=0,1" | FileCheck %s
// RUN: bn-opt %s --bn-differentiate=entry=relu | FileCheck %s --check-prefix=RELU
// RUN: bn-opt %s --bn-differentiate=entry=top | FileCheck %s --check-prefix=TOP
// RUN: bn-opt %s --bn-differentiate="entry=body wrt=1,0" | FileCheck %s --check-prefix=BODY
// RUN: bn-opt %s --bn-differentiate=entry=pair | bn-opt | FileCheck %s --check-prefix=PAIR
// RUN: bn-opt %s --bn-differentiate="entry=seeded" | FileCheck %s --check-prefix=SEEDED
// RUN: bn-opt %s --bn-differentiate="entry=weighted wrt=0" | FileCheck %s --check-prefix=WEIGHTED
// RUN: bn-opt %s --bn-differentiate=entry=masked | FileCheck %s --check-prefix=MASKED

// The gradient takes mean and variance from the forward op.
// CHECK-LABEL: func @train_vjp
//  CHECK-SAME:   %[[X:.*]]: tensor<4x3xf32>, %[[GAMMA:.*]]: tensor<3xf32>, %[[BETA:.*]]: tensor<3xf32>, %[[DY:.*]]: tensor<4x3xf32>)
//  CHECK-SAME:   -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<3xf32>)
//       CHECK:   %[[Y:.*]], %[[MEAN:.*]], %[[VARIANCE:.*]] = bn.training %[[X]], %[[GAMMA]], %[[BETA]]
//       CHECK:   %[[D:.*]] = arith.addf %[[DY]], %[[DY]]
//       CHECK:   %[[DX:.*]], %[[DGAMMA:.*]], %{{.*}} = bn.training_backprop %[[X]], %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VARIANCE]], %[[D]] epsilon = 1.000000e-05
//   CHECK-NOT:   bn.
//       CHECK:   return %{{.*}}, %[[DX]], %[[DGAMMA]]
func.func @train(%x: tensor<4x3xf32>, %gamma: tensor<3xf32>, %beta: tensor<3xf32>) -> tensor<4x3xf32> {
  %y, %mean, %variance = bn.training %x, %gamma, %beta epsilon = 1.0e-05 : tensor<4x3xf32>, tensor<3xf32>
  %twice = arith.addf %y, %y : tensor<4x3xf32>
  return %twice : tensor<4x3xf32>
}

// The mask comes from the result: nothing else keeps the operand. What was
// declared private is made private.
// RELU-LABEL: func private @relu_vjp
//  RELU-SAME:   %[[X:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
//       RELU:   %[[ZERO:.*]] = arith.constant
//       RELU:   %[[Y:.*]] = arith.maximumf %[[X]], %[[ZERO]]
//       RELU:   %[[MASK:.*]] = arith.cmpf ogt, %[[Y]], %[[ZERO]]
//       RELU:   arith.select %[[MASK]], %[[C]]
//   RELU-NOT: func private @relu_vjp
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %y = arith.maximumf %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @relu_vjp(tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0:2 = call @relu_vjp(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %0#1 : tensor<4xf32>
}

// Each of those that are the largest takes its share.
// TOP-LABEL: func @top_vjp
//  TOP-SAME:   %[[X:.*]]: tensor<4x3xf32>, %{{.*}}: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
//       TOP:   %[[MAX:.*]] = linalg.reduce { arith.maximumf }
//       TOP:   %[[COUNT:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[MAX]] :
//       TOP:     %[[HIT:.*]] = arith.cmpf oeq
//       TOP:     %[[ONE:.*]] = arith.select %[[HIT]]
//       TOP:     arith.addf %{{.*}}, %[[ONE]]
//       TOP:   %[[DIVISOR:.*]] = arith.maximumf %[[COUNT]]
//       TOP:   %[[SHARE:.*]] = arith.divf %[[C]], %[[DIVISOR]]
//       TOP:   %[[DX:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[MAX]], %[[SHARE]] :
//       TOP:     %[[TIED:.*]] = arith.cmpf oeq
//       TOP:     arith.select %[[TIED]]
//       TOP:   %[[NONE:.*]] = arith.cmpf oeq, %[[COUNT]]
//       TOP:   %[[DSTART:.*]] = arith.select %[[NONE]], %[[C]]
//       TOP:   return %[[MAX]], %[[DX]], %[[DSTART]]
func.func @top(%x: tensor<4x3xf32>, %start: tensor<4xf32>) -> tensor<4xf32> {
  %max = linalg.reduce { arith.maximumf } ins(%x : tensor<4x3xf32>) outs(%start : tensor<4xf32>) dimensions = [1]
  return %max : tensor<4xf32>
}

// One op for each gradient, of what the body's derivative reads: the result of
// exp, which is not computed again. The sum is taken in f32. What passes through
// linalg.add is the cotangent as it is.
// BODY-LABEL: func @body_vjp
//  BODY-SAME:   %[[X:.*]]: tensor<4x3xbf16>, %[[B:.*]]: tensor<3xbf16>, %[[DY:.*]]: tensor<4x3xbf16>)
//  BODY-SAME:   -> (tensor<4x3xbf16>, tensor<3xbf16>, tensor<4x3xbf16>)
//       BODY:   %[[E:.*]] = linalg.exp ins(%[[X]]
//       BODY:   %[[Y:.*]] = linalg.generic
//       BODY:   %[[DE:.*]] = linalg.generic {{.*}} ins(%[[B]], %[[DY]] :
//       BODY:     arith.mulf
//  BODY-NEXT:     linalg.yield
//       BODY:   linalg.generic {{.*}}["reduction", "parallel"]} ins(%[[E]], %[[DY]] :
//       BODY:     arith.mulf {{.*}} : bf16
//       BODY:     arith.addf {{.*}} : f32
//       BODY:   %[[DB:.*]] = arith.truncf %{{.*}} : tensor<3xf32> to tensor<3xbf16>
//       BODY:   %[[SUM:.*]] = arith.addf %[[DY]], %[[DE]] :
//       BODY:   %[[DX:.*]] = linalg.generic {{.*}} ins(%[[SUM]], %[[E]] :
//       BODY:     arith.mulf
//   BODY-NOT:   math.exp
//       BODY:   return %{{.*}}, %[[DB]], %[[DX]]
func.func @body(%x: tensor<4x3xbf16>, %b: tensor<3xbf16>) -> tensor<4x3xbf16> {
  %empty = tensor.empty() : tensor<4x3xbf16>
  %e = linalg.exp ins(%x : tensor<4x3xbf16>) outs(%empty : tensor<4x3xbf16>) -> tensor<4x3xbf16>
  %p = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %b : tensor<4x3xbf16>, tensor<3xbf16>) outs(%empty : tensor<4x3xbf16>) {
    ^bb0(%l: bf16, %r: bf16, %out: bf16):
      %m = arith.mulf %l, %r : bf16
      linalg.yield %m : bf16
  } -> tensor<4x3xbf16>
  %y = linalg.add ins(%p, %e : tensor<4x3xbf16>, tensor<4x3xbf16>) outs(%empty : tensor<4x3xbf16>) -> tensor<4x3xbf16>
  return %y : tensor<4x3xbf16>
}

// No gradient goes through what is defined elsewhere.
// SEEDED-LABEL: func @seeded_vjp
//       SEEDED:   %[[SEED:.*]] = call @seed
//       SEEDED:   arith.mulf %{{.*}}, %[[SEED]]
//       SEEDED:   %[[DX:.*]] = arith.mulf %{{.*}}, %[[SEED]]
//       SEEDED:   return %{{.*}}, %[[DX]]
func.func private @seed(index) -> f32
func.func @seeded(%x: f32, %i: index) -> f32 {
  %seed = call @seed(%i) : (index) -> f32
  %y = arith.mulf %x, %seed : f32
  return %y : f32
}

// An op without a derivative, where none is needed.
// WEIGHTED-LABEL: func @weighted_vjp
//       WEIGHTED:   %[[DX:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} :
//  WEIGHTED-NEXT:   ^bb0(%[[W:.*]]: f32, %[[DY:.*]]: f32, %{{.*}}: f32):
//       WEIGHTED:     %[[ERF:.*]] = math.erf %[[W]]
//       WEIGHTED:     arith.mulf %[[DY]], %[[ERF]]
//       WEIGHTED:   return %{{.*}}, %[[DX]]
func.func @weighted(%x: tensor<4xf32>, %weight: tensor<4xf32>) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4xf32>
  %y = linalg.map ins(%x, %weight : tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4xf32>) (%a: f32, %w: f32, %out: f32) {
    %e = math.erf %w : f32
    %p = arith.mulf %a, %e : f32
    linalg.yield %p : f32
  }
  return %y : tensor<4xf32>
}

// Operands that are static to different degrees: what is made of them parses again.
// PAIR-LABEL: func @pair_vjp
//       PAIR:   bn.training_double_backprop
//       PAIR:   tensor.cast
func.func @pair(%x: tensor<?x?xf32>, %p: tensor<?xf32>, %q: tensor<1xf32>) -> tensor<?x?xf32> {
  %0:3 = "bn.training_backprop"(%x, %p, %p, %q, %p, %x, %p, %q) <{epsilon = 1.0e-5 : f64}>
      : (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<1xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<1xf32>)
      -> (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
  return %0#0 : tensor<?x?xf32>
}

// What only decides has no gradient: a sign taken from bits, and a place.
// MASKED-LABEL: func @masked_vjp
//       MASKED:   %[[NEGATIVE:.*]] = arith.cmpi slt
//       MASKED:   arith.select %[[NEGATIVE]]
//       MASKED:   %[[DX:.*]] = arith.select %[[NEGATIVE]]
//       MASKED:   return %{{.*}}, %[[DX]]
func.func @masked(%x: f32) -> f32 {
  %zero = arith.constant 0 : i32
  %small = arith.constant 0.1 : f32
  %bits = arith.bitcast %x : f32 to i32
  %negative = arith.cmpi slt, %bits, %zero : i32
  %y = arith.select %negative, %small, %x : f32
  return %y : f32
}
