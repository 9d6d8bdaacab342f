//===- BN.h - The bn dialect ------------------------------------*- C++ -*-===//
//
// Ops of batch normalization on tensors; see docs/Dialect.md (generated from
// BNBase.td and BNOps.td) for their formulas, shapes and constraints.
//
//===----------------------------------------------------------------------===//

#ifndef BN_IR_BN_H
#define BN_IR_BN_H

#include "bn/Differentiation/DifferentiableOpInterface.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"

namespace mlir::bn {

/// Name and kind of an operand or a result.
struct ValueSpec {
  llvm::StringLiteral name;
  /// Whether it has the shape of `input`; else that of its channel dims.
  bool isData;
};

/// The type of parameters, statistics and their gradients for data of element
/// type `dataType`: f32 for f16 and bf16, else the same.
Type getChannelElementType(Type dataType);

/// Whether all elements of a tensor are known to be zero: a constant, a fill or
/// a splat of zeros, or a slice, a reshape or a cast of one.
bool isZeroSplat(Value tensor);

/// Of an op's `bn.schedule`: how it runs in parallel.
enum class Schedule {
  /// Blocks of channels: each is read again while it is in cache.
  Channels,
  /// Slices of rows, all channels wide. Each sweep goes through all data.
  Rows
};

inline constexpr StringLiteral kScheduleAttrName = "bn.schedule";
StringRef stringifySchedule(Schedule schedule);
std::optional<Schedule> symbolizeSchedule(StringRef name);

} // namespace mlir::bn

#include "bn/IR/BNInterfaces.h.inc"

/// Implementations shared by all ops, in terms of their tables of operands and
/// results. Called by the generated op classes only.
namespace mlir::bn::detail {
LogicalResult inferReturnTypes(std::optional<Location> location, StringRef op,
                               ArrayRef<ValueSpec> operandSpecs,
                               ArrayRef<ValueSpec> resultSpecs,
                               ValueRange operands,
                               ArrayRef<int64_t> channelDims,
                               const APFloat &epsilon,
                               SmallVectorImpl<Type> &types);
bool isCompatibleReturnTypes(TypeRange inferred, TypeRange actual);
LogicalResult reifyResultShapes(ChannelwiseOpInterface op, OpBuilder &b,
                                ReifiedRankedShapedTypeDims &shapes);

using InferReturnTypesFn = LogicalResult (*)(MLIRContext *,
                                             std::optional<Location>,
                                             ValueRange, DictionaryAttr,
                                             OpaqueProperties, RegionRange,
                                             SmallVectorImpl<Type> &);
ParseResult parse(OpAsmParser &parser, OperationState &state,
                  ArrayRef<ValueSpec> operandSpecs, FloatAttr &epsilon,
                  DenseI64ArrayAttr &channelDims, InferReturnTypesFn infer);
void print(ChannelwiseOpInterface op, OpAsmPrinter &printer);

SmallVector<utils::IteratorType>
getLoopIteratorTypes(ChannelwiseOpInterface op);
SmallVector<Range> getIterationDomain(ChannelwiseOpInterface op, OpBuilder &b);
FailureOr<TilingResult> getTiledImplementation(ChannelwiseOpInterface op,
                                               OpBuilder &b,
                                               ArrayRef<OpFoldResult> offsets,
                                               ArrayRef<OpFoldResult> sizes);
LogicalResult getResultTilePosition(ChannelwiseOpInterface op, OpBuilder &b,
                                    unsigned resultNumber,
                                    ArrayRef<OpFoldResult> offsets,
                                    ArrayRef<OpFoldResult> sizes,
                                    SmallVector<OpFoldResult> &resultOffsets,
                                    SmallVector<OpFoldResult> &resultSizes);
bool isFusableWithSlice(ChannelwiseOpInterface op, const ValueSpec &spec,
                        ArrayRef<OpFoldResult> offsets,
                        ArrayRef<OpFoldResult> sizes);
LogicalResult
getIterationDomainTile(ChannelwiseOpInterface op, const ValueSpec &spec,
                       ArrayRef<OpFoldResult> offsets,
                       ArrayRef<OpFoldResult> sizes,
                       SmallVectorImpl<OpFoldResult> &domainOffsets,
                       SmallVectorImpl<OpFoldResult> &domainSizes);
FailureOr<TilingResult> generateResultTileValue(ChannelwiseOpInterface op,
                                                OpBuilder &b,
                                                unsigned resultNumber,
                                                ArrayRef<OpFoldResult> offsets,
                                                ArrayRef<OpFoldResult> sizes);
} // namespace mlir::bn::detail

#include "bn/IR/BNDialect.h.inc"

#define GET_OP_CLASSES
#include "bn/IR/BNOps.h.inc"

namespace mlir::bn {

/// The results of `op` as linalg ops that take the steps of the forward
/// computation backwards, by the chain rule alone. Equal to the closed form
/// that `decomposeOperation` builds where `mean` is the mean of `input`; see
/// docs/Math.md, (S1) to (C1).
FailureOr<SmallVector<Value>> decomposeStaged(TrainingBackpropOp op,
                                              OpBuilder &b);

} // namespace mlir::bn

#endif // BN_IR_BN_H
