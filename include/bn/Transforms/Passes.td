//===- Passes.td - Transformations around the bn dialect ---*- tablegen -*-===//

#ifndef BN_TRANSFORMS_PASSES
#define BN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def ResultsToOutParamsPass
    : Pass<"bn-results-to-out-params", "::mlir::ModuleOp"> {
  let summary = "Turn the results of public functions into out-parameters";
  let description = [{
    Runs on tensors, before bufferization. Every result of a public function
    with a body becomes a trailing memref argument (rank 0 for a scalar) that
    the function writes, so that no result is allocated or copied:

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> { ...; return %y }
    // becomes
    func.func @f(%x: tensor<4xf32> {bufferization.writable = false},
                 %out: memref<4xf32>) {
      ...
      bufferization.materialize_in_destination %y in restrict writable %out
      return
    }
    ```

    A result that is an expanded or a cast tensor is looked through: the
    destination is collapsed instead, and takes the more static type. Tensor
    arguments are marked read-only. Results that start from the same tensor are
    separated, in all functions with a fill each, else by a copy. A function keeps
    its results if it is called from elsewhere in the module, returns from several
    blocks or never, or returns what is neither a ranked tensor nor a number.

    Dynamic sizes of the out-parameters are checked when the program runs, as
    bn-check-shapes does.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def CheckAllocationsPass : Pass<"bn-check-allocations", "::mlir::ModuleOp"> {
  let summary = "Check at run time that there is memory for temporary arrays";
  let description = [{
    Where `memref.alloc` gets none, the program prints
    `error: FILE:LINE:COLUMN: no memory for a temporary array of 4x5xf32` on
    standard error and aborts.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def CheckArgumentsPass : Pass<"bn-check-arguments", "::mlir::ModuleOp"> {
  let summary = "Check at run time what callers of public functions pass";
  let description = [{
    For callers in other languages. Each public function @f that nothing in the
    module calls becomes its own C interface, @_mlir_ciface_f, which takes memrefs
    by the addresses of their descriptors. At its start it checks those of
    identity layout:

    - sizes are as declared, elements contiguous, the offset 0;
    - the address is a multiple of the size of an element;
    - what is written overlaps no other argument: in-place calls are refused.

    It prints `error: FILE:LINE:COLUMN: argument #0 of @f: ...` on standard
    error and aborts where one does not hold. Inside the function, arguments
    stay what they were. Functions that return memrefs, or take some that LLVM
    has no type for, are left as they are.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def CheckAssertionsPass : Pass<"bn-check-assertions", "::mlir::ModuleOp"> {
  let summary = "Report assertions that fail when the program runs";
  let description = [{
    Where the condition of a `cf.assert` does not hold, the program prints
    `error: FILE:LINE:COLUMN: MESSAGE` on standard error and aborts. Upstream's
    lowering prints on standard output, which abortion loses.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect"];
}

def CheckShapesPass : Pass<"bn-check-shapes", "::mlir::ModuleOp"> {
  let summary = "Check at run time the sizes that are not known before";
  let description = [{
    Before tiling. Dynamic sizes that have to agree, and are not known to, are
    compared when the program runs: those of the operands of bn ops (constraints
    C4 to C6 and C9), of linalg ops on tensors, and of casts to static sizes.
    Where they differ, the program prints a line like that of the verifier on
    standard error and aborts:

    ```
    error: FILE:LINE:COLUMN: 'bn.training' op expected beta of type 'tensor<3xf32>', but got 'tensor<4xf32>'
    ```

    In the entry block of a function, sizes are compared as soon as they are
    known: those of arguments at its start, before any memory is touched.
    Programs of static shapes are left as they are. In others, operands of a bn
    op then have the static sizes of each other.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def CollapseDimsPass : Pass<"bn-collapse-dims"> {
  let summary = "Merge adjacent dims of the same kind in bn ops";
  let description = [{
    Adjacent reduced dims become one, and adjacent channel dims become one:
    NxCxHxW with channels [1] becomes NxCx(H*W). Dims of one element are merged
    with either kind: NxCx1x1 becomes NxC. Reshapes are moved through elementwise
    linalg ops around the bn ops.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FoldInferencePass : Pass<"bn-fold-inference"> {
  let summary = "Fold bn.inference into the weights and bias before it";
  let description = [{
    Where `bn.inference` normalizes the channels that a `linalg.matmul`,
    `linalg.conv_2d_nchw_fchw` or `linalg.conv_2d_nhwc_hwcf` produces, its scale
    goes into the weights and its shift into the bias, constant or not. The bias
    may be missing, broadcast into the destination of the layer, or added to its
    result; what is added later goes into it as well.

    The new weights and bias are themselves the results of `bn.inference`, on
    data the size of the parameters.

    A layer whose result has other uses is left as it is, and so is one in
    another block, or whose weights have another element type than its result:
    they would lose digits.
    The layer that was folded has no uses left; canonicalization removes it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::bn::BNDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def DecomposeLinalgPass : Pass<"bn-decompose-linalg"> {
  let summary = "Decompose linalg ops that have no loops of their own";
  let description = [{
    `linalg.softmax`, `linalg.pack` and `linalg.unpack` on tensors become ops
    that bufferize and lower to loops. What upstream cannot decompose (a pack
    with dynamic inner tiles) stays. `tensor.splat` becomes `linalg.fill`, which
    canonicalization folds into the ops that use it.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SchedulePass : Pass<"bn-schedule"> {
  let summary = "Write schedules into bn ops, chosen or forced";
  let description = [{
    Sets the attribute `bn.schedule` of every bn op with data: to `kind`, or
    without it to what the cost model chooses for that op. Pipelines go by the
    attribute; run this pass before them, as in

    ```
    bn-opt --bn-schedule=kind=rows --bn-to-affine program.mlir
    ```
  }];
  let options = [
    Option<"kind", "kind", "std::string", /*default=*/"",
           "channels or rows; default the best for each op">
  ];
}

def ExplainPass : Pass<"bn-explain"> {
  let summary = "Say which schedule each bn op takes, and why";
  let description = [{
    A remark at each bn op with data: its schedule, the reason, and how much
    memory it reads and writes if no data stay in cache from one sweep to the
    next, except in blocks of channels.
  }];
}

def TileAndFusePass : Pass<"bn-tile-and-fuse"> {
  let summary = "Tile bn ops over channels together with their neighbours";
  let description = [{
    Each bn op moves into an `scf.forall` over blocks of its channels, and with
    it the elementwise linalg ops that feed it alone, and those that use its
    results. The sizes of blocks come from the cost model.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def RefineLoopsPass : Pass<"bn-refine-loops"> {
  let summary = "Give loops the static shapes of the tensors that they carry";
  let description = [{
    A tensor that an `scf.for` carries takes the sizes that it starts with,
    where these are known and every turn of the loop keeps them:

    ```mlir
    %0 = tensor.cast %x : tensor<8x3xf32> to tensor<?x3xf32>
    %r = scf.for ... iter_args(%a = %0) -> (tensor<?x3xf32>) {
      %b = bn.inference %a, ...
      scf.yield %b : tensor<?x3xf32>
    }
    // becomes, but for casts,
    %r = scf.for ... iter_args(%a = %x) -> (tensor<8x3xf32>) { ... }
    ```

    A tensor whose shape changes, or may change, keeps its type. Upstream's
    canonicalization takes for granted that none does, and miscompiles such
    loops; the pipelines canonicalize without that pattern.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def SplitSweepsPass : Pass<"bn-split-sweeps"> {
  let summary = "Run slices of large linalg ops in parallel";
  let description = [{
    A large elementwise `linalg.generic`, or one of sums marked
    `fastmath<reassoc>`, that is not in a loop becomes an `scf.forall` over
    slices of its outermost dim in memory. Sums become one partial sum for each
    slice, added up in the order of the slices. The cost model gives the number
    of slices, which does not depend on the number of threads. Where there are many
    rows, slices start at cache lines.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"bn-fuse-elementwise"> {
  let summary = "Merge elementwise linalg ops that sweep the same data";
  let description = [{
    As upstream's `linalg-fuse-elementwise-ops`, except that per-channel values
    are not recomputed for each element, and a producer that several sweeps need
    is computed in each of them rather than stored, or if it is stored anyway,
    in none. Sweeps that can become one are merged first, and then need it once.

    Two ops are merged while they have at most 256 scalar ops together. Longer
    chains become several sweeps, with an array in memory in between.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def ForallToAffinePass : Pass<"bn-forall-to-affine"> {
  let summary = "Convert bufferized scf.forall to affine.parallel";
  let description = [{
    Before linalg ops become affine loops: the induction variable of an
    `scf.forall` is no affine dim. Loops with bounds that are no affine symbols
    stay as they are.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect"];
}

def LinalgToLoopsPass : Pass<"bn-linalg-to-loops"> {
  let summary = "Convert linalg ops on buffers to affine loops, or else to scf";
  let description = [{
    As upstream's `convert-linalg-to-affine-loops`, except that an op whose sizes
    are no affine symbols, inside control flow that is not affine, becomes
    `scf.for` loops, and that the fill of a new buffer has no loops of its own
    where an op then accumulates on it, with the loops of the sums innermost:
    each element is set right before its sum.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::scf::SCFDialect"];
}

def FoldSubviewsPass : Pass<"bn-fold-subviews"> {
  let summary = "Fold subviews into the affine accesses that use them";
  let description = [{
    Accesses to views of part of a buffer become accesses to the buffer, and those
    to arguments with innermost dims of one element, ones without these dims.
  }];
  // Canonicalization with bn keeps views of empty arrays valid until then.
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::bn::BNDialect"];
}

def PromoteAccumulatorsPass : Pass<"bn-promote-accumulators"> {
  let summary = "Keep accumulators of affine loops in registers";
  let description = [{
    An element of a local buffer that an `affine.for` loads, updates and stores
    in every iteration becomes an `iter_args` value.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect"];
}

def MergeRunsPass : Pass<"bn-merge-runs"> {
  let summary = "Take short runs of adjacent elements as one";
  let description = [{
    A loop over runs and one over the elements of each become one over all elements
    of a row of runs:

    - of all channels of a block, in a loop over rows, where runs are shorter than
      1.5 KB, and not whole cache lines;
    - of pixels, as many as make whole cache lines, where one has few channels,
      innermost, that do not fill a line.

    What runs share, such as a scale, is copied to a buffer with one value for each
    element of a row, before the loop over rows. Sums become those of a row's
    elements, added up after the loop.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::memref::MemRefDialect"];
}

def JamSumsPass : Pass<"bn-jam-sums"> {
  let summary = "Add up several rows or channels at a time";
  let description = [{
    Rows that one loop adds up after the other, in any order (`reassoc`), are
    taken about four at a time, a quarter of them apart, or half as many where
    each row is of two arrays: memory is asked for several of its pages at a
    time. Where sums are in a buffer it is then loaded and stored once for
    several rows. A loop over channels around sums of short runs is unrolled and
    jammed: their additions then do not wait for each other.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect"];
}

def VectorizePass : Pass<"bn-vectorize"> {
  let summary = "Turn affine loops over contiguous memory into vector loops";
  let description = [{
    A parallel loop, or one of sums marked `fastmath<reassoc>`, whose accesses
    are contiguous along it, becomes loops over vectors of the lengths that the
    cost model gives, followed by a scalar loop for what is left over. The marks
    are removed: the order of every sum is then settled.

    Arguments of the function that are too large for the cache are written with
    non-temporal stores: rows of 192 bytes and more, wherever they start, but for
    the lines at their ends; shorter ones where they are aligned. What is not
    known before is checked when the program runs: that arrays start at a cache
    line, and of dynamic ones the size and the length of a row.
  }];
  let options = [
    Option<"cacheBytes", "cache-bytes", "uint64_t", /*default=*/"0",
           "The size of the last-level cache; default this machine's">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def SpecializeChannelBlocksPass : Pass<"bn-specialize-channel-blocks"> {
  let summary = "Give loops over blocks of channels copies for the usual sizes";
  let description = [{
    An `scf.forall` on memrefs whose data have an unknown number of channels
    innermost, and which sums them up, becomes an `scf.if` on that number: a copy
    of the loop for 8 channels, one for 16, and the loop itself for any other
    number.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def PrefetchPass : Pass<"bn-prefetch"> {
  let summary = "Ask for data before loops over blocks of channels need them";
  let description = [{
    In an `affine.parallel`, vector loops of sums prefetch what they read some
    cache lines ahead; later loops over buffers of that rank prefetch what the next
    iteration of the `affine.parallel` reads, if both iterations' data stay in the
    cache that long. Rows of a function's memref arguments that are short, or of
    unknown length, are prefetched for writing, 1024 bytes or four iterations ahead.
    Buffers that stay in the cache as a whole are left alone.
  }];
  let options = [
    Option<"cacheBytes", "cache-bytes", "uint64_t", /*default=*/"0",
           "The size of the last-level cache; default this machine's">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect"];
}

def PairBF16Pass : Pass<"bn-pair-bf16"> {
  let summary = "Convert vectors of bf16 two elements at a time";
  let description = [{
    In a loop of elementwise ops on vectors whose loads and stores are all of bf16,
    `arith.extf` from and `arith.truncf` to bf16 become shifts and masks of 32-bit
    words, which hold two elements each. Vectors between them have the first
    elements of all words in front of the second ones. Results are those of
    `arith-expand`, which keeps the order of lanes and needs more instructions for
    that on x86.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::vector::VectorDialect"
  ];
}

def StoreBF16Pass : Pass<"bn-store-bf16"> {
  let summary = "Store vectors of bf16 as integers";
  let description = [{
    On x86 LLVM 22 selects ordinary stores for non-temporal ones of bf16 vectors;
    and where there are no instructions for bf16 it computes what other stores of
    them write an element at a time. With vectors of i16 it does neither.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def UnmaskLoadsPass : Pass<"bn-unmask-loads"> {
  let summary = "Load vectors whole before a mask selects from them";
  let description = [{
    LLVM makes one masked load of a load and a select on AVX-512, and some
    processors then wait for memory, as if they did not prefetch. What vectors of
    bits select goes through an `llvm.freeze`, which keeps both apart.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def SequentialReductionsPass : Pass<"bn-sequential-reductions"> {
  let summary = "Turn parallel loops with results into sequential loops";
  let description = [{
    An `scf.parallel` that reduces becomes a nest of `scf.for`: the order in
    which threads combine their parts is not fixed, and results must not depend
    on it.
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
}

def ResolveExpandShapesPass : Pass<"bn-resolve-expand-shapes"> {
  let summary = "Give sizes and strides to expanded dims";
  let description = [{
    A `memref.expand_shape` of one dim into several dynamic ones becomes a
    `memref.reinterpret_cast`: upstream's `expand-strided-metadata` knows only
    one dynamic size for each dim of the source.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::memref::MemRefDialect"];
}

def DifferentiatePass : Pass<"bn-differentiate", "::mlir::ModuleOp"> {
  let summary = "Make the vector-Jacobian product of a function";
  let description = [{
    For a function `@f` of straight-line code on tensors, makes

    ```
    @f_vjp(arguments..., one cotangent per result...)
        -> (results..., one gradient per chosen argument...)
    ```

    by reverse mode: the gradients are those of the sum of all results, each
    weighted with its cotangent. Calls are inlined; values of the forward part
    are reused; an op that no gradient needs costs nothing. `@f_vjp` is such a
    function itself, so that the pass applied to it gives second derivatives.
    It takes the place of a declaration, so that other functions of the module
    can call it before it is there.

    Rules come from `DifferentiableOpInterface`: the bn ops (with gradients
    through mean and variance); of arith, additions, subtractions, products,
    quotients, negation, maximum and minimum, select and casts; exp, log, tanh,
    sqrt and rsqrt of math; casts, reshapes, splat, extract and insert of tensor;
    and all structured ops of linalg, named or not, whose body is made of these
    ops of arith and math and only adds to what it reduces to, or takes the
    maximum or minimum of it: elementwise ops, products of matrices,
    convolutions, pooling, sums, extrema. At a tie, the gradient of a maximum or
    minimum goes to its second operand; the tied elements of a reduction share it
    equally. Comparisons and conversions to integers have derivative 0.

    It is an error if there is no such function, if it is only declared, if it or
    a function that it calls has more than one block or does not return, if it
    calls itself, if `@f_vjp` exists or is declared with another type, if an
    argument is chosen twice, if one that is chosen or a result is neither a float
    nor a ranked tensor of floats, or if an op on the way of a gradient has no
    rule, like a call of a function defined elsewhere. Ways lead through the bits of
    floats as integers, and through memory: whatever is read after something that
    depends on an argument was stored, anywhere, may be that.
  }];
  let options = [
    Option<"entry", "entry", "std::string", /*default=*/"\"main\"",
           "The function to differentiate">,
    ListOption<"wrt", "wrt", "std::string",
               "Numbers of the arguments to differentiate by; default all of "
               "floats">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def HoistAllocasPass : Pass<"bn-hoist-allocas"> {
  let summary = "Move stack buffers out of OpenMP's worksharing loops";
  let description = [{
    A stack buffer of static size inside a worksharing loop moves to the start
    of the `omp.parallel` around it: each thread has one. The scopes that
    `convert-scf-to-openmp` made for it are then empty and fold away.
  }];
}

def ManualDeallocationPass : Pass<"bn-manual-deallocation", "::mlir::ModuleOp"> {
  let summary = "Exempt what functions free themselves from deallocation";
  let description = [{
    Before bufferization. Every deallocation that is there already, and every
    `memref.alloc` of a function that has one, is marked
    `bufferization.manual_deallocation`: upstream's deallocation, which knows
    only buffers that it owns, then leaves them alone.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def RequestCWrappersPass : Pass<"bn-request-c-wrappers", "::mlir::ModuleOp"> {
  let summary = "Give public functions a C interface, and only them a symbol";
  let description = [{
    As upstream's `llvm-request-c-wrappers`, but leaves declarations alone: a
    function that is defined elsewhere keeps the name it is called by. So are
    functions that are C interfaces, by their names, `_mlir_ciface_...`. Private
    functions with a body get internal linkage: two object files may have
    functions of one name.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def VerifyInputPass : Pass<"bn-verify-input"> {
  let summary = "Check what other passes take for granted";
  let description = [{
    Reports the first

    - value of a shaped type whose static sizes make 2^63 bytes or more. No such
      array exists, and products of its sizes, which later passes form, would
      wrap around and look like those of a small one. Sizes of 0 count as 1:
      strides are products too;
    - `func.func` with a body that has no `func.return`: the inliner would leave
      the results of its calls without values.
  }];
}

def VerifyStagePass : Pass<"bn-verify-stage", "::mlir::ModuleOp"> {
  let summary = "Check what a pipeline promises about its output";
  let description = [{
    Reports the first op that a stage does not allow:

    - `linalg`: ops of the bn dialect;
    - `memref`: ops on tensors;
    - `affine`: ops on tensors, and those of the linalg dialect;
    - `llvm`: all but modules and ops of the LLVM and OpenMP dialects.
  }];
  let options = [
    Option<"stage", "stage", "::mlir::bn::Stage", /*default=*/"::mlir::bn::Stage::LLVM",
           "The stage that has been reached",
           [{::llvm::cl::values(
               clEnumValN(::mlir::bn::Stage::Linalg, "linalg", "bn-to-linalg"),
               clEnumValN(::mlir::bn::Stage::MemRef, "memref", "bufferization"),
               clEnumValN(::mlir::bn::Stage::Affine, "affine", "bn-to-affine"),
               clEnumValN(::mlir::bn::Stage::LLVM, "llvm", "bn-to-llvm"))}]>
  ];
}

#endif // BN_TRANSFORMS_PASSES
