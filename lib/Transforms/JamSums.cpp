//===- JamSums.cpp - Several sums at a time -------------------------------===//
//
// Memory answers faster where several of its pages are asked at a time, and
// sums of many innermost channels do not fit registers: each row loads and
// stores all of them. So rows that are far apart are added up together:
//
//   affine.for %r = 0 to 100 { affine.for %c { %sum[%c] += %x[%r, %c] } }
// becomes
//   affine.for %r = 0 to 25 { affine.for %c {
//     %sum[%c] += %x[%r + 25, %c] ... += %x[%r + 75, %c] += %x[%r, %c] } }
//
// A sum of short runs waits for one addition after the other. Those of several
// channels are taken at a time, so that none waits.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/Analysis/AffineAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/LoopUtils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::bn {
#define GEN_PASS_DEF_JAMSUMSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

/// How many rows of data are read at a time, or a few more: twice as many are
/// too many for the prefetchers.
static constexpr int64_t kStreams = 4;

/// How many channels' sums.
static constexpr uint64_t kChannels = 4;

/// Runs that are no longer than this make one or two vectors.
static constexpr uint64_t kShortRun = 16;

/// Whether the innermost index of `access` changes along `loop`.
template <typename Access>
static bool isInnermost(Access access, AffineForOp loop) {
  auto operand = llvm::find(access.getMapOperands(), loop.getInductionVar());
  return operand != access.getMapOperands().end() &&
         access.getAffineMap().getNumResults() != 0 &&
         access.getAffineMap().getResults().back().isFunctionOfDim(
             operand - access.getMapOperands().begin());
}

/// Whether `store`, in `elements`, writes a sum for each of its iterations, the
/// same ones in each of `rows`, to a buffer of which there are no views and
/// that is accessed in no other way.
static bool storesSums(AffineStoreOp store, AffineForOp rows,
                       AffineForOp elements) {
  AffineLoadOp sum = bn::getLoadBefore(store, elements);
  return sum && isInnermost(store, elements) &&
         !llvm::is_contained(store.getMapOperands(), rows.getInductionVar()) &&
         bn::areUnorderedSums(store.getValue(), sum.getResult());
}

/// Whether `rows` does nothing but add each of its rows to sums, in any order.
/// They are carried by loops, or each of `elements`, the innermost, adds to one
/// in memory.
static bool addsUpRows(AffineForOp rows, AffineForOp elements) {
  if (rows == elements || !rows.hasConstantLowerBound() ||
      rows.getConstantLowerBound() != 0 ||
      rows.getUpperBoundMap().getNumResults() != 1 ||
      !llvm::all_of(elements.getResultTypes(), llvm::IsaPred<FloatType>))
    return false;
  for (Operation *user : rows.getInductionVar().getUsers())
    if (user->getBlock() != elements.getBody())
      return false;
  if (elements.getNumIterOperands() &&
      !bn::areUnorderedSums(elements.getYieldedValues(),
                            elements.getRegionIterArgs()))
    return false;
  if (!elements.getNumIterOperands() &&
      (elements->getParentOp() != rows || rows.getNumIterOperands() ||
       !llvm::hasNItems(*rows.getBody(), 2)))
    return false;
  return bn::hasDistinctBuffers(elements) &&
         llvm::all_of(elements.getBody()->without_terminator(), [&](auto &op) {
           if (auto store = dyn_cast<AffineStoreOp>(op))
             return storesSums(store, rows, elements);
           return isa<AffineLoadOp>(op) ||
                  (op.getNumRegions() == 0 && isMemoryEffectFree(&op));
         });
}

/// How many rows at a time, such that they make few streams of data.
static int64_t getNumRows(AffineForOp rows, AffineForOp elements) {
  int64_t numData = llvm::count_if(
      elements.getBody()->getOps<AffineLoadOp>(), [&](AffineLoadOp load) {
        return llvm::is_contained(load.getMapOperands(),
                                  rows.getInductionVar());
      });
  int64_t numRows = numData ? llvm::divideCeil(kStreams, numData) : 1;
  std::optional<uint64_t> tripCount = getConstantTripCount(rows);
  if (!tripCount || numRows == 1)
    return numRows;
  // One more or less, if none is left over then.
  for (int64_t other : {numRows, numRows + 1, numRows - 1})
    if (other > 1 && *tripCount % other == 0)
      return other;
  return std::min<int64_t>(numRows, *tripCount);
}

/// Takes `numRows` of `rows` at a time, as far apart as they can be, before
/// those that are left over.
static void jamRows(AffineForOp rows, AffineForOp elements, int64_t numRows) {
  OpBuilder b(rows);
  b.setInsertionPointAfter(rows);
  AffineMap end = rows.getUpperBoundMap();
  SmallVector<Value> operands(rows.getUpperBoundOperands());
  int64_t step = rows.getStepAsInt();
  AffineExpr distance = end.getResult(0).floorDiv(numRows * step) * step;
  auto getMap = [&](ArrayRef<AffineExpr> bound) {
    return AffineMap::get(end.getNumDims(), end.getNumSymbols(), bound,
                          b.getContext());
  };

  if (!rows.hasConstantUpperBound() ||
      rows.getConstantUpperBound() % (numRows * step) != 0) {
    auto rest = cast<AffineForOp>(b.clone(*rows));
    // From 0 on if there are no rows at all.
    rest.setLowerBound(
        operands, getMap({b.getAffineConstantExpr(0), distance * numRows}));
    rows->replaceAllUsesWith(rest);
    rest.getInitsMutable().assign(rows.getResults());
  }
  rows.setUpperBound(operands, getMap(distance));

  auto body = llvm::map_to_vector(elements.getBody()->without_terminator(),
                                  [](Operation &op) { return &op; });
  b.setInsertionPointToStart(elements.getBody());
  // One row after the other, so that each product is added as it is made. But
  // every addition to a long sum of f64 data costs a bit that data of fewer
  // bits do not need: there, what the rows add is added up first.
  bool hasSpareBits =
      llvm::none_of(elements.getBody()->getOps<AffineLoadOp>(),
                    [](AffineLoadOp load) { return load.getType().isF64(); });
  SmallVector<Value> sums;
  for (BlockArgument sum : elements.getRegionIterArgs())
    sums.push_back(hasSpareBits ? Value(sum)
                                : arith::ConstantOp::create(
                                      b, elements.getLoc(),
                                      b.getFloatAttr(sum.getType(), -0.0)));
  operands.insert(operands.begin(), rows.getInductionVar());
  for (int64_t row = 1; row < numRows; ++row) {
    AffineExpr place = getAffineDimExpr(0, b.getContext()) +
                       getMap(distance).shiftDims(1).getResult(0) * row;
    IRMapping mapping;
    mapping.map(
        rows.getInductionVar(),
        AffineApplyOp::create(
            b, rows.getLoc(),
            AffineMap::get(end.getNumDims() + 1, end.getNumSymbols(), place),
            operands));
    mapping.map(elements.getRegionIterArgs(), sums);
    for (Operation *op : body)
      b.clone(*op, mapping);
    sums = bn::lookup(mapping, elements.getYieldedValues());
  }
  Operation *yield = elements.getBody()->getTerminator();
  b.setInsertionPoint(yield);
  for (auto [before, sum, next] :
       llvm::zip(elements.getRegionIterArgs(), sums, yield->getOpOperands())) {
    for (Operation *op : body)
      op->replaceUsesOfWith(before, sum);
    if (!hasSpareBits)
      next.set(arith::AddFOp::create(b, elements.getLoc(), before, next.get(),
                                     arith::FastMathFlags::reassoc));
  }
}

/// Whether each iteration of `channels` has sums of its own, of short runs.
static bool addsUpShortRuns(AffineForOp channels) {
  auto loops = channels.getBody()->getOps<AffineForOp>();
  if (channels.getNumIterOperands() || !llvm::hasSingleElement(loops) ||
      !bn::hasDistinctBuffers(channels) || !isLoopMemoryParallel(channels))
    return false;
  AffineForOp runs = *loops.begin();
  while (auto inner = dyn_cast<AffineForOp>(runs.getBody()->front()))
    runs = inner;
  std::optional<uint64_t> length = getConstantTripCount(runs);
  return runs.getNumIterOperands() && length && *length <= kShortRun &&
         llvm::all_of(
             runs.getBody()->getOps<AffineLoadOp>(),
             [&](AffineLoadOp load) { return isInnermost(load, runs); });
}

namespace {
struct JamSums : bn::impl::JamSumsPassBase<JamSums> {
  void runOnOperation() override {
    SmallVector<AffineForOp> channels;
    getOperation()->walk([&](AffineForOp loop) {
      if (addsUpShortRuns(loop))
        channels.push_back(loop);
    });
    for (AffineForOp loop : channels)
      (void)loopUnrollJamUpToFactor(loop, kChannels);

    SmallVector<std::pair<AffineForOp, AffineForOp>> nests;
    getOperation()->walk([&](AffineForOp elements) {
      auto rows = elements.getNumIterOperands()
                      ? bn::getNestOfSums(elements).front()
                      : dyn_cast<AffineForOp>(elements->getParentOp());
      if (rows && addsUpRows(rows, elements))
        nests.emplace_back(rows, elements);
    });
    for (auto [rows, elements] : nests)
      if (int64_t numRows = getNumRows(rows, elements); numRows > 1)
        jamRows(rows, elements, numRows);
  }
};
} // namespace
