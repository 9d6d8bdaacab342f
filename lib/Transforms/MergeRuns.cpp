//===- MergeRuns.cpp - Short runs as one ----------------------------------===//
//
// Short runs have few whole cache lines, which stores past the caches need, or
// leave most of a vector empty; several of them together are better. What their
// elements use is laid out as they are:
//
//   affine.for %n { affine.for %c { %a = load %scale[%c]
//                                   affine.for %s { %x[%n, %c, %s] * %a } } }
// becomes
//   affine.for %c { %a = load %scale[%c]
//                   affine.for %s { store %a, %scales[%c * S + %s] } }
//   affine.for %n { affine.for %e { %merged[%n, %e] * %scales[%e] } }
//
// and where channels are innermost, for three runs to a row,
//
//   affine.for %r { affine.for %c { %sum[%c] += %x[%r, %c] } }
// becomes
//   affine.for %r step 3 {
//     affine.for %e { %sums[%e] += %merged[%r * C + %e] } }
//   affine.for %k = 0 to 3 { affine.for %c { %sum[%c] += %sums[%k * C + %c] } }
//
// besides the runs that are left over.
//
//===----------------------------------------------------------------------===//

#include "Runs.h"
#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/LoopUtils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::bn {
#define GEN_PASS_DEF_MERGERUNSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

static Value createRow(ImplicitLocOpBuilder &b, bn::RunNest &nest, Type type) {
  OpBuilder::InsertionGuard guard(b);
  // Once, not in each iteration.
  Operation *place = nest.rows;
  while (isa<AffineForOp>(place->getParentOp()))
    place = place->getParentOp();
  b.setInsertionPoint(place);
  return memref::AllocaOp::create(
      b, MemRefType::get({nest.getRowLength()}, type), ValueRange(),
      b.getI64IntegerAttr(bn::kCacheLineBytes));
}

/// Calls `body` for each run of a row and each of its elements, with the place
/// in the row.
static void forEachElement(
    ImplicitLocOpBuilder &b, bn::RunNest &nest,
    function_ref<void(Value run, Value element, AffineMap place)> body) {
  OpBuilder::InsertionGuard guard(b);
  auto runs = AffineForOp::create(b, 0, nest.runsPerRow);
  b.setInsertionPointToStart(runs.getBody());
  auto elements = AffineForOp::create(b, 0, nest.getRunLength());
  b.setInsertionPointToStart(elements.getBody());
  body(runs.getInductionVar(), elements.getInductionVar(),
       AffineMap::get(2, 0,
                      b.getAffineDimExpr(0) * nest.getRunLength() +
                          b.getAffineDimExpr(1)));
}

/// Rows with the values that each element uses.
static SmallVector<Value> expandShared(ImplicitLocOpBuilder &b,
                                       bn::RunNest &nest) {
  auto rows = llvm::map_to_vector(nest.values, [&](Value value) {
    return createRow(b, nest, value.getType());
  });
  forEachElement(b, nest, [&](Value run, Value element, AffineMap place) {
    IRMapping mapping;
    mapping.map(nest.runs.getInductionVar(), run);
    mapping.map(nest.elements.getInductionVar(), element);
    for (Operation *op : nest.shared)
      b.clone(*op, mapping);
    for (auto [value, row] : llvm::zip(nest.values, rows))
      AffineStoreOp::create(b, mapping.lookup(value), row, place,
                            ValueRange{run, element});
  });
  return rows;
}

/// Rows of sums, 0 so far.
static SmallVector<Value> createSums(ImplicitLocOpBuilder &b,
                                     bn::RunNest &nest) {
  auto rows = llvm::map_to_vector(nest.sums, [&](bn::RunSum &sum) {
    return createRow(b, nest, sum.load.getType());
  });
  for (Value row : rows) {
    OpBuilder::InsertionGuard guard(b);
    Value zero = arith::ConstantOp::create(
        b, b.getZeroAttr(cast<MemRefType>(row.getType()).getElementType()));
    auto elements = AffineForOp::create(b, 0, nest.getRowLength());
    b.setInsertionPointToStart(elements.getBody());
    AffineStoreOp::create(b, zero, row, elements.getInductionVar());
  }
  return rows;
}

/// Adds `rows` up to the sums of the runs.
static void addUp(ImplicitLocOpBuilder &b, bn::RunNest &nest,
                  ArrayRef<Value> rows) {
  if (rows.empty())
    return;
  forEachElement(b, nest, [&](Value run, Value element, AffineMap place) {
    IRMapping mapping;
    mapping.map(nest.elements.getInductionVar(), element);
    for (auto [sum, row] : llvm::zip(nest.sums, rows)) {
      Value term =
          AffineLoadOp::create(b, row, place, ValueRange{run, element});
      auto before = cast<AffineLoadOp>(b.clone(*sum.load, mapping));
      AffineStoreOp::create(b, arith::AddFOp::create(b, before, term),
                            sum.store.getMemRef(), sum.store.getAffineMap(),
                            bn::lookup(mapping, sum.store.getMapOperands()));
    }
  });
}

/// The loop over whole rows; the loop over runs goes on from there.
static void createRows(ImplicitLocOpBuilder &b, bn::RunNest &nest,
                       ArrayRef<Value> values, ArrayRef<Value> sums) {
  AffineMap all = nest.runs.getUpperBoundMap();
  AffineMap end = AffineMap::get(all.getNumDims(), all.getNumSymbols(),
                                 all.getResult(0).floorDiv(nest.runsPerRow) *
                                     nest.runsPerRow);
  SmallVector<Value> operands(nest.runs.getUpperBoundOperands());
  auto rows = AffineForOp::create(b, ValueRange(), b.getConstantAffineMap(0),
                                  operands, end, nest.runsPerRow);
  nest.runs.setLowerBound(operands, end);

  b.setInsertionPointToStart(rows.getBody());
  auto row = AffineForOp::create(b, 0, nest.getRowLength());
  b.setInsertionPointToStart(row.getBody());
  IRMapping mapping;
  mapping.map(nest.runs.getInductionVar(), rows.getInductionVar());
  mapping.map(nest.elements.getInductionVar(), row.getInductionVar());
  for (auto [value, buffer] : llvm::zip(nest.values, values))
    mapping.map(value, AffineLoadOp::create(b, buffer, row.getInductionVar()));
  for (auto [sum, buffer] : llvm::zip(nest.sums, sums))
    mapping.map(sum.load.getResult(),
                AffineLoadOp::create(b, buffer, row.getInductionVar()));
  llvm::SmallDenseMap<Value, Value> merged;
  auto getMerged = [&](Value memref) {
    Value &view = merged[memref];
    if (!view)
      view = bn::collapseInnermost(b, memref);
    return view;
  };
  for (Operation *op : nest.others) {
    b.setLoc(op->getLoc());
    AffineMap map = nest.maps.lookup(op);
    auto load = dyn_cast<AffineLoadOp>(op);
    auto store = dyn_cast<AffineStoreOp>(op);
    if (load && map)
      mapping.map(
          load.getResult(),
          AffineLoadOp::create(b, getMerged(load.getMemRef()), map,
                               bn::lookup(mapping, load.getMapOperands())));
    else if (store && map)
      AffineStoreOp::create(b, mapping.lookupOrDefault(store.getValue()),
                            getMerged(store.getMemRef()), map,
                            bn::lookup(mapping, store.getMapOperands()));
    else
      b.clone(*op, mapping);
  }
  for (auto [sum, buffer] : llvm::zip(nest.sums, sums))
    AffineStoreOp::create(b, mapping.lookup(sum.store.getValue()), buffer,
                          row.getInductionVar());
  (void)promoteIfSingleIteration(rows);
}

static void merge(bn::RunNest &nest) {
  ImplicitLocOpBuilder b(nest.runs.getLoc(), nest.rows);
  SmallVector<Value> values = expandShared(b, nest);
  SmallVector<Value> sums = createSums(b, nest);
  b.setInsertionPointAfter(nest.rows);
  addUp(b, nest, sums);
  b.setInsertionPoint(nest.runs);
  createRows(b, nest, values, sums);
  if (getConstantTripCount(nest.runs) == 0)
    nest.runs.erase();
}

namespace {
struct MergeRuns : bn::impl::MergeRunsPassBase<MergeRuns> {
  void runOnOperation() override {
    SmallVector<bn::RunNest, 0> nests;
    getOperation()->walk([&](AffineForOp loop) {
      if (auto nest = bn::matchShortRuns(loop))
        nests.push_back(std::move(*nest));
    });
    for (bn::RunNest &nest : nests)
      merge(nest);
  }
};
} // namespace
