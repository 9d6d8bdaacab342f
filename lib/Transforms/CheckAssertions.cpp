//===- CheckAssertions.cpp - Report assertions that fail ------------------===//

#include "RuntimeChecks.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CHECKASSERTIONSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

static void checkAssertion(cf::AssertOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value yes = arith::ConstantIntOp::create(b, loc, 1, /*width=*/1);
  Value failed = arith::XOrIOp::create(b, loc, op.getArg(), yes);
  // An error is one line.
  std::string text = op.getMsg().str();
  llvm::replace(text, '\n', ' ');
  RuntimeMessage message(loc);
  message << text;
  failIf(b, loc, failed, message);
  op.erase();
}

namespace {
struct CheckAssertions : bn::impl::CheckAssertionsPassBase<CheckAssertions> {
  void runOnOperation() override { getOperation()->walk(checkAssertion); }
};
} // namespace
