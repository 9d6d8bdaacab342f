//===- BNUpdateStatistics.cpp - Running averages --------------------------===//
//
// The one op of the dialect that has no data operands: its constraints, syntax,
// folds and decomposition.
//
//===----------------------------------------------------------------------===//

#include "Decomposer.h"
#include "Syntax.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::bn;

//===----------------------------------------------------------------------===//
// Types and constraints
//===----------------------------------------------------------------------===//

LogicalResult UpdateStatisticsOp::inferReturnTypes(
    MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
    OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  llvm::append_range(types, operands.take_front(2).getTypes());
  return success();
}

LogicalResult
UpdateStatisticsOp::reifyResultShapes(OpBuilder &b,
                                      ReifiedRankedShapedTypeDims &shapes) {
  for (Value running : {getRunningMean(), getRunningVariance()})
    shapes.push_back(tensor::getMixedSizes(b, getLoc(), running));
  return success();
}

LogicalResult UpdateStatisticsOp::verify() {
  RankedTensorType type = getRunningMean().getType();
  if (type.getRank() < 1 ||
      !isa<Float32Type, Float64Type>(type.getElementType())) // C9
    return emitOpError("expected running_mean of rank 1 or more and element "
                       "type f32 or f64, but got ")
           << type;
  std::pair<StringRef, Type> others[] = {
      {"running_variance", getRunningVariance().getType()},
      {"mean", getMean().getType()},
      {"variance", getVariance().getType()}};
  for (auto [name, other] : others)
    if (!detail::isCompatibleReturnTypes(type, other)) // C9
      return emitOpError("expected ")
             << name << " of type " << type << ", but got " << other;
  // Written so that NaN fails.
  if (double momentum = getMomentum().convertToDouble();
      !(momentum >= 0.0 && momentum <= 1.0)) { // C10
    SmallString<16> text;
    getMomentum().toString(text);
    return emitOpError("expected momentum in [0, 1], but got ") << text;
  }
  if (getUnbiased() && !getCount()) // C11
    return emitOpError("expected a count, which unbiased needs");
  return success();
}

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kCount = "count", kMomentum = "momentum",
                               kUnbiased = "unbiased";

ParseResult UpdateStatisticsOp::parse(OpAsmParser &parser,
                                      OperationState &state) {
  auto &properties = state.getOrAddProperties<Properties>();
  Builder &b = parser.getBuilder();
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOperandList(operands, /*requiredOperandCount=*/4))
    return failure();
  if (succeeded(parser.parseOptionalKeyword(kCount)) &&
      parser.parseOperand(operands.emplace_back()))
    return failure();

  double momentum;
  if (parser.parseKeyword(kMomentum) || parser.parseEqual() ||
      parser.parseFloat(momentum))
    return failure();
  properties.momentum = b.getF64FloatAttr(momentum);
  SmallVector<StringRef> written = {kMomentum};
  if (succeeded(parser.parseOptionalKeyword(kUnbiased))) {
    written.push_back(kUnbiased);
    properties.unbiased = b.getUnitAttr();
  }

  // One type for all statistics, or one for each.
  SmallVector<Type> types;
  if (detail::parseAttributes(parser, state, written) || parser.parseColon())
    return failure();
  SMLoc typesLoc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLParen())) {
    if (parser.parseTypeList(types) || parser.parseRParen())
      return failure();
    if (types.size() != 4)
      return parser.emitError(typesLoc, "expected 4 types in parentheses, one "
                                        "for each statistic, but got ")
             << types.size();
  } else {
    Type type;
    if (parser.parseType(type))
      return failure();
    types.assign(4, type);
  }
  state.addTypes(ArrayRef(types).take_front(2));
  if (operands.size() > types.size())
    types.push_back(b.getIndexType());
  return parser.resolveOperands(operands, types, loc, state.operands);
}

void UpdateStatisticsOp::print(OpAsmPrinter &printer) {
  OperandRange statistics = getOperands().take_front(4);
  printer << ' ' << statistics;
  if (getCount())
    printer << ' ' << kCount << ' ' << getCount();
  printer << ' ' << kMomentum << " = ";
  printer.printFloat(getMomentum());
  if (getUnbiased())
    printer << ' ' << kUnbiased;
  printer.printOptionalAttrDict((*this)->getAttrs(), {kMomentum, kUnbiased});
  printer << " : ";
  if (llvm::all_equal(statistics.getTypes()))
    printer << getRunningMean().getType();
  else
    printer << '(' << statistics.getTypes() << ')';
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

LogicalResult UpdateStatisticsOp::fold(FoldAdaptor,
                                       SmallVectorImpl<OpFoldResult> &results) {
  double momentum = getMomentum().convertToDouble();
  SmallVector<Value> kept;
  if (momentum == 1.0)
    kept = {getRunningMean(), getRunningVariance()};
  else if (momentum == 0.0 && !getUnbiased())
    kept = {getMean(), getVariance()};
  if (kept.empty() || ValueRange(kept).getTypes() != getResultTypes())
    return failure();
  llvm::append_range(results, kept);
  return success();
}

//===----------------------------------------------------------------------===//
// Decomposition
//===----------------------------------------------------------------------===//

/// count / (count - 1), or 1 where that is no sample, in f64.
static Value getBesselFactor(ImplicitLocOpBuilder &b, Value count) {
  Type f64 = b.getF64Type();
  Value two = arith::ConstantIndexOp::create(b, 2);
  Value one = arith::ConstantOp::create(b, b.getF64FloatAttr(1.0));
  Value isSample =
      arith::CmpIOp::create(b, arith::CmpIPredicate::sge, count, two);
  Value m = arith::SIToFPOp::create(
      b, f64, arith::IndexCastOp::create(b, b.getI64Type(), count));
  Value factor = arith::DivFOp::create(b, m, arith::SubFOp::create(b, m, one));
  return arith::SelectOp::create(b, isSample, factor, one);
}

FailureOr<SmallVector<Value>>
UpdateStatisticsOp::decomposeOperation(OpBuilder &builder) {
  ImplicitLocOpBuilder b(getLoc(), builder);
  Type f64 = b.getF64Type();
  RankedTensorType type = getRunningMean().getType();
  Value factor;
  if (getUnbiased())
    factor = getBesselFactor(b, getCount());

  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  return buildGeneric(b, {{llvm::to_vector(getOperands().take_front(4)), map}},
                      SmallVector<Type>(2, type.getElementType()),
                      tensor::getMixedSizes(b, getLoc(), getRunningMean()), map,
                      SmallVector<utils::IteratorType>(
                          type.getRank(), utils::IteratorType::parallel),
                      [&](Scalars &s, ArrayRef<Value> args) {
                        double momentum = getMomentum().convertToDouble();
                        // A weight of zero leaves its value out, whatever it
                        // is.
                        auto weighted = [&](double weight, Value value) {
                          return weight == 0.0 ? Value()
                                               : s.mul(s.constant(f64, weight),
                                                       s.cast(value, f64));
                        };
                        Value mean = weighted(1.0 - momentum, args[2]);
                        Value variance = weighted(1.0 - momentum, args[3]);
                        if (factor)
                          variance = s.mul(factor, variance);
                        return SmallVector<Value>{
                            s.cast(s.add(weighted(momentum, args[0]), mean),
                                   type.getElementType()),
                            s.cast(s.add(weighted(momentum, args[1]), variance),
                                   type.getElementType())};
                      });
}
