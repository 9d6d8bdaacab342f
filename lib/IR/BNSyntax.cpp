//===- BNSyntax.cpp - The custom syntax of bn ops -------------------------===//
//
//   bn.NAME OPERANDS epsilon = NUMBER [channel_dims = [DIMS]] [attributes]
//     : DATA-TYPE, CHANNEL-TYPE [-> RESULT-TYPES]
//
// Where operands of one kind differ in type (some dims static, some dynamic),
// the types of all operands follow the colon in parentheses instead. Result
// types are written only where they are not the inferred ones.
//
//===----------------------------------------------------------------------===//

#include "Syntax.h"
#include "bn/IR/BN.h"

using namespace mlir;
using namespace mlir::bn;

static constexpr StringLiteral kEpsilon = "epsilon";
static constexpr StringLiteral kChannelDims = "channel_dims";
static constexpr int64_t kDefaultChannelDims[] = {1};

static ParseResult parseChannelDims(OpAsmParser &parser,
                                    DenseI64ArrayAttr &channelDims) {
  SmallVector<int64_t> dims;
  if (parser.parseEqual() ||
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, [&] {
        return parser.parseInteger(dims.emplace_back());
      }))
    return failure();
  channelDims = parser.getBuilder().getDenseI64ArrayAttr(dims);
  return success();
}

/// Parses one type for each of `count` operands.
static ParseResult parseTypes(OpAsmParser &parser, ArrayRef<ValueSpec> specs,
                              size_t count, SmallVectorImpl<Type> &types) {
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLParen())) {
    if (parser.parseTypeList(types) || parser.parseRParen())
      return failure();
    if (types.size() != count)
      return parser.emitError(loc, "expected ")
             << count << " types in parentheses, one for each operand, but got "
             << types.size();
    return success();
  }
  Type dataType, channelType;
  if (parser.parseType(dataType) || parser.parseComma() ||
      parser.parseType(channelType))
    return failure();
  for (const ValueSpec &spec : specs.take_front(count))
    types.push_back(spec.isData ? dataType : channelType);
  return success();
}

ParseResult bn::detail::parseAttributes(OpAsmParser &parser,
                                        OperationState &state,
                                        ArrayRef<StringRef> written) {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOptionalAttrDict(state.attributes))
    return failure();
  for (StringRef name : written)
    if (state.attributes.get(name))
      return parser.emitError(loc, "attribute '")
             << name << "' occurs more than once";
  return state.name.verifyInherentAttrs(state.attributes,
                                        [&] { return parser.emitError(loc); });
}

ParseResult bn::detail::parse(OpAsmParser &parser, OperationState &state,
                              ArrayRef<ValueSpec> operandSpecs,
                              FloatAttr &epsilon,
                              DenseI64ArrayAttr &channelDims,
                              InferReturnTypesFn infer) {
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  SMLoc operandsLoc = parser.getCurrentLocation();
  if (parser.parseOperandList(operands))
    return failure();
  if (operands.size() > operandSpecs.size())
    return parser.emitError(operandsLoc, "expected at most ")
           << operandSpecs.size() << " operands, but got " << operands.size();

  double epsilonValue;
  if (parser.parseKeyword(kEpsilon) || parser.parseEqual() ||
      parser.parseFloat(epsilonValue))
    return failure();
  epsilon = parser.getBuilder().getF64FloatAttr(epsilonValue);
  SmallVector<StringRef> written = {kEpsilon};
  channelDims = parser.getBuilder().getDenseI64ArrayAttr(kDefaultChannelDims);
  if (succeeded(parser.parseOptionalKeyword(kChannelDims))) {
    written.push_back(kChannelDims);
    if (parseChannelDims(parser, channelDims))
      return failure();
  }

  if (parseAttributes(parser, state, written) || parser.parseColon() ||
      parseTypes(parser, operandSpecs, operands.size(), types) ||
      parser.resolveOperands(operands, types, operandsLoc, state.operands))
    return failure();
  for (auto [operand, spec] : llvm::zip(state.operands, operandSpecs))
    if (!isa<RankedTensorType>(operand.getType()))
      return parser.emitError(operandsLoc, "expected ")
             << spec.name << " to be a ranked tensor, but got "
             << operand.getType();
  if (succeeded(parser.parseOptionalArrow()))
    return parser.parseTypeList(state.types);
  return infer(state.getContext(), state.location, state.operands,
               state.attributes.getDictionary(state.getContext()),
               state.getRawProperties(), /*regions=*/{}, state.types);
}

/// Whether operands of one kind have one type.
static bool hasUniformTypes(ChannelwiseOpInterface op) {
  Type kinds[2];
  for (auto [operand, spec] :
       llvm::zip(op->getOperands(), op.getOperandSpecs())) {
    Type &kind = kinds[spec.isData];
    if (!kind)
      kind = operand.getType();
    if (kind != operand.getType())
      return false;
  }
  return true;
}

void bn::detail::print(ChannelwiseOpInterface op, OpAsmPrinter &printer) {
  printer << ' ' << op->getOperands() << ' ' << kEpsilon << " = ";
  printer.printFloat(op.getEpsilon());
  if (op.getChannelDims() != ArrayRef(kDefaultChannelDims)) {
    printer << ' ' << kChannelDims << " = [";
    llvm::interleaveComma(op.getChannelDims(), printer);
    printer << ']';
  }
  printer.printOptionalAttrDict(op->getAttrs(), {kEpsilon, kChannelDims});
  printer << " : ";
  if (hasUniformTypes(op))
    printer << op.getInput().getType() << ", " << op->getOperand(1).getType();
  else
    printer << '(' << op->getOperandTypes() << ')';

  FailureOr<SmallVector<Type>> inferred = op.inferTypes(op->getOperands());
  if (failed(inferred) || !llvm::equal(*inferred, op->getResultTypes()))
    printer << " -> " << op->getResultTypes();
}
