//===- MathModels.cpp - Derivatives of math ops ---------------------------===//
//
// x is the operand, r the result and c its cotangent.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mlir::bn;

namespace {
/// A function of one variable; `derivative` makes the gradient from x, r and c.
template <typename OpTy, typename Derivative>
struct Unary : RuleFor<Unary<OpTy, Derivative>, OpTy> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &builder,
                                ArrayRef<Value> cotangents) const {
    ImplicitLocOpBuilder b(op->getLoc(), builder);
    return Gradients{
        Derivative()(b, op->getOperand(0), op->getResult(0), cotangents[0])};
  }
};

/// c r
struct ExpDerivative {
  Value operator()(ImplicitLocOpBuilder &b, Value, Value r, Value c) const {
    return arith::MulFOp::create(b, c, r);
  }
};

/// c / x
struct LogDerivative {
  Value operator()(ImplicitLocOpBuilder &b, Value x, Value, Value c) const {
    return arith::DivFOp::create(b, c, x);
  }
};

/// c (1 - r r)
struct TanhDerivative {
  Value operator()(ImplicitLocOpBuilder &b, Value, Value r, Value c) const {
    Value one = createConstantLike(b, b.getLoc(), r, 1);
    Value square = arith::MulFOp::create(b, r, r);
    return arith::MulFOp::create(b, c, arith::SubFOp::create(b, one, square));
  }
};

/// c / (2 r)
struct SqrtDerivative {
  Value operator()(ImplicitLocOpBuilder &b, Value, Value r, Value c) const {
    Value two = createConstantLike(b, b.getLoc(), r, 2);
    return arith::DivFOp::create(b, c, arith::MulFOp::create(b, two, r));
  }
};

/// -c r / (2 x)
struct RsqrtDerivative {
  Value operator()(ImplicitLocOpBuilder &b, Value x, Value r, Value c) const {
    Value factor = createConstantLike(b, b.getLoc(), r, -2);
    return arith::DivFOp::create(b, arith::MulFOp::create(b, c, r),
                                 arith::MulFOp::create(b, factor, x));
  }
};
} // namespace

void bn::registerMathModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, math::MathDialect *) {
    math::ExpOp::attachInterface<Unary<math::ExpOp, ExpDerivative>>(*context);
    math::LogOp::attachInterface<Unary<math::LogOp, LogDerivative>>(*context);
    math::TanhOp::attachInterface<Unary<math::TanhOp, TanhDerivative>>(
        *context);
    math::SqrtOp::attachInterface<Unary<math::SqrtOp, SqrtDerivative>>(
        *context);
    math::RsqrtOp::attachInterface<Unary<math::RsqrtOp, RsqrtDerivative>>(
        *context);
  });
}
