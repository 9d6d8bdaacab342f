//===- ArithModels.cpp - Derivatives of arith ops -------------------------===//
//
// x and y are the operands, r is the result and c its cotangent.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::bn;

namespace {
/// r = x + y: c, c
struct AddF : RuleFor<AddF, arith::AddFOp> {
  FailureOr<Gradients> buildVJP(Operation *, OpBuilder &,
                                ArrayRef<Value> c) const {
    return Gradients{c[0], c[0]};
  }
};

/// r = x - y: c, -c
struct SubF : RuleFor<SubF, arith::SubFOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    return Gradients{c[0], arith::NegFOp::create(b, op->getLoc(), c[0])};
  }
};

/// r = x y: c y, c x
struct MulF : RuleFor<MulF, arith::MulFOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto mul = cast<arith::MulFOp>(op);
    Location loc = op->getLoc();
    return Gradients{arith::MulFOp::create(b, loc, c[0], mul.getRhs()),
                     arith::MulFOp::create(b, loc, c[0], mul.getLhs())};
  }
};

/// r = x / y: c / y, -(c / y) r
struct DivF : RuleFor<DivF, arith::DivFOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto div = cast<arith::DivFOp>(op);
    Location loc = op->getLoc();
    Value quotient = arith::DivFOp::create(b, loc, c[0], div.getRhs());
    Value product = arith::MulFOp::create(b, loc, quotient, div);
    return Gradients{quotient, arith::NegFOp::create(b, loc, product)};
  }
};

/// r = -x: -c
struct NegF : RuleFor<NegF, arith::NegFOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    return Gradients{arith::NegFOp::create(b, op->getLoc(), c[0])};
  }
};

/// r = max(x, y): c where x > y, else 0; 0 where x > y, else c. At a tie c goes
/// to y: max(x, 0) is ReLU, whose gradient at 0 is 0. min likewise. Asking r
/// rather than x, which is the same, leaves x to the forward sweep alone.
template <typename OpTy, arith::CmpFPredicate predicate>
struct Extremum : RuleFor<Extremum<OpTy, predicate>, OpTy> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto extremum = cast<OpTy>(op);
    Location loc = op->getLoc();
    Value first = arith::CmpFOp::create(b, loc, predicate, extremum.getResult(),
                                        extremum.getRhs());
    Value zero = createConstantLike(b, loc, c[0], 0);
    return Gradients{arith::SelectOp::create(b, loc, first, c[0], zero),
                     arith::SelectOp::create(b, loc, first, zero, c[0])};
  }
};

/// r = p ? x : y: p ? c : 0, p ? 0 : c
struct Select : RuleFor<Select, arith::SelectOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    Value condition = cast<arith::SelectOp>(op).getCondition();
    Location loc = op->getLoc();
    Value zero = createConstantLike(b, loc, c[0], 0);
    return Gradients{Value(),
                     arith::SelectOp::create(b, loc, condition, c[0], zero),
                     arith::SelectOp::create(b, loc, condition, zero, c[0])};
  }
};

/// r = x in another precision: c in that of x
template <typename OpTy> struct FloatCast : RuleFor<FloatCast<OpTy>, OpTy> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    return Gradients{createFloatCast(b, op->getLoc(), c[0],
                                     getElementTypeOrSelf(op->getOperand(0)))};
  }
};
} // namespace

void bn::registerArithModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, arith::ArithDialect *) {
    arith::AddFOp::attachInterface<AddF>(*context);
    arith::SubFOp::attachInterface<SubF>(*context);
    arith::MulFOp::attachInterface<MulF>(*context);
    arith::DivFOp::attachInterface<DivF>(*context);
    arith::NegFOp::attachInterface<NegF>(*context);
    arith::MaximumFOp::attachInterface<
        Extremum<arith::MaximumFOp, arith::CmpFPredicate::OGT>>(*context);
    arith::MinimumFOp::attachInterface<
        Extremum<arith::MinimumFOp, arith::CmpFPredicate::OLT>>(*context);
    arith::SelectOp::attachInterface<Select>(*context);
    arith::ExtFOp::attachInterface<FloatCast<arith::ExtFOp>>(*context);
    arith::TruncFOp::attachInterface<FloatCast<arith::TruncFOp>>(*context);
  });
}
