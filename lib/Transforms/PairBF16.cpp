//===- PairBF16.cpp - Convert vectors of bf16 two elements at a time ------===//
//
// The two elements of a word become floats by a shift and a mask; to keep their
// order, a processor first spreads them over registers:
//
//   memory      a0 b0 a1 b1 ...
//   words << 16         a0 a1 ...
//   words & 0xffff0000            b0 b1 ...
//
// A loop that computes one element after the other does not ask for the order
// of lanes, as long as it is undone where results become words again.
//
//===----------------------------------------------------------------------===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::bn {
#define GEN_PASS_DEF_PAIRBF16PASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using affine::AffineForOp;

/// With fewer elements, halves do not fill registers.
static constexpr int64_t kLeastElements = 16;

static bool isVectorOfBF16(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  return vector && vector.getElementType().isBF16();
}

static bool isVectorOfOthers(Type type) {
  return isa<VectorType>(type) && !isVectorOfBF16(type);
}

static bool isPairable(VectorType type) {
  return type.getRank() == 1 && !type.isScalable() &&
         type.getNumElements() % 2 == 0 &&
         type.getNumElements() >= kLeastElements;
}

/// Whether all lanes of `value` are the same, as its op alone says.
static bool isUniform(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    return !isa<VectorType>(broadcast.getSourceType());
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat();
}

/// Whether `op` in `loop` does what it should if the lanes of all vectors but
/// those of bf16 are in another order.
static bool allowsAnyOrder(Operation *op, AffineForOp loop) {
  SmallVector<Type> types(op->getOperandTypes());
  llvm::append_range(types, op->getResultTypes());
  if (llvm::none_of(types, isVectorOfOthers))
    return op->getNumRegions() == 0;
  if (op->getNumResults() == 1 && isUniform(op->getResult(0)))
    return true;
  if (auto truncation = dyn_cast<arith::TruncFOp>(op);
      truncation && isVectorOfBF16(truncation.getType()) &&
      (!getElementTypeOrSelf(truncation.getIn()).isF32() ||
       truncation.getRoundingmode()))
    return false;
  bool isPaired = isa<arith::ExtFOp, arith::TruncFOp, arith::SelectOp>(op) &&
                  isPairable(cast<VectorType>(op->getResult(0).getType()));
  return (isPaired || llvm::none_of(types, isVectorOfBF16)) &&
         OpTrait::hasElementwiseMappableTraits(op) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return !isVectorOfOthers(operand.getType()) ||
                  !loop.isDefinedOutsideOfLoop(operand) || isUniform(operand);
         });
}

/// Whether `value` has numbers that are bf16 already.
static bool isRounded(Value value) {
  APFloat number(0.0);
  if (matchPattern(value, m_ConstantFloat(&number))) {
    bool losesBits;
    number.convert(APFloat::BFloat(), APFloat::rmNearestTiesToEven, &losesBits);
    return !losesBits;
  }
  Operation *op = value.getDefiningOp();
  if (auto extension = dyn_cast_or_null<arith::ExtFOp>(op))
    return getElementTypeOrSelf(extension.getIn()).isBF16();
  return isa_and_nonnull<vector::BroadcastOp, arith::MaximumFOp,
                         arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp,
                         arith::NegFOp, arith::SelectOp, math::AbsFOp>(op) &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           return getElementTypeOrSelf(operand).isInteger(1) ||
                  isRounded(operand);
         });
}

static Value getSplat(ImplicitLocOpBuilder &b, VectorType type,
                      uint32_t value) {
  return arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, APInt(32, value)));
}

/// The lanes from `first` to `end` of `v` followed by `w`.
static Value getLanes(ImplicitLocOpBuilder &b, Value v, Value w, int64_t first,
                      int64_t end) {
  return vector::ShuffleOp::create(b, v, w,
                                   llvm::to_vector(llvm::seq(first, end)));
}

/// The first elements of all words, then the second ones.
static void extend(arith::ExtFOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto type = cast<VectorType>(op.getType());
  int64_t count = type.getNumElements();
  auto words = VectorType::get(count / 2, b.getI32Type());
  Value bits = vector::BitCastOp::create(b, words, op.getIn());
  Value first = arith::ShLIOp::create(b, bits, getSplat(b, words, 16));
  Value second = arith::AndIOp::create(b, bits, getSplat(b, words, 0xffff0000));
  Value floats = arith::BitcastOp::create(b, type.clone(b.getF32Type()),
                                          getLanes(b, first, second, 0, count));
  op.getInMutable().assign(floats);
  if (type.getElementType().isF32()) {
    op.replaceAllUsesWith(floats);
    op.erase();
  }
}

/// The bits of `floats`, whose upper halves are those of the nearest bf16, ties
/// to even, as `arith-expand` rounds.
static Value round(ImplicitLocOpBuilder &b, Value floats) {
  VectorType lanes = cast<VectorType>(floats.getType()).clone(b.getI32Type());
  Value bits = arith::BitcastOp::create(b, lanes, floats);
  if (isRounded(floats))
    return bits;
  Value odd = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, bits, getSplat(b, lanes, 16)),
      getSplat(b, lanes, 1));
  Value rounded = arith::AddIOp::create(
      b, bits, arith::AddIOp::create(b, odd, getSplat(b, lanes, 0x7fff)));
  Value isNaN =
      arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, floats, floats);
  return arith::SelectOp::create(b, isNaN, getSplat(b, lanes, 0x7fc00000),
                                 rounded);
}

/// Selects floats, as the order of `op`'s condition is theirs.
static void widen(arith::SelectOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Type floats = cast<VectorType>(op.getType()).clone(b.getF32Type());
  Value selected = arith::SelectOp::create(
      b, op.getCondition(), arith::ExtFOp::create(b, floats, op.getTrueValue()),
      arith::ExtFOp::create(b, floats, op.getFalseValue()));
  op.replaceAllUsesWith(
      arith::TruncFOp::create(b, op.getType(), selected).getResult());
  op.erase();
}

static void truncate(arith::TruncFOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto type = cast<VectorType>(op.getType());
  int64_t count = type.getNumElements();
  Value rounded = round(b, op.getIn());
  auto words = VectorType::get(count / 2, b.getI32Type());
  Value first = arith::ShRUIOp::create(
      b, getLanes(b, rounded, rounded, 0, count / 2), getSplat(b, words, 16));
  Value second =
      arith::AndIOp::create(b, getLanes(b, rounded, rounded, count / 2, count),
                            getSplat(b, words, 0xffff0000));
  op.replaceAllUsesWith(
      vector::BitCastOp::create(b, type, arith::OrIOp::create(b, first, second))
          .getResult());
  op.erase();
}

namespace {
struct PairBF16 : bn::impl::PairBF16PassBase<PairBF16> {
  void runOnOperation() override {
    getOperation()->walk([](AffineForOp loop) {
      if (loop.getNumIterOperands() ||
          !llvm::all_of(
              loop.getBody()->without_terminator(),
              [&](Operation &op) { return allowsAnyOrder(&op, loop); }))
        return;
      for (auto op : llvm::make_early_inc_range(loop.getOps<arith::SelectOp>()))
        if (isVectorOfBF16(op.getType()))
          widen(op);
      for (auto op : llvm::make_early_inc_range(loop.getOps<arith::TruncFOp>()))
        if (isVectorOfBF16(op.getType()))
          truncate(op);
      for (auto op : llvm::make_early_inc_range(loop.getOps<arith::ExtFOp>()))
        if (isVectorOfBF16(op.getIn().getType()))
          extend(op);
    });
  }
};
} // namespace
