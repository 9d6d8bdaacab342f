//===- BNOps.cpp - Tables, type inference and constraints of bn ops -------===//

#include "bn/IR/BN.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::bn;

#include "bn/IR/BNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "bn/IR/BNOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

static constexpr ValueSpec data(StringLiteral name) { return {name, true}; }
static constexpr ValueSpec channel(StringLiteral name) { return {name, false}; }

ArrayRef<ValueSpec> TrainingOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {data("input"), channel("gamma"),
                                        channel("beta")};
  return specs;
}
ArrayRef<ValueSpec> TrainingOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {data("output"), channel("mean"),
                                        channel("variance")};
  return specs;
}

ArrayRef<ValueSpec> InferenceOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {data("input"), channel("gamma"),
                                        channel("beta"), channel("mean"),
                                        channel("variance")};
  return specs;
}
ArrayRef<ValueSpec> InferenceOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {data("output")};
  return specs;
}

ArrayRef<ValueSpec> TrainingBackpropOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {
      data("input"),         channel("gamma"),         channel("beta"),
      channel("mean"),       channel("variance"),      data("delta"),
      channel("mean_delta"), channel("variance_delta")};
  return specs;
}
ArrayRef<ValueSpec> TrainingBackpropOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {
      data("input_delta"), channel("gamma_delta"), channel("beta_delta")};
  return specs;
}

ArrayRef<ValueSpec> InferenceBackpropOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {data("input"), channel("gamma"),
                                        channel("mean"), channel("variance"),
                                        data("delta")};
  return specs;
}
ArrayRef<ValueSpec> InferenceBackpropOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {
      data("input_delta"), channel("gamma_delta"), channel("beta_delta"),
      channel("mean_delta"), channel("variance_delta")};
  return specs;
}

ArrayRef<ValueSpec> TrainingDoubleBackpropOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {data("input"),
                                        channel("gamma"),
                                        channel("mean"),
                                        channel("variance"),
                                        data("delta"),
                                        data("input_cotangent"),
                                        channel("gamma_cotangent"),
                                        channel("beta_cotangent")};
  return specs;
}
ArrayRef<ValueSpec> TrainingDoubleBackpropOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {
      data("input_delta"), channel("gamma_delta"), data("delta_delta")};
  return specs;
}

ArrayRef<ValueSpec> InferenceDoubleBackpropOp::getOperandSpecs() {
  static constexpr ValueSpec specs[] = {data("input"),
                                        channel("gamma"),
                                        channel("mean"),
                                        channel("variance"),
                                        data("delta"),
                                        data("input_cotangent"),
                                        channel("gamma_cotangent"),
                                        channel("beta_cotangent"),
                                        channel("mean_cotangent"),
                                        channel("variance_cotangent")};
  return specs;
}
ArrayRef<ValueSpec> InferenceDoubleBackpropOp::getResultSpecs() {
  static constexpr ValueSpec specs[] = {
      data("input_delta"), channel("gamma_delta"), channel("mean_delta"),
      channel("variance_delta"), data("delta_delta")};
  return specs;
}

//===----------------------------------------------------------------------===//
// ChannelwiseOpInterface
//===----------------------------------------------------------------------===//

SmallVector<int64_t> ChannelwiseOpInterface::getReducedDims() {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0, rank = getInput().getType().getRank(); dim < rank;
       ++dim)
    if (!llvm::is_contained(getChannelDims(), dim))
      dims.push_back(dim);
  return dims;
}

SmallVector<Value> ChannelwiseOpInterface::getMostStaticOperands() {
  SmallVector<Value> operands = llvm::to_vector(getOperation()->getOperands());
  for (Value &operand : operands)
    if (auto cast = operand.getDefiningOp<tensor::CastOp>();
        cast && tensor::canFoldIntoConsumerOp(cast))
      operand = cast.getSource();
  return operands;
}

FailureOr<SmallVector<Type>>
ChannelwiseOpInterface::inferTypes(ValueRange operands,
                                   std::optional<Location> location) {
  Operation *op = getOperation();
  SmallVector<Type> types;
  if (failed(cast<InferTypeOpInterface>(op).inferReturnTypes(
          op->getContext(), location, operands,
          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
          op->getRegions(), types)))
    return failure();
  return types;
}

Operation *ChannelwiseOpInterface::cloneWithOperands(OpBuilder &b,
                                                     ValueRange operands) {
  Operation *op = getOperation();
  FailureOr<SmallVector<Type>> types = inferTypes(operands);
  assert(succeeded(types) && "operands are those of a valid op");
  OperationState state(op->getLoc(), op->getName(), operands, *types,
                       op->getAttrs());
  return b.create(state);
}

bool bn::isZeroSplat(Value tensor) {
  if (matchPattern(tensor, m_AnyZeroFloat()))
    return true;
  Operation *op = tensor.getDefiningOp();
  if (isa_and_nonnull<tensor::CastOp, tensor::ExtractSliceOp,
                      tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return isZeroSplat(op->getOperand(0));
  return isa_and_nonnull<linalg::FillOp, tensor::SplatOp>(op) &&
         matchPattern(op->getOperand(0), m_AnyZeroFloat());
}

Type bn::getChannelElementType(Type dataType) {
  return dataType.isF16() || dataType.isBF16()
             ? Float32Type::get(dataType.getContext())
             : dataType;
}

//===----------------------------------------------------------------------===//
// Type inference and constraints
//===----------------------------------------------------------------------===//

namespace {
/// Checks constraints C1 to C8 (BNBase.td), reporting the first that fails.
struct ConstraintChecker {
  std::optional<Location> location;
  StringRef op;

  template <typename... Args> LogicalResult error(Args &&...args) const {
    return emitOptionalError(location, "'", op, "' op ",
                             std::forward<Args>(args)...);
  }

  LogicalResult checkInput(RankedTensorType type) const {
    if (type.getRank() < 2) // C1
      return error("expected input of rank 2 or more, but got ", type);
    Type element = type.getElementType();
    if (!isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(
            element)) // C3
      return error("expected input of element type f16, bf16, f32 or f64, "
                   "but got ",
                   type);
    return success();
  }

  LogicalResult checkChannelDims(ArrayRef<int64_t> dims, int64_t rank) const {
    if (dims.empty()) // C2
      return error("expected channel_dims to name at least one dim");
    for (auto [index, dim] : llvm::enumerate(dims)) {
      if (dim < 0 || dim >= rank)
        return error("expected channel_dims in [0, ", rank, "), but got ", dim);
      if (index > 0 && dim <= dims[index - 1])
        return error("expected channel_dims to increase strictly, but got ",
                     dims[index - 1], " before ", dim);
    }
    return success();
  }

  /// C4 for a data operand, C5 and C6 for a channel operand.
  LogicalResult checkOperand(const ValueSpec &spec, RankedTensorType type,
                             ArrayRef<int64_t> shape, Type element) const {
    if (type.getElementType() != element)
      return error("expected ", spec.name, " of element type ", element,
                   ", but got ", type);
    if (failed(verifyCompatibleShape(type.getShape(), shape)))
      return error("expected ", spec.name, " of type ",
                   RankedTensorType::get(shape, element), ", but got ", type);
    return success();
  }

  LogicalResult checkEpsilon(const APFloat &epsilon) const {
    if (epsilon.isFinite() && (!epsilon.isNegative() || epsilon.isZero()))
      return success(); // C7
    SmallString<16> text;
    epsilon.toString(text);
    return error("expected epsilon to be finite and not negative, but got ",
                 text);
  }
};
} // namespace

static SmallVector<int64_t> selectDims(ArrayRef<int64_t> shape,
                                       ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims, [&](int64_t dim) { return shape[dim]; });
}

LogicalResult bn::detail::inferReturnTypes(
    std::optional<Location> location, StringRef op,
    ArrayRef<ValueSpec> operandSpecs, ArrayRef<ValueSpec> resultSpecs,
    ValueRange operands, ArrayRef<int64_t> channelDims, const APFloat &epsilon,
    SmallVectorImpl<Type> &types) {
  ConstraintChecker checker{location, op};
  // Only training_backprop has operands beyond its required ones: its pair.
  size_t count = operandSpecs.size();
  bool mayOmitPair = op == TrainingBackpropOp::getOperationName();
  if (operands.size() != count &&
      !(mayOmitPair && operands.size() + 2 == count))
    return checker.error(
        "expected ",
        mayOmitPair ? "mean_delta and variance_delta together or "
                      "neither, so "
                    : "",
        mayOmitPair ? std::to_string(count - 2) + " or " : std::string(), count,
        " operands, but got ", operands.size()); // C8

  auto inputType = cast<RankedTensorType>(operands[0].getType());
  if (failed(checker.checkInput(inputType)) ||
      failed(checker.checkChannelDims(channelDims, inputType.getRank())))
    return failure();

  Type dataElement = inputType.getElementType();
  Type channelElement = getChannelElementType(dataElement);
  SmallVector<int64_t> channelShape =
      selectDims(inputType.getShape(), channelDims);
  for (auto [operand, spec] : llvm::zip(operands, operandSpecs))
    if (failed(checker.checkOperand(
            spec, cast<RankedTensorType>(operand.getType()),
            spec.isData ? inputType.getShape() : ArrayRef(channelShape),
            spec.isData ? dataElement : channelElement)))
      return failure();
  if (failed(checker.checkEpsilon(epsilon)))
    return failure();

  for (const ValueSpec &spec : resultSpecs)
    types.push_back(spec.isData
                        ? inputType
                        : RankedTensorType::get(channelShape, channelElement));
  return success();
}

LogicalResult ChannelwiseOpInterface::verifyConstraints(ValueRange operands) {
  Operation *op = getOperation();
  FailureOr<SmallVector<Type>> inferred = inferTypes(operands, op->getLoc());
  if (failed(inferred))
    return failure();
  for (auto [type, actual, spec] :
       llvm::zip(*inferred, op->getResultTypes(), getResultSpecs()))
    if (!bn::detail::isCompatibleReturnTypes(type, actual))
      return op->emitOpError("expected ")
             << spec.name << " of type " << type << ", but got " << actual;
  return success();
}

bool bn::detail::isCompatibleReturnTypes(TypeRange inferred, TypeRange actual) {
  if (inferred.size() != actual.size())
    return false;
  return llvm::all_of(llvm::zip(inferred, actual), [](auto types) {
    auto [lhs, rhs] = types;
    return getElementTypeOrSelf(lhs) == getElementTypeOrSelf(rhs) &&
           succeeded(verifyCompatibleShape(lhs, rhs));
  });
}

LogicalResult
bn::detail::reifyResultShapes(ChannelwiseOpInterface op, OpBuilder &b,
                              ReifiedRankedShapedTypeDims &shapes) {
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, op.getLoc(), op.getInput());
  SmallVector<OpFoldResult> channelSizes = llvm::map_to_vector(
      op.getChannelDims(), [&](int64_t dim) { return sizes[dim]; });
  for (const ValueSpec &spec : op.getResultSpecs())
    shapes.push_back(spec.isData ? sizes : channelSizes);
  return success();
}
