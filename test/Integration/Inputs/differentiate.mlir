// Functions whose derivatives are compared with difference quotients.

func.func @arith(%x: tensor<4x3xf64>, %y: tensor<4x3xf64>) -> tensor<4x3xf64> {
  %a = arith.addf %x, %y : tensor<4x3xf64>
  %s = arith.subf %a, %x : tensor<4x3xf64>
  %m = arith.mulf %s, %a : tensor<4x3xf64>
  %d = arith.divf %m, %y : tensor<4x3xf64>
  %n = arith.negf %d : tensor<4x3xf64>
  %big = arith.maximumf %n, %x : tensor<4x3xf64>
  %small = arith.minimumf %x, %y : tensor<4x3xf64>
  %first = arith.cmpf olt, %x, %y : tensor<4x3xf64>
  %chosen = arith.select %first, %m, %d : tensor<4x3xi1>, tensor<4x3xf64>
  %p = arith.mulf %big, %chosen : tensor<4x3xf64>
  %r = arith.mulf %p, %small : tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @math(%x: tensor<?x3xf64>) -> tensor<?x3xf64> {
  %e = math.exp %x : tensor<?x3xf64>
  %l = math.log %x : tensor<?x3xf64>
  %t = math.tanh %x : tensor<?x3xf64>
  %s = math.sqrt %e : tensor<?x3xf64>
  %r = math.rsqrt %x : tensor<?x3xf64>
  %0 = arith.mulf %l, %t : tensor<?x3xf64>
  %1 = arith.mulf %s, %r : tensor<?x3xf64>
  %2 = arith.addf %0, %1 : tensor<?x3xf64>
  return %2 : tensor<?x3xf64>
}

// Each operand once as it is and once transposed, each used twice.
func.func @matmul(%a: tensor<4x3xf64>, %b: tensor<3x5xf64>, %at: tensor<3x4xf64>, %bt: tensor<5x3xf64>,
                  %init: tensor<4x5xf64>) -> tensor<4x5xf64> {
  %0 = linalg.matmul ins(%a, %b : tensor<4x3xf64>, tensor<3x5xf64>) outs(%init : tensor<4x5xf64>) -> tensor<4x5xf64>
  %1 = linalg.matmul
    indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
    ins(%at, %b : tensor<3x4xf64>, tensor<3x5xf64>) outs(%0 : tensor<4x5xf64>) -> tensor<4x5xf64>
  %2 = linalg.matmul
    indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
    ins(%a, %bt : tensor<4x3xf64>, tensor<5x3xf64>) outs(%1 : tensor<4x5xf64>) -> tensor<4x5xf64>
  %3 = linalg.matmul
    indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
    ins(%at, %bt : tensor<3x4xf64>, tensor<5x3xf64>) outs(%2 : tensor<4x5xf64>) -> tensor<4x5xf64>
  return %3 : tensor<4x5xf64>
}

func.func private @square(%x: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %y = arith.mulf %x, %x : tensor<?x?xf64>
  return %y : tensor<?x?xf64>
}

// Shapes, and a call.
func.func @shapes(%x: tensor<4x3xf64>, %v: tensor<3xf64>, %s: f64) -> (tensor<3x4xf64>, tensor<3xf64>) {
  %dynamic = tensor.cast %x : tensor<4x3xf64> to tensor<?x?xf64>
  %square = call @square(%dynamic) : (tensor<?x?xf64>) -> tensor<?x?xf64>
  %static = tensor.cast %square : tensor<?x?xf64> to tensor<4x3xf64>
  %e = tensor.empty() : tensor<4x3xf64>
  %rows = linalg.broadcast ins(%v : tensor<3xf64>) outs(%e : tensor<4x3xf64>) dimensions = [0]
  %p = arith.mulf %static, %rows : tensor<4x3xf64>
  %flat = tensor.collapse_shape %p [[0, 1]] : tensor<4x3xf64> into tensor<12xf64>
  %splat = tensor.splat %s : tensor<12xf64>
  %scaled = arith.mulf %flat, %splat : tensor<12xf64>
  %back = tensor.expand_shape %scaled [[0, 1]] output_shape [4, 3] : tensor<12xf64> into tensor<4x3xf64>
  %f = linalg.fill ins(%s : f64) outs(%e : tensor<4x3xf64>) -> tensor<4x3xf64>
  %q = arith.addf %back, %f : tensor<4x3xf64>
  %te = tensor.empty() : tensor<3x4xf64>
  %t = linalg.transpose ins(%q : tensor<4x3xf64>) outs(%te : tensor<3x4xf64>) permutation = [1, 0]
  %sum = linalg.reduce ins(%q : tensor<4x3xf64>) outs(%v : tensor<3xf64>) dimensions = [0] (%a: f64, %b: f64) {
    %c = arith.addf %a, %b : f64
    linalg.yield %c : f64
  }
  return %t, %sum : tensor<3x4xf64>, tensor<3xf64>
}

// Of the elements or of where the reduction starts.
func.func @extrema(%x: tensor<?x3xf64>, %start: tensor<?xf64>) -> tensor<?xf64> {
  %max = linalg.reduce { arith.maximumf } ins(%x : tensor<?x3xf64>) outs(%start : tensor<?xf64>) dimensions = [1]
  %min = linalg.reduce { arith.minimumf } ins(%x : tensor<?x3xf64>) outs(%start : tensor<?xf64>) dimensions = [1]
  %r = arith.mulf %max, %min : tensor<?xf64>
  return %r : tensor<?xf64>
}

// Ops on tensors by their names in linalg.
func.func @named(%x: tensor<?x3xf64>, %y: tensor<?x3xf64>) -> tensor<?x3xf64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf64>
  %empty = tensor.empty(%n) : tensor<?x3xf64>
  %e = linalg.exp ins(%x : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %l = linalg.log ins(%y : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %t = linalg.tanh ins(%x : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %s = linalg.sqrt ins(%e : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %r = linalg.rsqrt ins(%y : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %n0 = linalg.negf ins(%t : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %q = linalg.square ins(%n0 : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %i = linalg.reciprocal ins(%q : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %c = linalg.copy ins(%i : tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %0 = linalg.add ins(%l, %x : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %1 = linalg.sub ins(%0, %s : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %2 = linalg.mul ins(%1, %r : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %3 = linalg.div ins(%2, %x : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %4 = linalg.max ins(%3, %y : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %5 = linalg.min ins(%c, %x : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %first = arith.cmpf olt, %x, %y : tensor<?x3xf64>
  %6 = linalg.select ins(%first, %4, %5 : tensor<?x3xi1>, tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  %7 = linalg.elementwise kind=#linalg.elementwise_kind<mul> ins(%6, %5 : tensor<?x3xf64>, tensor<?x3xf64>) outs(%empty : tensor<?x3xf64>) -> tensor<?x3xf64>
  return %7 : tensor<?x3xf64>
}

// Bodies: with several results, an index, a captured constant, operands that are
// scalar, of rank 0, transposed or repeated, a destination that is read, and sums.
#ij = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
#i = affine_map<(i, j) -> (i)>
#none = affine_map<(i, j) -> ()>
func.func @generic(%x: tensor<4x3xf64>, %xt: tensor<3x4xf64>, %v: tensor<4xf64>, %w: tensor<3xf64>, %s: f64)
    -> (tensor<4x3xf64>, tensor<4xf64>) {
  %two = arith.constant 2.0 : f64
  %mapped = linalg.map ins(%x : tensor<4x3xf64>) outs(%x : tensor<4x3xf64>) (%a: f64, %out: f64) {
    %e = math.exp %a : f64
    %p = arith.mulf %e, %two : f64
    %q = arith.divf %p, %out : f64
    linalg.yield %q : f64
  }
  %e0 = tensor.empty() : tensor<f64>
  %s0 = linalg.fill ins(%s : f64) outs(%e0 : tensor<f64>) -> tensor<f64>
  %s1 = tensor.extract %s0[] : tensor<f64>
  %0:2 = linalg.generic {indexing_maps = [#ij, #ji, #i, #none, #ij, #ji], iterator_types = ["parallel", "parallel"]}
      ins(%mapped, %xt, %v, %s1 : tensor<4x3xf64>, tensor<3x4xf64>, tensor<4xf64>, f64)
      outs(%x, %xt : tensor<4x3xf64>, tensor<3x4xf64>) {
    ^bb0(%a: f64, %b: f64, %c: f64, %d: f64, %o0: f64, %o1: f64):
      %j = linalg.index 1 : index
      %k = arith.index_cast %j : index to i64
      %f = arith.sitofp %k : i64 to f64
      %t = math.tanh %a : f64
      %p = arith.mulf %t, %b : f64
      %q = arith.mulf %c, %d : f64
      %r = arith.addf %p, %q : f64
      %u = arith.mulf %r, %f : f64
      linalg.yield %u, %q : f64, f64
  } -> (tensor<4x3xf64>, tensor<3x4xf64>)
  %sum:2 = linalg.reduce ins(%0#0, %mapped : tensor<4x3xf64>, tensor<4x3xf64>) outs(%v, %v : tensor<4xf64>, tensor<4xf64>)
      dimensions = [1] (%a: f64, %b: f64, %o0: f64, %o1: f64) {
    %p = arith.mulf %a, %b : f64
    %n0 = arith.addf %p, %o0 : f64
    %n1 = arith.addf %o1, %a : f64
    linalg.yield %n0, %n1 : f64, f64
  }
  %e = tensor.empty() : tensor<4x3xf64>
  %both = linalg.add ins(%0#0, %x : tensor<4x3xf64>, tensor<4x3xf64>) outs(%e : tensor<4x3xf64>) -> tensor<4x3xf64>
  %product = linalg.matvec ins(%both, %w : tensor<4x3xf64>, tensor<3xf64>) outs(%sum#0 : tensor<4xf64>) -> tensor<4xf64>
  return %both, %product : tensor<4x3xf64>, tensor<4xf64>
}

// Elements of x are read at several places of the window, some at none.
func.func @conv(%x: tensor<2x2x6x5xf64>, %w: tensor<3x2x3x2xf64>, %b: tensor<3xf64>) -> tensor<2x3x2x2xf64> {
  %e = tensor.empty() : tensor<2x3x2x2xf64>
  %start = linalg.broadcast ins(%b : tensor<3xf64>) outs(%e : tensor<2x3x2x2xf64>) dimensions = [0, 2, 3]
  %y = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>}
      ins(%x, %w : tensor<2x2x6x5xf64>, tensor<3x2x3x2xf64>) outs(%start : tensor<2x3x2x2xf64>) -> tensor<2x3x2x2xf64>
  %z = arith.mulf %y, %y : tensor<2x3x2x2xf64>
  return %z : tensor<2x3x2x2xf64>
}

// Windows that overlap, and skip elements: the largest of one may be that of
// another.
func.func @pooling(%x: tensor<2x2x6x5xf64>, %start: tensor<2x2x2x3xf64>) -> tensor<2x2x2x3xf64> {
  %window = tensor.empty() : tensor<2x3xf64>
  %max = linalg.pooling_nchw_max {strides = dense<[2, 1]> : vector<2xi64>, dilations = dense<[2, 1]> : vector<2xi64>}
      ins(%x, %window : tensor<2x2x6x5xf64>, tensor<2x3xf64>) outs(%start : tensor<2x2x2x3xf64>) -> tensor<2x2x2x3xf64>
  %r = arith.mulf %max, %max : tensor<2x2x2x3xf64>
  return %r : tensor<2x2x2x3xf64>
}

func.func @channels_last_pooling(%x: tensor<?x6x5x2xf64>, %gamma: tensor<2xf64>) -> tensor<?x3x3x2xf64> {
  %c0 = arith.constant 0 : index
  %low = arith.constant -1.0e+30 : f64
  %high = arith.constant 1.0e+30 : f64
  %n = tensor.dim %x, %c0 : tensor<?x6x5x2xf64>
  %window = tensor.empty() : tensor<2x3xf64>
  %lows = tensor.splat %low[%n] : tensor<?x3x3x2xf64>
  %highs = tensor.splat %high[%n] : tensor<?x3x3x2xf64>
  %max = linalg.pooling_nhwc_max {strides = dense<[2, 1]> : vector<2xi64>}
      ins(%x, %window : tensor<?x6x5x2xf64>, tensor<2x3xf64>) outs(%lows : tensor<?x3x3x2xf64>) -> tensor<?x3x3x2xf64>
  %min = linalg.pooling_nhwc_min {strides = dense<[2, 1]> : vector<2xi64>}
      ins(%x, %window : tensor<?x6x5x2xf64>, tensor<2x3xf64>) outs(%highs : tensor<?x3x3x2xf64>) -> tensor<?x3x3x2xf64>
  %y, %mean, %variance = bn.training %max, %gamma, %gamma epsilon = 1.0e-01 channel_dims = [3]
      : tensor<?x3x3x2xf64>, tensor<2xf64>
  %r = arith.mulf %y, %min : tensor<?x3x3x2xf64>
  return %r : tensor<?x3x3x2xf64>
}

// The largest of what a body makes of several operands, over rows and in
// windows of a row.
func.func @largest_product(%x: tensor<4x5xf64>, %y: tensor<3xf64>, %start: tensor<3xf64>) -> tensor<3xf64> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (k, i + j)>, affine_map<(i, j, k) -> (j)>, affine_map<(i, j, k) -> (i)>],
                       iterator_types = ["parallel", "reduction", "reduction"]}
      ins(%x, %y : tensor<4x5xf64>, tensor<3xf64>) outs(%start : tensor<3xf64>) {
    ^bb0(%a: f64, %b: f64, %max: f64):
      %p = arith.mulf %a, %b : f64
      %e = math.exp %p : f64
      %m = arith.maximumf %e, %max : f64
      linalg.yield %m : f64
  } -> tensor<3xf64>
  return %0 : tensor<3xf64>
}

// Gradients arrive through all three results.
func.func @training(%x: tensor<?x4x3xf64>, %gamma: tensor<4xf64>, %beta: tensor<4xf64>)
    -> (tensor<?x4x3xf64>, tensor<4xf64>, tensor<4xf64>) {
  %y, %mean, %variance = bn.training %x, %gamma, %beta epsilon = 1.0e-01 : tensor<?x4x3xf64>, tensor<4xf64>
  %z = arith.mulf %y, %y : tensor<?x4x3xf64>
  %m = arith.mulf %mean, %variance : tensor<4xf64>
  return %z, %m, %variance : tensor<?x4x3xf64>, tensor<4xf64>, tensor<4xf64>
}

func.func @inference(%x: tensor<5x4xf64>, %gamma: tensor<4xf64>, %beta: tensor<4xf64>, %mean: tensor<4xf64>,
                     %variance: tensor<4xf64>) -> tensor<5x4xf64> {
  %y = bn.inference %x, %gamma, %beta, %mean, %variance epsilon = 1.0e-01 : tensor<5x4xf64>, tensor<4xf64>
  %z = arith.mulf %y, %y : tensor<5x4xf64>
  return %z : tensor<5x4xf64>
}

func.func @update_statistics(%rm: tensor<4xf64>, %rv: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>)
    -> (tensor<4xf64>, tensor<4xf64>) {
  %count = arith.constant 5 : index
  %nm, %nv = bn.update_statistics %rm, %rv, %m, %v count %count momentum = 0.75 unbiased : tensor<4xf64>
  return %nm, %nv : tensor<4xf64>, tensor<4xf64>
}

// A network: all of it together, with values used more than once.
func.func @network(%x: tensor<6x3xf64>, %w: tensor<3x5xf64>, %gamma: tensor<5xf64>, %beta: tensor<5xf64>)
    -> tensor<f64> {
  %zero = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<6x5xf64>
  %i = linalg.fill ins(%zero : f64) outs(%e : tensor<6x5xf64>) -> tensor<6x5xf64>
  %h = linalg.matmul ins(%x, %w : tensor<6x3xf64>, tensor<3x5xf64>) outs(%i : tensor<6x5xf64>) -> tensor<6x5xf64>
  %y, %mean, %variance = bn.training %h, %gamma, %beta epsilon = 1.0e-01 : tensor<6x5xf64>, tensor<5xf64>
  %relu = arith.maximumf %y, %i : tensor<6x5xf64>
  %t = math.tanh %y : tensor<6x5xf64>
  %s = arith.mulf %relu, %t : tensor<6x5xf64>
  %p = arith.addf %s, %h : tensor<6x5xf64>
  %si = tensor.splat %zero : tensor<f64>
  %r = linalg.reduce ins(%p : tensor<6x5xf64>) outs(%si : tensor<f64>) dimensions = [0, 1] (%a: f64, %b: f64) {
    %c = arith.addf %a, %b : f64
    linalg.yield %c : f64
  }
  return %r : tensor<f64>
}
