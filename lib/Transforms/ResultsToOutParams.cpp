//===- ResultsToOutParams.cpp - Results become out-parameters -------------===//

#include "RuntimeChecks.h"
#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::bn {
#define GEN_PASS_DEF_RESULTSTOOUTPARAMSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

/// The source of the casts that end in `value`, where it is more static.
static Value lookThroughCasts(Value value) {
  auto cast = value.getDefiningOp<tensor::CastOp>();
  while (cast && tensor::canFoldIntoConsumerOp(cast)) {
    value = cast.getSource();
    cast = value.getDefiningOp<tensor::CastOp>();
  }
  return value;
}

/// Stores `value` into `dest`, moving reshapes from the value to `dest`: a
/// reshape of the destination costs nothing, one of the value hides from
/// bufferization that both are the same memory.
static void storeResult(OpBuilder &b, Location loc, Value value, Value dest) {
  if (!isa<TensorType>(value.getType())) {
    memref::StoreOp::create(b, loc, value, dest);
    return;
  }
  while (auto expand = value.getDefiningOp<tensor::ExpandShapeOp>()) {
    dest = memref::CollapseShapeOp::create(b, loc, dest,
                                           expand.getReassociationIndices());
    value = lookThroughCasts(expand.getSrc());
  }
  auto materialize = bufferization::MaterializeInDestinationOp::create(
      b, loc, /*result=*/Type(), value, dest);
  materialize.setRestrict(true);
  materialize.setWritable(true);
}

/// Checks at run time that the caller has made room for `value`.
static void checkRoom(func::ReturnOp op, unsigned result, Value value,
                      Value dest, bn::SizeResolver &resolver) {
  if (!isa<TensorType>(value.getType()))
    return;
  auto b = OpBuilder::atBlockBegin(op->getBlock());
  bn::checkSizes(op, "buffer of result #" + Twine(result),
                 getElementTypeOrSelf(value), resolver.getSizes(value),
                 memref::getMixedSizes(b, op.getLoc(), dest));
}

/// A fill of its own for each use: bufferization would copy one that several
/// ops write over.
static void splitFills(ModuleOp module) {
  SmallVector<linalg::LinalgOp> fills;
  module.walk([&](linalg::LinalgOp op) {
    if (llvm::none_of(op.getDpsInputs(), [](Value input) {
          return isa<TensorType>(input.getType());
        }))
      fills.push_back(op);
  });
  for (linalg::LinalgOp fill : fills)
    for (OpOperand &use : llvm::make_early_inc_range(
             llvm::drop_begin(fill->getUses(), !fill->use_empty()))) {
      OpBuilder b(fill);
      auto number = cast<OpResult>(use.get()).getResultNumber();
      use.set(b.clone(*fill)->getResult(number));
    }
}

/// Copies each result that may share the memory of an earlier one's
/// destination, which is written when the result is still to be read: all that
/// starts from the same tensor.empty may. Bufferization does not see that.
static void separateResults(func::ReturnOp op) {
  OpBuilder b(op);
  bufferization::BufferizationOptions options;
  bufferization::AnalysisState state(options);
  auto isEmpty = [](Value value) {
    return bool(value.getDefiningOp<tensor::EmptyOp>());
  };
  // The results by the uses of tensor.empty that they start from.
  DenseMap<OpOperand *, Value> starts;
  for (OpOperand &result : op->getOpOperands()) {
    Value value = lookThroughCasts(result.get());
    result.set(value);
    if (!isa<TensorType>(value.getType()))
      continue;
    DenseSet<OpOperand *> visited;
    state.findValueInReverseUseDefChain(&result, isEmpty, {}, &visited);
    auto uses = llvm::make_filter_range(
        visited, [&](OpOperand *use) { return isEmpty(use->get()); });
    if (llvm::any_of(uses, [&](OpOperand *use) {
          return starts.lookup_or(use, value) != value;
        })) {
      result.set(bufferization::AllocTensorOp::create(
          b, op.getLoc(), cast<RankedTensorType>(value.getType()), ValueRange(),
          /*copy=*/value));
      continue;
    }
    for (OpOperand *use : uses)
      starts[use] = value;
  }
}

static LogicalResult convertFunction(func::FuncOp func) {
  for (auto [index, type] : llvm::enumerate(func.getArgumentTypes()))
    if (isa<TensorType>(type))
      func.setArgAttr(index, "bufferization.writable",
                      BoolAttr::get(func.getContext(), false));

  // Several returns (control flow between blocks) would write the same
  // destination from several places; such a function keeps its results, and so
  // does one that never returns, or with a result that is neither an array nor
  // an element of one.
  bool convertible = llvm::all_of(func.getResultTypes(), [](Type type) {
    return isa<RankedTensorType>(type) || type.isIntOrIndexOrFloat();
  });
  if (!func.getBody().hasOneBlock() || func.getNumResults() == 0 ||
      !convertible)
    return success();
  auto returnOp =
      dyn_cast<func::ReturnOp>(func.getBody().front().getTerminator());
  if (!returnOp)
    return success();

  separateResults(returnOp);
  OpBuilder b(returnOp);
  bn::SizeResolver resolver;
  for (auto [number, result] : llvm::enumerate(returnOp.getOperands())) {
    Value value = lookThroughCasts(result);
    ArrayRef<int64_t> shape;
    if (auto tensorType = dyn_cast<RankedTensorType>(value.getType()))
      shape = tensorType.getShape();
    unsigned index = func.getNumArguments();
    if (failed(func.insertArgument(
            index, MemRefType::get(shape, getElementTypeOrSelf(value)), {},
            value.getLoc())))
      return failure();
    Value dest = func.getArgument(index);
    checkRoom(returnOp, number, value, dest, resolver);
    storeResult(b, returnOp.getLoc(), value, dest);
  }
  func::ReturnOp::create(b, returnOp.getLoc());
  returnOp.erase();
  func.setFunctionType(
      FunctionType::get(func.getContext(), func.getArgumentTypes(), {}));
  func.setResAttrsAttr(nullptr);
  return success();
}

namespace {
struct ResultsToOutParams
    : bn::impl::ResultsToOutParamsPassBase<ResultsToOutParams> {
  void runOnOperation() override {
    splitFills(getOperation());
    for (func::FuncOp func : bn::getUncalledFunctions(getOperation()))
      if (failed(convertFunction(func)))
        return signalPassFailure();
  }
};
} // namespace
