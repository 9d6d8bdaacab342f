//===- DecomposeLinalg.cpp - Ops on tensors without loops of their own ----===//

#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_DECOMPOSELINALGPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

namespace {
struct DecomposeLinalg : bn::impl::DecomposeLinalgPassBase<DecomposeLinalg> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() == 0)
        return;
      rewriter.setInsertionPoint(op);
      TypeSwitch<Operation *>(op)
          .Case([&](linalg::SoftmaxOp softmax) {
            auto results = softmax.decomposeOperation(rewriter);
            if (succeeded(results))
              rewriter.replaceOp(softmax, *results);
          })
          .Case([&](linalg::PackOp pack) {
            (void)linalg::lowerPack(rewriter, pack);
          })
          .Case([&](linalg::UnPackOp unpack) {
            (void)linalg::lowerUnPack(rewriter, unpack);
          })
          .Case([&](tensor::SplatOp splat) {
            if (!splat.getType().getElementType().isIntOrIndexOrFloat())
              return;
            Value empty = tensor::EmptyOp::create(rewriter, splat.getLoc(),
                                                  splat.getType(),
                                                  splat.getDynamicSizes());
            rewriter.replaceOpWithNewOp<linalg::FillOp>(splat, splat.getInput(),
                                                        empty);
          });
    });
  }
};
} // namespace
