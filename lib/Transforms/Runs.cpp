//===- Runs.cpp - Loops over runs of adjacent elements --------------------===//

#include "Runs.h"
#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::affine;
using namespace mlir::bn;

/// From 0, one by one, without results.
static bool isPlain(AffineForOp loop) {
  return loop.hasConstantLowerBound() && loop.getConstantLowerBound() == 0 &&
         loop.getUpperBoundMap().getNumResults() == 1 &&
         loop.getStepAsInt() == 1 && loop.getNumIterOperands() == 0;
}

/// The index in the memref, its two innermost dims taken as one, of an element
/// of the row that starts at the induction variable of the runs; its place in
/// the row is that of the elements. Null where the elements of a row are not
/// adjacent.
template <typename Access>
static AffineMap getMergedMap(Access access, RunNest &nest) {
  AffineMap map = access.getAffineMap();
  MemRefType type = access.getMemRefType();
  unsigned rank = type.getRank();
  if (rank < 2 || !type.getLayout().isIdentity() ||
      type.getShape().back() != nest.getRunLength())
    return {};
  AffineExpr run, element;
  for (auto [dim, operand] : llvm::enumerate(access.getMapOperands())) {
    AffineExpr expr = getAffineDimExpr(dim, access.getContext());
    if (operand == nest.runs.getInductionVar())
      run = expr;
    if (operand == nest.elements.getInductionVar())
      element = expr;
  }
  if (!run || !element || map.getResults().back() != element)
    return {};
  SmallVector<AffineExpr> indices(map.getResults().drop_back());
  AffineExpr zero = getAffineConstantExpr(0, access.getContext());
  AffineExpr first = indices.pop_back_val();
  AffineExpr start = first.replace(run, zero);
  auto uses = [](AffineExpr expr, AffineExpr dim) {
    return expr.isFunctionOfDim(cast<AffineDimExpr>(dim).getPosition());
  };
  if (uses(start, element) ||
      simplifyAffineExpr(first - start - run, map.getNumDims(),
                         map.getNumSymbols()) != zero ||
      llvm::any_of(indices, [&](AffineExpr index) {
        return uses(index, run) || uses(index, element);
      }))
    return {};
  indices.push_back(first * nest.getRunLength() + element);
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(), indices,
                        access.getContext());
}

/// Whether `op`, inside `nest`, is the same in all rows if what it depends on
/// there is.
static bool isSameInRows(RunNest &nest, Operation *op,
                         function_ref<bool(Value)> isSame) {
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return nest.rows.isDefinedOutsideOfLoop(operand) ||
           operand == nest.elements.getInductionVar() ||
           (nest.hasAllRuns && operand == nest.runs.getInductionVar()) ||
           isSame(operand);
  });
}

/// The sum that `store` belongs to, whose terms may be added in any order.
static std::optional<RunSum> matchSum(AffineStoreOp store, RunNest &nest) {
  auto add = store.getValue().getDefiningOp<arith::AddFOp>();
  if (!add ||
      !bitEnumContainsAll(add.getFastmath(), arith::FastMathFlags::reassoc))
    return std::nullopt;
  for (Value operand : add->getOperands())
    if (auto load = operand.getDefiningOp<AffineLoadOp>();
        load && load->getBlock() == store->getBlock() && load->hasOneUse() &&
        isSameElement(load, store) &&
        isSameInRows(nest, load, [](Value) { return false; }))
      return RunSum{load, store};
  return std::nullopt;
}

namespace {
/// Sorts the ops of a nest into those that are shared and the others.
class Analysis {
public:
  explicit Analysis(RunNest &nest) : nest(nest) {}

  /// Of the narrowest runs.
  int64_t elementBytes = kCacheLineBytes;

  /// Fails if some have no place in a row.
  LogicalResult run() {
    for (auto store : nest.elements.getBody()->getOps<AffineStoreOp>())
      if (auto sum = matchSum(store, nest)) {
        nest.sums.push_back(*sum);
        ofSums.insert({sum->load, sum->store});
      }
    for (AffineForOp loop : {nest.runs, nest.elements})
      for (Operation &op : loop.getBody()->without_terminator())
        if (&op != nest.elements && failed(add(op)))
          return failure();
    for (Operation *op : nest.shared)
      for (Value result : op->getResults())
        if (llvm::any_of(result.getUsers(), [&](Operation *user) {
              return !shared.contains(user);
            })) {
          if (!result.getType().isIntOrFloat())
            return failure();
          nest.values.push_back(result);
        }
    // What is shared is computed before all rows, and sums after them.
    for (RunSum &sum : nest.sums)
      if (Value buffer = getBuffer(sum.store.getMemRef());
          read.contains(buffer) || !written.insert(buffer).second)
        return failure();
    return success(!nest.maps.empty() &&
                   llvm::none_of(readByShared, [&](Value buffer) {
                     return written.contains(buffer);
                   }));
  }

private:
  LogicalResult add(Operation &op) {
    if (ofSums.contains(&op))
      return success();
    auto load = dyn_cast<AffineLoadOp>(op);
    auto store = dyn_cast<AffineStoreOp>(op);
    if (load)
      read.insert(getBuffer(load.getMemRef()));
    if (store)
      written.insert(getBuffer(store.getMemRef()));
    if ((load && succeeded(place(load))) || (store && succeeded(place(store))))
      nest.others.push_back(&op);
    else if (store || op.getNumRegions() || !(load || isMemoryEffectFree(&op)))
      return failure();
    else if (isSameInRows(nest, &op, [&](Value operand) {
               return shared.contains(operand.getDefiningOp());
             })) {
      if (load)
        readByShared.insert(getBuffer(load.getMemRef()));
      shared.insert(&op);
      nest.shared.push_back(&op);
    } else if (load || llvm::any_of(op.getOperands(), [&](Value operand) {
                 return isa<BlockArgument>(operand) &&
                        !nest.rows.isDefinedOutsideOfLoop(operand);
               }))
      return failure();
    else
      nest.others.push_back(&op);
    return success();
  }

  /// Notes where `access` is in the merged rows.
  template <typename Access> LogicalResult place(Access access) {
    AffineMap map = getMergedMap(access, nest);
    if (!map)
      return failure();
    nest.maps[access] = map;
    elementBytes = std::min(
        elementBytes, getNumBytes(access.getMemRefType().getElementType()));
    return success();
  }

  RunNest &nest;
  llvm::SmallPtrSet<Operation *, 8> shared, ofSums;
  llvm::SmallPtrSet<Value, 4> read, readByShared, written;
};
} // namespace

/// All channels of a block, whose runs are short and end inside of lines. Their
/// rows must be short enough for what is shared to stay in cache.
static std::optional<RunNest> matchChannels(AffineForOp channels) {
  auto rows = dyn_cast<AffineForOp>(channels->getParentOp());
  auto runs = dyn_cast_or_null<AffineForOp>(
      channels.getBody()->getTerminator()->getPrevNode());
  if (!rows || !isPlain(rows) || !llvm::hasNItems(*rows.getBody(), 2) ||
      !isPlain(channels) || !channels.hasConstantUpperBound() || !runs ||
      !isPlain(runs) || !runs.hasConstantUpperBound())
    return std::nullopt;
  RunNest nest(channels, runs, rows);
  nest.runsPerRow = channels.getConstantUpperBound();
  nest.hasAllRuns = true;
  auto stores = runs.getBody()->getOps<AffineStoreOp>();
  if (stores.empty() || nest.getRowLength() > kElementsPerRun ||
      !llvm::all_of(stores,
                    [&](AffineStoreOp store) {
                      int64_t bytes =
                          nest.getRunLength() *
                          getNumBytes(store.getMemRefType().getElementType());
                      return bytes < kLongRunBytes &&
                             bytes % kCacheLineBytes != 0;
                    }) ||
      failed(Analysis(nest).run()) || !nest.sums.empty())
    return std::nullopt;
  return nest;
}

/// As many pixels as fill whole cache lines, where few channels are innermost.
static std::optional<RunNest> matchPixels(AffineForOp pixels) {
  auto channels = dyn_cast<AffineForOp>(pixels.getBody()->front());
  if (!isPlain(pixels) || !channels || !isPlain(channels) ||
      !channels.hasConstantUpperBound() ||
      !llvm::hasNItems(*pixels.getBody(), 2))
    return std::nullopt;
  SmallVector<AffineForOp> loops{pixels};
  while (auto outer = dyn_cast<AffineForOp>(loops.back()->getParentOp())) {
    if (!llvm::hasNItems(*outer.getBody(), 2) || outer.getNumIterOperands())
      break;
    loops.push_back(outer);
  }
  for (AffineForOp rows : llvm::reverse(loops)) {
    RunNest nest(pixels, channels, rows);
    Analysis analysis(nest);
    if (failed(analysis.run()))
      continue;
    int64_t bytes = nest.getRunLength() * analysis.elementBytes;
    nest.runsPerRow = getWholePieces(bytes, kCacheLineBytes);
    bool hasFew = pixels.hasConstantUpperBound() &&
                  pixels.getConstantUpperBound() < 2 * nest.runsPerRow;
    if (bytes < kCacheLineBytes && !hasFew)
      return nest;
  }
  return std::nullopt;
}

std::optional<RunNest> bn::matchShortRuns(AffineForOp loop) {
  if (auto nest = matchChannels(loop))
    return nest;
  return matchPixels(loop);
}
