//===- Streams.cpp - Stores past the caches -------------------------------===//

#include "Streams.h"
#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::affine;
using namespace mlir::bn;

/// What rows that `loop` writes, if their length is not known, must have whole
/// multiples of, in bytes. Stores of part of a cache line are slow, and those
/// of a loop that may be as short as that, fewer.
static int64_t getRowUnit(AffineForOp loop) {
  return getConstantTripCount(loop) ? kSmallestStreamedBytes : kCacheLineBytes;
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
  return ::getAlignment(store, getSourceOfRows(store.getMemRef()), loop,
                        length);
}

SmallVector<Value> bn::getStreamedResults(AffineForOp loop, int64_t length,
                                          uint64_t cacheBytes) {
  llvm::SetVector<Value> results;
  bool streams =
      loop.hasConstantLowerBound() && loop.getConstantLowerBound() == 0;
  loop.walk([&](AffineStoreOp store) {
    Value source = getSourceOfRows(store.getMemRef());
    auto alignment = ::getAlignment(store, source, loop, length);
    streams &= source && isa<BlockArgument>(getBuffer(source)) && alignment &&
               *alignment >= kSmallestStreamedBytes;
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

Value bn::isWorthStreaming(OpBuilder &b, AffineForOp loop, ValueRange results,
                           uint64_t cacheBytes) {
  // Once, before all loops.
  Operation *place = loop;
  auto isOutside = [&](LoopLikeOpInterface outer) {
    return llvm::all_of(results, [&](Value result) {
      return outer.isDefinedOutsideOfLoop(result);
    });
  };
  while (isa<AffineForOp, AffineParallelOp>(place->getParentOp()) &&
         isOutside(cast<LoopLikeOpInterface>(place->getParentOp())))
    place = place->getParentOp();
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(place);
  Location loc = loop.getLoc();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  auto isMultiple = [&](Value bytes, int64_t divisor) -> Value {
    return arith::CmpIOp::create(
        b, loc, arith::CmpIPredicate::eq,
        arith::RemUIOp::create(b, loc, bytes, constant(divisor)), constant(0));
  };
  Value all;
  auto require = [&](Value condition) {
    all = all ? arith::AndIOp::create(b, loc, all, condition) : condition;
  };
  for (Value result : results) {
    require(isMultiple(memref::ExtractAlignedPointerAsIndexOp::create(
                           b, loc, getBuffer(result)),
                       kCacheLineBytes));
    auto type = cast<MemRefType>(result.getType());
    if (type.hasStaticShape())
      continue;
    Value bytes = constant(getNumBytes(type.getElementType())), row;
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      bytes = arith::MulIOp::create(b, loc, bytes,
                                    memref::DimOp::create(b, loc, result, dim));
      row = row ? row : bytes;
    }
    require(isMultiple(row, getRowUnit(loop)));
    require(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ugt, bytes,
                                  constant(getBytesThatStay(cacheBytes))));
  }
  return all;
}
