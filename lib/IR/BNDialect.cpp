//===- BNDialect.cpp - The bn dialect and its canonicalizations -----------===//

#include "bn/IR/BN.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/InliningUtils.h"

using namespace mlir;
using namespace mlir::bn;

#include "bn/IR/BNDialect.cpp.inc"

namespace {
/// bn ops are pure: they may be inlined anywhere.
struct BNInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};

/// Gives an op the most static types that its operands show: casts on operands
/// are absorbed, results become what is inferred and are cast back.
struct RefineTypes : OpInterfaceRewritePattern<ChannelwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ChannelwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    // Contradicting shapes are left for the lowering to report.
    SmallVector<Value> operands = op.getMostStaticOperands();
    FailureOr<SmallVector<Type>> types = op.inferTypes(operands);
    if (failed(types) ||
        !bn::detail::isCompatibleReturnTypes(*types, op->getResultTypes()) ||
        (llvm::equal(operands, op->getOperands()) &&
         llvm::equal(*types, op->getResultTypes())))
      return failure();

    Operation *refined = op.cloneWithOperands(rewriter, operands);
    SmallVector<Value> results;
    for (auto [result, type] :
         llvm::zip(refined->getResults(), op->getResultTypes()))
      results.push_back(
          rewriter.createOrFold<tensor::CastOp>(op.getLoc(), type, result));
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// No gradient arrives through the statistics: drop the pair.
struct DropZeroStatisticsDeltas : OpRewritePattern<TrainingBackpropOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TrainingBackpropOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getStatisticsDeltas().empty() ||
        !llvm::all_of(op.getStatisticsDeltas(), isZeroSplat))
      return failure();
    rewriter.modifyOpInPlace(op,
                             [&] { op.getStatisticsDeltasMutable().clear(); });
    return success();
  }
};

/// A view of part of an array in which a static size of 0 appears. MemRef's own
/// canonicalization would drop the cast and make an invalid op: no offset is
/// less than 0. Nothing is there to be read, so any strides will do.
struct RecastEmptySubview : OpRewritePattern<memref::SubViewOp> {
  RecastEmptySubview(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(memref::SubViewOp op,
                                PatternRewriter &rewriter) const override {
    auto cast = op.getSource().getDefiningOp<memref::CastOp>();
    auto source =
        cast ? dyn_cast<MemRefType>(cast.getSource().getType()) : nullptr;
    if (!source || !llvm::is_contained(source.getShape(), 0))
      return failure();

    auto toAttr = [&](int64_t value) -> OpFoldResult {
      return rewriter.getIndexAttr(ShapedType::isDynamic(value) ? 0 : value);
    };
    auto [strides, offset] = op.getType().getStridesAndOffset();
    SmallVector<OpFoldResult> sizes;
    llvm::SmallBitVector dropped = op.getDroppedDims();
    for (auto [dim, size] : llvm::enumerate(op.getMixedSizes()))
      if (!dropped.test(dim))
        sizes.push_back(size);
    rewriter.replaceOpWithNewOp<memref::ReinterpretCastOp>(
        op, op.getType(), cast.getSource(), toAttr(offset), sizes,
        llvm::map_to_vector(strides, toAttr));
    return success();
  }
};
} // namespace

void BNDialect::getCanonicalizationPatterns(RewritePatternSet &results) const {
  results.add<RefineTypes, DropZeroStatisticsDeltas, RecastEmptySubview>(
      getContext());
}

StringRef bn::stringifySchedule(Schedule schedule) {
  return schedule == Schedule::Channels ? "channels" : "rows";
}

std::optional<Schedule> bn::symbolizeSchedule(StringRef name) {
  for (Schedule schedule : {Schedule::Channels, Schedule::Rows})
    if (name == stringifySchedule(schedule))
      return schedule;
  return std::nullopt;
}

LogicalResult BNDialect::verifyOperationAttribute(Operation *op,
                                                  NamedAttribute attribute) {
  if (attribute.getName() != kScheduleAttrName)
    return op->emitOpError("has unknown attribute ") << attribute.getName();
  if (!isa<ChannelwiseOpInterface>(op))
    return op->emitOpError("cannot have ")
           << attribute.getName() << ": expected a bn op with data";
  auto name = dyn_cast<StringAttr>(attribute.getValue());
  if (!name || !symbolizeSchedule(name))
    return op->emitOpError(
               R"(expects bn.schedule to be "channels" or "rows", but got )")
           << attribute.getValue();
  return success();
}

void BNDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "bn/IR/BNOps.cpp.inc"
      >();
  addInterfaces<BNInlinerInterface>();
}
