//===- MergeRuns.cpp - Short runs of several channels as one --------------===//
//
//   affine.for %n { affine.for %c { %a = load %scale[%c]
//                                   affine.for %s { %x[%n, %c, %s] * %a } } }
// becomes
//   affine.for %c { %a = load %scale[%c]
//                   affine.for %s { store %a, %scales[%c * S + %s] } }
//   affine.for %n { affine.for %r { %merged[%n, %r] * %scales[%r] } }
//
// where runs, of %s, start at no address that stores past the caches can use.
// The merged ones do.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::bn {
#define GEN_PASS_DEF_MERGERUNSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

namespace {
/// One loop over rows of several channels' runs each.
struct Nest {
  AffineForOp rows, channels, runs;
  /// What the runs of a channel share: ops, and those of their results that
  /// the runs use.
  SmallVector<Operation *> shared;
  SmallVector<Value> values;

  int64_t getRunLength() { return runs.getConstantUpperBound(); }
  int64_t getRowLength() {
    return channels.getConstantUpperBound() * getRunLength();
  }
};
} // namespace

/// From 0 to a constant, without results.
static bool isPlain(AffineForOp loop) {
  return loop.hasConstantBounds() && loop.getConstantLowerBound() == 0 &&
         loop.getStepAsInt() == 1 && loop.getNumIterOperands() == 0;
}

/// The index in the memref of an element of the row that starts at channel 0 of
/// `nest`, whose place in the row is the induction variable of the runs. Null
/// where the elements of a row are not adjacent.
template <typename Access>
static AffineMap getMergedMap(Access access, Nest &nest) {
  AffineMap map = access.getAffineMap();
  MemRefType type = access.getMemRefType();
  unsigned rank = type.getRank();
  if (rank < 2 || !type.hasStaticShape() || !type.getLayout().isIdentity() ||
      type.getShape().back() != nest.getRunLength())
    return {};
  AffineExpr channel, run;
  for (auto [dim, operand] : llvm::enumerate(access.getMapOperands())) {
    AffineExpr expr = getAffineDimExpr(dim, access.getContext());
    if (operand == nest.channels.getInductionVar())
      channel = expr;
    if (operand == nest.runs.getInductionVar())
      run = expr;
  }
  if (!channel || !run || map.getResults().back() != run)
    return {};
  AffineExpr zero = getAffineConstantExpr(0, access.getContext());
  AffineExpr first = map.getResult(rank - 2).replace(channel, zero);
  if (simplifyAffineExpr(map.getResult(rank - 2) - first - channel,
                         map.getNumDims(), map.getNumSymbols()) != zero)
    return {};
  SmallVector<AffineExpr> indices(map.getResults().drop_back());
  indices.back() = first * nest.getRunLength();
  auto uses = [](AffineExpr expr, AffineExpr dim) {
    return expr.isFunctionOfDim(cast<AffineDimExpr>(dim).getPosition());
  };
  if (llvm::any_of(indices, [&](AffineExpr index) {
        return uses(index, run) || uses(index, channel);
      }))
    return {};
  indices.back() = indices.back() + run;
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(), indices,
                        access.getContext());
}

/// Whether stores of runs are unaligned, and those of rows, which must be short
/// enough for what channels share to stay in cache, are not.
static bool pays(Nest &nest) {
  auto stores = nest.runs.getBody()->getOps<AffineStoreOp>();
  return !stores.empty() && nest.getRowLength() <= bn::kElementsPerRun &&
         llvm::all_of(stores, [&](AffineStoreOp store) {
           int64_t bytes =
               bn::getNumBytes(store.getMemRefType().getElementType());
           return nest.getRunLength() * bytes % bn::kSmallestStreamedBytes !=
                      0 &&
                  nest.getRowLength() * bytes % bn::kSmallestStreamedBytes == 0;
         });
}

static std::optional<Nest> match(AffineForOp rows) {
  auto channels = dyn_cast<AffineForOp>(rows.getBody()->front());
  if (!isPlain(rows) || !channels || !isPlain(channels) ||
      !llvm::hasNItems(*rows.getBody(), 2))
    return std::nullopt;
  auto runs = dyn_cast_or_null<AffineForOp>(
      channels.getBody()->getTerminator()->getPrevNode());
  if (!runs || !isPlain(runs))
    return std::nullopt;

  Nest nest{rows, channels, runs, {}, {}};
  llvm::SmallPtrSet<Value, 4> read, written;
  for (Operation &op : channels.getBody()->without_terminator()) {
    if (&op == runs)
      continue;
    if (auto load = dyn_cast<AffineLoadOp>(op))
      read.insert(bn::getBuffer(load.getMemRef()));
    else if (op.getNumRegions() || !isMemoryEffectFree(&op))
      return std::nullopt;
    if (llvm::is_contained(op.getOperands(), rows.getInductionVar()))
      return std::nullopt;
    nest.shared.push_back(&op);
    for (Value result : op.getResults())
      if (result.isUsedOutsideOfBlock(channels.getBody())) {
        if (!result.getType().isIntOrFloat())
          return std::nullopt;
        nest.values.push_back(result);
      }
  }
  for (Operation &op : runs.getBody()->without_terminator()) {
    if (auto load = dyn_cast<AffineLoadOp>(op)) {
      if (!getMergedMap(load, nest))
        return std::nullopt;
    } else if (auto store = dyn_cast<AffineStoreOp>(op)) {
      if (!getMergedMap(store, nest))
        return std::nullopt;
      written.insert(bn::getBuffer(store.getMemRef()));
    } else if (op.getNumRegions() || !isMemoryEffectFree(&op) ||
               llvm::is_contained(op.getOperands(), runs.getInductionVar()) ||
               llvm::is_contained(op.getOperands(),
                                  channels.getInductionVar())) {
      return std::nullopt;
    }
  }
  // What is shared is computed before all rows.
  if (llvm::any_of(read,
                   [&](Value buffer) { return written.contains(buffer); }) ||
      !pays(nest))
    return std::nullopt;
  return nest;
}

/// A buffer with the value of each element's channel, for each of the values
/// that runs share.
static SmallVector<Value> expandShared(ImplicitLocOpBuilder &b, Nest &nest) {
  SmallVector<Value> buffers;
  for (Value value : nest.values)
    buffers.push_back(memref::AllocaOp::create(
        b, MemRefType::get({nest.getRowLength()}, value.getType()),
        ValueRange(), b.getI64IntegerAttr(bn::kCacheLineBytes)));
  OpBuilder::InsertionGuard guard(b);
  auto channels =
      AffineForOp::create(b, 0, nest.channels.getConstantUpperBound());
  b.setInsertionPointToStart(channels.getBody());
  IRMapping mapping;
  mapping.map(nest.channels.getInductionVar(), channels.getInductionVar());
  for (Operation *op : nest.shared)
    b.clone(*op, mapping);
  auto runs = AffineForOp::create(b, 0, nest.getRunLength());
  b.setInsertionPointToStart(runs.getBody());
  AffineMap map = AffineMap::get(2, 0,
                                 b.getAffineDimExpr(0) * nest.getRunLength() +
                                     b.getAffineDimExpr(1));
  for (auto [value, buffer] : llvm::zip(nest.values, buffers))
    AffineStoreOp::create(
        b, mapping.lookup(value), buffer, map,
        ValueRange{channels.getInductionVar(), runs.getInductionVar()});
  return buffers;
}

/// `memref` with its two innermost dims as one.
static Value collapseInnermost(ImplicitLocOpBuilder &b, Value memref) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfterValue(memref);
  SmallVector<ReassociationIndices> groups;
  for (int64_t dim = 0, rank = cast<MemRefType>(memref.getType()).getRank();
       dim < rank - 1; ++dim)
    groups.push_back({dim});
  groups.back().push_back(groups.size());
  return memref::CollapseShapeOp::create(b, memref, groups);
}

static void merge(Nest &nest) {
  ImplicitLocOpBuilder b(nest.rows.getLoc(), nest.rows);
  SmallVector<Value> buffers = expandShared(b, nest);

  b.setInsertionPoint(nest.channels);
  auto row = AffineForOp::create(b, 0, nest.getRowLength());
  b.setInsertionPointToStart(row.getBody());
  IRMapping mapping;
  mapping.map(nest.runs.getInductionVar(), row.getInductionVar());
  // No index depends on it any more.
  mapping.map(nest.channels.getInductionVar(), row.getInductionVar());
  for (auto [value, buffer] : llvm::zip(nest.values, buffers))
    mapping.map(value, AffineLoadOp::create(b, buffer, row.getInductionVar()));
  for (Operation &op : nest.runs.getBody()->without_terminator()) {
    b.setLoc(op.getLoc());
    if (auto load = dyn_cast<AffineLoadOp>(op))
      mapping.map(
          load.getResult(),
          AffineLoadOp::create(b, collapseInnermost(b, load.getMemRef()),
                               getMergedMap(load, nest),
                               bn::lookup(mapping, load.getMapOperands())));
    else if (auto store = dyn_cast<AffineStoreOp>(op))
      AffineStoreOp::create(b, mapping.lookupOrDefault(store.getValue()),
                            collapseInnermost(b, store.getMemRef()),
                            getMergedMap(store, nest),
                            bn::lookup(mapping, store.getMapOperands()));
    else
      b.clone(op, mapping);
  }
  nest.channels.erase();
}

namespace {
struct MergeRuns : bn::impl::MergeRunsPassBase<MergeRuns> {
  void runOnOperation() override {
    SmallVector<Nest> nests;
    getOperation()->walk([&](AffineForOp loop) {
      if (auto nest = match(loop))
        nests.push_back(*nest);
    });
    for (Nest &nest : nests)
      merge(nest);
  }
};
} // namespace
