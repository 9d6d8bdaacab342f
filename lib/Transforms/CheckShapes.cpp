//===- CheckShapes.cpp - Check dynamic shapes at run time -----------------===//

#include "RuntimeChecks.h"
#include "bn/IR/BN.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CHECKSHAPESPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

static Type getElementType(Value tensor) {
  return getElementTypeOrSelf(tensor.getType());
}

/// Constraints C4 to C6: data have the shape of input, the others that of its
/// channel dims.
static void check(ChannelwiseOpInterface op, SizeResolver &resolver) {
  SmallVector<OpFoldResult> data = resolver.getSizes(op.getInput());
  SmallVector<OpFoldResult> channel = llvm::map_to_vector(
      op.getChannelDims(), [&](int64_t dim) { return data[dim]; });
  // Optional operands may be missing at the end.
  auto specs = op.getOperandSpecs().take_front(op->getNumOperands());
  for (auto [operand, spec] :
       llvm::reverse(llvm::zip_equal(op->getOperands(), specs)))
    checkSizes(op, spec.name, getElementType(operand),
               spec.isData ? data : channel, resolver.getSizes(operand));
}

/// Constraint C9: all statistics have one shape.
static void check(UpdateStatisticsOp op, SizeResolver &resolver) {
  SmallVector<OpFoldResult> expected = resolver.getSizes(op.getRunningMean());
  auto checkOne = [&](StringRef name, Value operand) {
    checkSizes(op, name, getElementType(operand), expected,
               resolver.getSizes(operand));
  };
  checkOne("variance", op.getVariance());
  checkOne("mean", op.getMean());
  checkOne("running_variance", op.getRunningVariance());
}

/// All dims that one loop runs over have one size: that of the first of them.
static void check(linalg::LinalgOp op, SizeResolver &resolver) {
  if (!op.hasPureTensorSemantics())
    return;
  SmallVector<OpFoldResult> loops(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    if (op.isScalar(&operand))
      continue;
    SmallVector<OpFoldResult> given = resolver.getSizes(operand.get());
    SmallVector<OpFoldResult> expected = given;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [expr, size] : llvm::zip(map.getResults(), expected)) {
      auto loop = dyn_cast<AffineDimExpr>(expr);
      if (!loop)
        continue;
      OpFoldResult &loopSize = loops[loop.getPosition()];
      if (!loopSize)
        loopSize = size;
      size = loopSize;
    }
    checkSizes(op, "operand #" + Twine(operand.getOperandNumber()),
               getElementType(operand.get()), expected, given);
  }
}

/// Sizes that become static are the declared ones.
static void check(tensor::CastOp op, SizeResolver &resolver) {
  auto from = dyn_cast<RankedTensorType>(op.getSource().getType());
  auto to = dyn_cast<RankedTensorType>(op.getType());
  if (!from || !to)
    return;
  SmallVector<OpFoldResult> given = resolver.getSizes(op.getSource());
  SmallVector<OpFoldResult> expected = given;
  Builder b(op.getContext());
  for (auto [dim, size] : llvm::enumerate(expected))
    if (!to.isDynamicDim(dim))
      size = b.getIndexAttr(to.getDimSize(dim));
  checkSizes(op, "source", to.getElementType(), expected, given);
}

/// Gives every operand of `op` the static sizes of the others.
static void refineSizes(ChannelwiseOpInterface op) {
  OpBuilder b(op);
  auto specs = op.getOperandSpecs().take_front(op->getNumOperands());
  SmallVector<int64_t> data(op.getInput().getType().getRank(),
                            ShapedType::kDynamic);
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(data.size()));
  for (auto [type, spec] : llvm::zip_equal(op->getOperandTypes(), specs))
    for (auto [dim, size] :
         llvm::zip(spec.isData ? ArrayRef(dims) : op.getChannelDims(),
                   cast<RankedTensorType>(type).getShape()))
      if (ShapedType::isStatic(size))
        data[dim] = size;
  SmallVector<int64_t> channel = llvm::map_to_vector(
      op.getChannelDims(), [&](int64_t dim) { return data[dim]; });

  auto castTo = [&](Value value, Type type) {
    return b.createOrFold<tensor::CastOp>(op->getLoc(), type, value);
  };
  SmallVector<Value> operands;
  for (auto [operand, spec] : llvm::zip_equal(op->getOperands(), specs))
    operands.push_back(
        castTo(operand, cast<RankedTensorType>(operand.getType())
                            .clone(spec.isData ? data : channel)));
  if (llvm::equal(operands, op->getOperands()))
    return;
  Operation *refined = op.cloneWithOperands(b, operands);
  for (auto [old, result] : llvm::zip(op->getResults(), refined->getResults()))
    old.replaceAllUsesWith(castTo(result, old.getType()));
  op->erase();
}

namespace {
struct CheckShapes : bn::impl::CheckShapesPassBase<CheckShapes> {
  void runOnOperation() override {
    SizeResolver resolver;
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) { ops.push_back(op); });
    // The first check to be made is the last to be put to the start.
    for (Operation *op : llvm::reverse(ops))
      llvm::TypeSwitch<Operation *>(op)
          .Case<ChannelwiseOpInterface, UpdateStatisticsOp, linalg::LinalgOp,
                tensor::CastOp>([&](auto op) { check(op, resolver); });
    // Sizes that are checked are the same.
    for (Operation *op : ops)
      if (auto channelwise = dyn_cast<ChannelwiseOpInterface>(op))
        refineSizes(channelwise);
  }
};
} // namespace
