//===- TensorModels.cpp - Derivatives of tensor ops -----------------------===//

#include "Models.h"
#include "bn/Differentiation/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::bn;

namespace {
struct Cast : RuleFor<Cast, tensor::CastOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    Type type = op->getOperand(0).getType();
    if (!isa<RankedTensorType>(type))
      return emitNoDerivative(op);
    return Gradients{tensor::CastOp::create(b, op->getLoc(), type, c[0])};
  }
};

struct CollapseShape : RuleFor<CollapseShape, tensor::CollapseShapeOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto collapse = cast<tensor::CollapseShapeOp>(op);
    Location loc = op->getLoc();
    return Gradients{tensor::ExpandShapeOp::create(
        b, loc, collapse.getSrcType(), c[0], collapse.getReassociationIndices(),
        tensor::getMixedSizes(b, loc, collapse.getSrc()))};
  }
};

struct ExpandShape : RuleFor<ExpandShape, tensor::ExpandShapeOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto expand = cast<tensor::ExpandShapeOp>(op);
    // The sizes of the result are operands as well.
    Gradients gradients(op->getNumOperands());
    gradients.front() =
        tensor::CollapseShapeOp::create(b, op->getLoc(), expand.getSrcType(),
                                        c[0], expand.getReassociationIndices());
    return gradients;
  }
};

/// The sum of all elements.
struct Splat : RuleFor<Splat, tensor::SplatOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    int64_t rank = cast<RankedTensorType>(c[0].getType()).getRank();
    Value sum = createSum(b, op->getLoc(), c[0],
                          llvm::to_vector(llvm::seq<int64_t>(0, rank)));
    Gradients gradients(op->getNumOperands());
    gradients.front() =
        tensor::ExtractOp::create(b, op->getLoc(), sum, ValueRange());
    return gradients;
  }
};

/// c at the element's place, among zeros.
struct Extract : RuleFor<Extract, tensor::ExtractOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto extract = cast<tensor::ExtractOp>(op);
    Location loc = op->getLoc();
    Value zeros = createConstantLike(b, loc, extract.getTensor(), 0);
    Gradients gradients(op->getNumOperands());
    gradients.front() =
        tensor::InsertOp::create(b, loc, c[0], zeros, extract.getIndices());
    return gradients;
  }
};

/// c without the element; the element of c.
struct Insert : RuleFor<Insert, tensor::InsertOp> {
  FailureOr<Gradients> buildVJP(Operation *op, OpBuilder &b,
                                ArrayRef<Value> c) const {
    auto insert = cast<tensor::InsertOp>(op);
    Location loc = op->getLoc();
    Value zero = createConstantLike(b, loc, insert.getScalar(), 0);
    Gradients gradients(op->getNumOperands());
    gradients[0] = tensor::ExtractOp::create(b, loc, c[0], insert.getIndices());
    gradients[1] =
        tensor::InsertOp::create(b, loc, zero, c[0], insert.getIndices());
    return gradients;
  }
};
} // namespace

void bn::registerTensorModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tensor::TensorDialect *) {
    tensor::CastOp::attachInterface<Cast>(*context);
    tensor::CollapseShapeOp::attachInterface<CollapseShape>(*context);
    tensor::ExpandShapeOp::attachInterface<ExpandShape>(*context);
    tensor::ExtractOp::attachInterface<Extract>(*context);
    tensor::InsertOp::attachInterface<Insert>(*context);
    tensor::SplatOp::attachInterface<Splat>(*context);
  });
}
