//===- SplitSweeps.cpp - Slices of large sweeps run in parallel -----------===//
//
// What tiling over channels leaves outside of parallel loops: an elementwise
// linalg op, or one of sums that may be reassociated, becomes an scf.forall
// over slices of equal length. Sums become partial sums, one for each slice,
// which are added up in the order of the slices. What is left over after the
// last slice follows by itself: loops over a slice of any other length would
// not be affine.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::bn {
#define GEN_PASS_DEF_SPLITSWEEPSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

static bool isSweep(linalg::GenericOp op) {
  return op.hasPureTensorSemantics() &&
         isa<FunctionOpInterface>(op->getParentOp()) &&
         llvm::all_of(
             op.getIndexingMapsArray(),
             [](AffineMap map) { return map.isProjectedPermutation(); }) &&
         (linalg::isElementwise(op) ||
          areUnorderedSums(op.getBody()->getTerminator()->getOperands(),
                           op.getRegionOutputArgs()));
}

namespace {
/// One sweep on its way to slices of `dim`.
class Splitter {
public:
  Splitter(RewriterBase &rewriter, linalg::GenericOp op, ArrayRef<Range> domain,
           SweepSplit split)
      : rewriter(rewriter), b(op.getLoc(), rewriter), op(op), split(split),
        reduces(op.getIteratorTypesArray()[split.dim] ==
                utils::IteratorType::reduction) {
    for (Range range : domain) {
      offsets.push_back(range.offset);
      sizes.push_back(range.size);
    }
    total = sizes[split.dim];
    length = compute([&](AffineExpr n) {
      return n.floorDiv(split.slices * split.unit) * split.unit;
    });
  }

  /// What an earlier run of this pass has left over is shorter than the slices.
  bool hasEmptySlices() { return isZeroInteger(length); }

  /// Values for the results of the sweep.
  FailureOr<SmallVector<Value>> run() {
    SmallVector<Value> outputs = llvm::to_vector(op.getOutputs());
    auto loop = scf::ForallOp::create(b, {b.getIndexAttr(split.slices)},
                                      reduces ? createPartialSums() : outputs,
                                      std::nullopt);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      if (failed(emitSlice(loop)))
        return failure();
    }
    SmallVector<Value> results(loop.getResults());
    int64_t unit = split.slices * split.unit;
    offsets[split.dim] = compute([&](AffineExpr n) { return n - n % unit; });
    OpFoldResult rest = compute([&](AffineExpr n) { return n % unit; });
    if (!isZeroInteger(rest)) {
      sizes[split.dim] = rest;
      FailureOr<Operation *> tiled =
          emitTile(reduces ? outputs : getSlices(results));
      if (failed(tiled))
        return failure();
      if (reduces)
        outputs = (*tiled)->getResults();
      else
        for (auto [i, result] : llvm::enumerate(results)) {
          Position position = getPosition(i);
          result = tensor::InsertSliceOp::create(
              b, (*tiled)->getResult(i), result, position.offsets,
              position.sizes, getStrides(position));
        }
    }
    return reduces ? addUp(results, outputs) : results;
  }

private:
  struct Position {
    SmallVector<OpFoldResult> offsets, sizes;
  };

  SmallVector<OpFoldResult> getStrides(const Position &position) {
    return SmallVector<OpFoldResult>(position.sizes.size(), b.getIndexAttr(1));
  }

  OpFoldResult compute(function_ref<AffineExpr(AffineExpr)> expr) {
    AffineMap map = AffineMap::get(0, 1, expr(b.getAffineSymbolExpr(0)));
    return affine::makeComposedFoldedAffineApply(b, b.getLoc(), map, {total});
  }

  /// Where the current tile is in result `i`.
  Position getPosition(unsigned i) {
    Position position;
    for (AffineExpr expr :
         op.getIndexingMapMatchingResult(op->getResult(i)).getResults()) {
      unsigned dim = cast<AffineDimExpr>(expr).getPosition();
      position.offsets.push_back(offsets[dim]);
      position.sizes.push_back(sizes[dim]);
    }
    return position;
  }

  SmallVector<Value> getSlices(ValueRange results) {
    SmallVector<Value> slices;
    for (auto [i, result] : llvm::enumerate(results)) {
      Position position = getPosition(i);
      slices.push_back(tensor::ExtractSliceOp::create(
          b, result, position.offsets, position.sizes, getStrides(position)));
    }
    return slices;
  }

  /// The op on the current tile, written to `outputs`.
  FailureOr<Operation *> emitTile(ValueRange outputs) {
    FailureOr<TilingResult> tiled =
        cast<TilingInterface>(op.getOperation())
            .getTiledImplementation(b, offsets, sizes);
    if (failed(tiled))
      return failure();
    auto generic = cast<linalg::GenericOp>(tiled->tiledOps.front());
    for (auto [old, output] : llvm::zip(generic.getOutputsMutable(), outputs)) {
      Operation *slice = old.get().getDefiningOp();
      old.set(output);
      if (slice && isOpTriviallyDead(slice))
        rewriter.eraseOp(slice);
    }
    for (auto [result, output] : llvm::zip(generic->getResults(), outputs))
      result.setType(output.getType());
    return generic.getOperation();
  }

  /// Room for one sum of each slice.
  SmallVector<Value> createPartialSums() {
    return llvm::map_to_vector(op.getOutputs(), [&](Value output) -> Value {
      SmallVector<OpFoldResult> shape{b.getIndexAttr(split.slices)};
      llvm::append_range(shape, tensor::getMixedSizes(b, b.getLoc(), output));
      return tensor::EmptyOp::create(b, shape,
                                     getElementTypeOrSelf(output.getType()));
    });
  }

  Position getPartialPosition(Value slice, Value partial) {
    Position position;
    position.sizes = tensor::getMixedSizes(b, b.getLoc(), partial);
    position.sizes.front() = b.getIndexAttr(1);
    position.offsets.assign(position.sizes.size(), b.getIndexAttr(0));
    position.offsets.front() = slice;
    return position;
  }

  LogicalResult emitSlice(scf::ForallOp loop) {
    Value slice = loop.getInductionVar(0);
    // A product with a length that is not known is not affine.
    offsets[split.dim] =
        getConstantIntValue(length)
            ? affine::makeComposedFoldedAffineApply(
                  b, b.getLoc(),
                  AffineMap::get(1, 0,
                                 b.getAffineDimExpr(0) *
                                     *getConstantIntValue(length)),
                  {OpFoldResult(slice)})
            : OpFoldResult(arith::MulIOp::create(b, slice, cast<Value>(length))
                               .getResult());
    sizes[split.dim] = length;

    ValueRange buffers = loop.getRegionOutArgs();
    SmallVector<Value> outputs;
    if (reduces)
      for (auto [buffer, output] : llvm::zip(buffers, op.getOutputs())) {
        Position position = getPartialPosition(slice, buffer);
        auto type = cast<RankedTensorType>(output.getType());
        Value zero =
            arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
        Value sums = tensor::ExtractSliceOp::create(
            b, type, buffer, position.offsets, position.sizes,
            getStrides(position));
        outputs.push_back(linalg::FillOp::create(b, zero, sums).getResult(0));
      }
    else
      outputs = getSlices(buffers);
    FailureOr<Operation *> tiled = emitTile(outputs);
    if (failed(tiled))
      return failure();

    for (auto [i, buffer] : llvm::enumerate(buffers)) {
      Position position =
          reduces ? getPartialPosition(slice, buffer) : getPosition(i);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToEnd(loop.getTerminator().getBody());
      tensor::ParallelInsertSliceOp::create(b, (*tiled)->getResult(i), buffer,
                                            position.offsets, position.sizes,
                                            getStrides(position));
    }
    return success();
  }

  /// outputs + the sums of the slices, in order.
  SmallVector<Value> addUp(ValueRange partials, ValueRange outputs) {
    unsigned rank = cast<RankedTensorType>(outputs.front().getType()).getRank();
    AffineMap partialMap =
        AffineMap::getMultiDimIdentityMap(rank + 1, b.getContext());
    SmallVector<AffineMap> maps(partials.size(), partialMap);
    maps.append(outputs.size(), partialMap.getMinorSubMap(rank));
    SmallVector<utils::IteratorType> iterators(rank + 1,
                                               utils::IteratorType::parallel);
    iterators.front() = utils::IteratorType::reduction;
    auto sum = linalg::GenericOp::create(
        b, TypeRange(outputs), partials, outputs, maps, iterators,
        [&](OpBuilder &nested, Location loc, ValueRange args) {
          SmallVector<Value> sums;
          for (size_t i = 0; i < partials.size(); ++i)
            sums.push_back(arith::AddFOp::create(
                nested, loc, args[partials.size() + i], args[i]));
          linalg::YieldOp::create(nested, loc, sums);
        });
    return llvm::to_vector_of<Value>(sum->getResults());
  }

  RewriterBase &rewriter;
  ImplicitLocOpBuilder b;
  linalg::GenericOp op;
  SweepSplit split;
  bool reduces;
  /// The length of the split dim, and of a slice of it.
  OpFoldResult total, length;
  /// The current tile of the iteration domain.
  SmallVector<OpFoldResult> offsets, sizes;
};

struct SplitSweeps : bn::impl::SplitSweepsPassBase<SplitSweeps> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::GenericOp> sweeps;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (isSweep(op))
        sweeps.push_back(op);
    });
    for (linalg::GenericOp op : sweeps) {
      rewriter.setInsertionPoint(op);
      // More may be known of sizes than types say.
      SmallVector<Range> domain =
          cast<TilingInterface>(op.getOperation()).getIterationDomain(rewriter);
      std::optional<SweepSplit> split =
          getSweepSplit(op, llvm::map_to_vector(domain, [](Range range) {
                          return getConstantIntValue(range.size)
                              .value_or(ShapedType::kDynamic);
                        }));
      if (!split)
        continue;
      Splitter splitter(rewriter, op, domain, *split);
      if (splitter.hasEmptySlices())
        continue;
      FailureOr<SmallVector<Value>> results = splitter.run();
      if (failed(results)) {
        op.emitOpError("could not be split");
        return signalPassFailure();
      }
      rewriter.replaceOp(op, *results);
    }
  }
};
} // namespace
