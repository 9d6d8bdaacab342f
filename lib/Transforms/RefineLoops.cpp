//===- RefineLoops.cpp - Static shapes for what loops carry ---------------===//

#include "RuntimeChecks.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::bn {
#define GEN_PASS_DEF_REFINELOOPSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// The size that a loop gives, after a turn, to a dim which it carries: what it
/// is if the dims that it carries have the sizes `shapes`.
static int64_t getNextSize(scf::ForOp loop, OpFoldResult yielded,
                           ArrayRef<SmallVector<int64_t>> shapes) {
  if (std::optional<int64_t> constant = getConstantIntValue(yielded))
    return *constant;
  auto dim = cast<Value>(yielded).getDefiningOp<tensor::DimOp>();
  auto carried = dim ? dyn_cast<BlockArgument>(dim.getSource()) : Value();
  if (!carried || carried.getParentBlock() != loop.getBody() ||
      !dim.getConstantIndex())
    return ShapedType::kDynamic;
  unsigned number =
      cast<BlockArgument>(carried).getArgNumber() - loop.getNumInductionVars();
  return shapes[number][*dim.getConstantIndex()];
}

/// The shapes that each of the tensors which a loop carries is known to have
/// before every turn and after the last; empty for all else.
static SmallVector<SmallVector<int64_t>> findShapes(scf::ForOp loop) {
  SizeResolver resolver;
  SmallVector<SmallVector<int64_t>> shapes;
  SmallVector<SmallVector<OpFoldResult>> yielded;
  for (auto [init, value] :
       llvm::zip(loop.getInitArgs(), loop.getYieldedValues())) {
    SmallVector<int64_t> &shape = shapes.emplace_back();
    yielded.emplace_back();
    if (!isa<RankedTensorType>(init.getType()))
      continue;
    yielded.back() = resolver.getSizes(value);
    for (OpFoldResult size : resolver.getSizes(init))
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  }
  // Those of the first turn, less those that some turn does not keep.
  for (bool changed = true; changed;) {
    changed = false;
    for (auto [shape, sizes] : llvm::zip(shapes, yielded))
      for (auto [size, next] : llvm::zip(shape, sizes))
        if (ShapedType::isStatic(size) &&
            getNextSize(loop, next, shapes) != size) {
          size = ShapedType::kDynamic;
          changed = true;
        }
  }
  return shapes;
}

static void refine(scf::ForOp loop) {
  if (llvm::all_of(loop.getResultTypes(), [](Type type) {
        auto tensor = dyn_cast<RankedTensorType>(type);
        return !tensor || tensor.hasStaticShape();
      }))
    return;
  Location loc = loop.getLoc();
  for (auto [number, shape] : llvm::enumerate(findShapes(loop))) {
    OpResult result = loop->getResult(number);
    auto declared = dyn_cast<RankedTensorType>(result.getType());
    if (!declared || declared.getShape() == ArrayRef(shape))
      continue;
    RankedTensorType refined = declared.clone(shape);
    auto setOperand = [&](OpOperand &operand) {
      OpBuilder b(operand.getOwner());
      operand.set(tensor::CastOp::create(b, loc, refined, operand.get()));
    };
    auto setType = [&](Value value) {
      value.setType(refined);
      OpBuilder b(loop);
      b.setInsertionPointAfterValue(value);
      auto cast = tensor::CastOp::create(b, loc, declared, value);
      value.replaceAllUsesExcept(cast, cast);
    };
    setOperand(loop.getInitArgsMutable()[number]);
    setOperand(loop.getYieldedValuesMutable().value()[number]);
    setType(loop.getRegionIterArg(number));
    setType(result);
  }
}

namespace {
struct RefineLoops : bn::impl::RefineLoopsPassBase<RefineLoops> {
  void runOnOperation() override {
    // What an outer loop carries may be what an inner one starts with.
    getOperation()->walk<WalkOrder::PreOrder>(refine);
  }
};
} // namespace
