//===- Streams.cpp - Stores past the caches -------------------------------===//

#include "Streams.h"
#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::affine;
using namespace mlir::bn;

/// The least length of rows in bytes that are worth finding whole lines in: the
/// lines at their ends are not written past the caches.
static constexpr int64_t kLongRowBytes = 6 * kCacheLineBytes;
/// The length of rows from which on that costs nothing even if they are
/// aligned.
static constexpr int64_t kVeryLongRowBytes = 12 * kCacheLineBytes;
/// The least that a store past the caches writes at once.
static constexpr int64_t kSmallestStoreBytes = 16;

/// How many bytes of a row `store` writes in `loop`, if that is known.
static std::optional<int64_t> getRowBytes(AffineStoreOp store,
                                          AffineForOp loop) {
  auto count = getConstantTripCount(loop);
  if (!count)
    return std::nullopt;
  return *count * getNumBytes(store.getMemRefType().getElementType());
}

/// What rows that `loop` writes must have whole multiples of, in bytes. Those
/// that are short, or where the next begins, complete each other's lines.
static int64_t getRowUnit(AffineForOp loop) {
  auto outer = dyn_cast<AffineForOp>(loop->getParentOp());
  auto completes = [&](AffineStoreOp store) {
    auto row = getRowBytes(store, loop);
    return row &&
           (*row < kLongRowBytes ||
            (outer &&
             getStride(store.getAffineMap(), store.getMapOperands(),
                       store.getMemRefType(), outer.getInductionVar()) == row));
  };
  return llvm::all_of(loop.getOps<AffineStoreOp>(), completes)
             ? kSmallestStoreBytes
             : kCacheLineBytes;
}

static bool startsAtZero(AffineForOp loop) {
  return loop.hasConstantLowerBound() && loop.getConstantLowerBound() == 0;
}

/// The contiguous memref that `memref` is a view of whose rows, innermost
/// indices, start where its own do; null where there is none.
static Value getSourceOfRows(Value memref) {
  while (auto view = memref.getDefiningOp<memref::SubViewOp>()) {
    if (!isZeroInteger(view.getMixedOffsets().back()))
      return nullptr;
    memref = view.getSource();
  }
  auto type = cast<MemRefType>(memref.getType());
  return type.getLayout().isIdentity() ? memref : nullptr;
}

/// See bn::getAlignment; `source` is the source of the rows that are written.
static llvm::MaybeAlign getAlignment(AffineStoreOp store, Value source,
                                     AffineForOp loop, int64_t length) {
  AffineMap map = store.getAffineMap();
  SmallVector<Value> operands(store.getMapOperands());
  fullyComposeAffineMapAndOperands(&map, &operands);
  MemRefType type = store.getMemRefType();
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return {};
  int64_t bytes = getNumBytes(type.getElementType());
  if (ShapedType::isDynamic(offset) || ShapedType::isDynamicShape(strides)) {
    if (!source || cast<MemRefType>(source.getType()).hasStaticShape())
      return {};
    int64_t unit = llvm::divideCeil(getRowUnit(loop), bytes);
    for (int64_t &stride : strides)
      stride = ShapedType::isDynamic(stride) ? unit : stride;
    offset = ShapedType::isDynamic(offset) ? unit : offset;
  }
  MLIRContext *context = store.getContext();
  AffineExpr address = getAffineConstantExpr(offset, context);
  for (auto [index, stride] : llvm::zip(map.getResults(), strides))
    address = address + index * stride;
  for (auto [dim, operand] : llvm::enumerate(operands))
    if (operand == loop.getInductionVar())
      address = address.replace(getAffineDimExpr(dim, context),
                                getAffineDimExpr(dim, context) * length);
  uint64_t divisor = address.getLargestKnownDivisor() * bytes;
  return llvm::Align(
      std::min<uint64_t>(kCacheLineBytes, divisor & (~divisor + 1)));
}

llvm::MaybeAlign bn::getAlignment(AffineStoreOp store, AffineForOp loop,
                                  int64_t length) {
  if (!startsAtZero(loop))
    return llvm::Align(
        std::min(kCacheLineBytes,
                 length * getNumBytes(store.getMemRefType().getElementType())));
  return ::getAlignment(store, getSourceOfRows(store.getMemRef()), loop,
                        length);
}

AffineStoreOp bn::getStoreOfLongRows(AffineForOp loop, uint64_t cacheBytes) {
  auto stores = llvm::to_vector(loop.getOps<AffineStoreOp>());
  if (stores.size() != 1 || !startsAtZero(loop) ||
      !loop.getOps<AffineForOp>().empty() ||
      !llvm::all_of(loop.getUpperBoundOperands(),
                    [](Value operand) { return isTopLevelValue(operand); }))
    return nullptr;
  // The place in memory must be affine, and lines have whole elements.
  AffineStoreOp store = stores.front();
  MemRefType type = store.getMemRefType();
  if (kCacheLineBytes % getNumBytes(type.getElementType()) != 0 ||
      !type.getLayout().isIdentity() || !isTopLevelValue(store.getMemRef()) ||
      !isa<BlockArgument>(getBuffer(store.getMemRef())))
    return nullptr;
  auto bytes = getTotalBytes(type);
  auto row = getRowBytes(store, loop);
  if ((bytes && staysInCache(*bytes, cacheBytes)) ||
      (row && *row < kLongRowBytes))
    return nullptr;
  return store;
}

SmallVector<Value> bn::getStreamedResults(AffineForOp loop, int64_t length,
                                          uint64_t cacheBytes) {
  if (AffineStoreOp store = getStoreOfLongRows(loop, cacheBytes))
    if (auto row = getRowBytes(store, loop); row && *row >= kVeryLongRowBytes)
      return {};
  llvm::SetVector<Value> results;
  bool streams = startsAtZero(loop);
  loop.walk([&](AffineStoreOp store) {
    Value source = getSourceOfRows(store.getMemRef());
    auto isAligned = [&](int64_t length, int64_t bytes) {
      auto alignment = ::getAlignment(store, source, loop, length);
      return alignment && int64_t(alignment->value()) >= bytes;
    };
    streams &= source && isa<BlockArgument>(getBuffer(source)) &&
               isAligned(length, kSmallestStoreBytes) &&
               isAligned(kCacheLineBytes, getRowUnit(loop));
    if (!streams)
      return;
    auto bytes = getTotalBytes(cast<MemRefType>(source.getType()));
    streams = !bytes || !staysInCache(*bytes, cacheBytes);
    results.insert(source);
  });
  if (!streams)
    return {};
  return llvm::to_vector(results);
}

/// The outermost of the loops around `loop` that define none of `results`.
static Operation *getOutermostLoop(AffineForOp loop, ValueRange results) {
  Operation *outermost = loop;
  auto isOutside = [&](LoopLikeOpInterface outer) {
    return llvm::all_of(results, [&](Value result) {
      return outer.isDefinedOutsideOfLoop(result);
    });
  };
  while (isa<AffineForOp, AffineParallelOp>(outermost->getParentOp()) &&
         isOutside(cast<LoopLikeOpInterface>(outermost->getParentOp())))
    outermost = outermost->getParentOp();
  return outermost;
}

namespace {
/// Conditions that all must hold.
struct Conjunction {
  ImplicitLocOpBuilder b;
  Value all;

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  void require(arith::CmpIPredicate predicate, Value left, int64_t right) {
    Value condition =
        arith::CmpIOp::create(b, predicate, left, constant(right));
    all = all ? arith::AndIOp::create(b, all, condition) : condition;
  }
  void requireMultiple(Value bytes, int64_t divisor) {
    require(arith::CmpIPredicate::eq,
            arith::RemUIOp::create(b, bytes, constant(divisor)), 0);
  }
  /// Returns the bytes of a row.
  Value requireLarge(Value memref, uint64_t cacheBytes) {
    auto type = cast<MemRefType>(memref.getType());
    Value bytes = constant(getNumBytes(type.getElementType())), row;
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      bytes = arith::MulIOp::create(b, bytes,
                                    memref::DimOp::create(b, memref, dim));
      row = row ? row : bytes;
    }
    require(arith::CmpIPredicate::ugt, bytes, getBytesThatStay(cacheBytes));
    return row;
  }
};
} // namespace

Value bn::isWorthStreaming(OpBuilder &b, AffineForOp loop, ValueRange results,
                           uint64_t cacheBytes) {
  // Once, before all loops.
  Conjunction is{{loop.getLoc(), getOutermostLoop(loop, results)}, {}};
  for (Value result : results) {
    is.requireMultiple(
        memref::ExtractAlignedPointerAsIndexOp::create(is.b, getBuffer(result)),
        kCacheLineBytes);
    if (!cast<MemRefType>(result.getType()).hasStaticShape())
      is.requireMultiple(is.requireLarge(result, cacheBytes), getRowUnit(loop));
  }
  return is.all;
}

Value bn::areLongRows(OpBuilder &b, AffineForOp loop, AffineStoreOp store,
                      uint64_t cacheBytes) {
  Value memref = store.getMemRef();
  Conjunction are{{loop.getLoc(), getOutermostLoop(loop, memref)}, {}};
  if (!store.getMemRefType().hasStaticShape())
    are.requireLarge(memref, cacheBytes);
  if (!getConstantTripCount(loop))
    are.require(arith::CmpIPredicate::uge,
                AffineApplyOp::create(are.b, loop.getUpperBoundMap(),
                                      loop.getUpperBoundOperands()),
                kLongRowBytes /
                    getNumBytes(store.getMemRefType().getElementType()));
  return are.all;
}

std::pair<Value, Value> bn::getWholeLines(OpBuilder &b, AffineForOp loop,
                                          AffineStoreOp store) {
  // Where the loop starts. What depends on sizes that are not known is no
  // affine expression, but the result of this op is an affine dim.
  Location loc = loop.getLoc();
  IRMapping atStart;
  atStart.map(loop.getInductionVar(),
              arith::ConstantIndexOp::create(b, loc, 0).getResult());
  AffineMap map = store.getAffineMap();
  SmallVector<Value> indices;
  for (unsigned i = 0; i < map.getNumResults(); ++i)
    indices.push_back(AffineApplyOp::create(
        b, loc, map.getSubMap({i}), lookup(atStart, store.getMapOperands())));
  Value memref = store.getMemRef();
  OpBuilder top(b.getContext());
  top.setInsertionPointAfterValue(memref);
  Value start = AffineLinearizeIndexOp::create(
      b, loc, indices, memref::getMixedSizes(top, loc, memref),
      /*disjoint=*/true);
  Value buffer =
      memref::ExtractAlignedPointerAsIndexOp::create(top, loc, memref);

  // first = -(start + buffer / bytes) mod line, without expressions that each
  // bound of each loop would repeat.
  int64_t bytes = getNumBytes(store.getMemRefType().getElementType());
  int64_t line = getNumPerLine(store.getMemRefType().getElementType());
  auto divide = [&](AffineExpr expr, ValueRange dims) {
    Value dividend = AffineApplyOp::create(
        b, loc, AffineMap::get(dims.size(), 0, expr), dims);
    return AffineDelinearizeIndexOp::create(b, loc, dividend,
                                            ArrayRef<int64_t>{line},
                                            /*hasOuterBound=*/false);
  };
  AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
  Value last = divide(d0 + d1.floorDiv(bytes) + (line - 1), {start, buffer})
                   .getResult(1);
  Value first =
      AffineApplyOp::create(b, loc, AffineMap::get(1, 0, line - 1 - d0), last);
  Value count = AffineApplyOp::create(b, loc, loop.getUpperBoundMap(),
                                      loop.getUpperBoundOperands());
  Value lines = divide(d1 - d0, {first, count}).getResult(0);
  Value end = AffineApplyOp::create(
      b, loc, AffineMap::get(2, 0, d0 + d1 * line), ValueRange{first, lines});
  return {first, end};
}
