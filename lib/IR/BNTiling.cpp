//===- BNTiling.cpp - Tiling of bn ops over their channel dims ------------===//
//
// The iteration domain of every bn op is its channel dims, all parallel: a tile
// is a block of channels with all elements that are reduced.
//
//===----------------------------------------------------------------------===//

#include "bn/IR/BN.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::bn;

SmallVector<utils::IteratorType>
bn::detail::getLoopIteratorTypes(ChannelwiseOpInterface op) {
  return SmallVector<utils::IteratorType>(op.getChannelDims().size(),
                                          utils::IteratorType::parallel);
}

SmallVector<Range> bn::detail::getIterationDomain(ChannelwiseOpInterface op,
                                                  OpBuilder &b) {
  return llvm::map_to_vector(op.getChannelDims(), [&](int64_t dim) {
    return Range{b.getIndexAttr(0),
                 tensor::getMixedSize(b, op.getLoc(), op.getInput(), dim),
                 b.getIndexAttr(1)};
  });
}

namespace {
/// Offsets and sizes of a block of channels within an operand or result.
struct Slice {
  SmallVector<OpFoldResult> offsets, sizes;
};
} // namespace

static Slice getSlice(ChannelwiseOpInterface op, OpBuilder &b,
                      const ValueSpec &spec, ArrayRef<OpFoldResult> offsets,
                      ArrayRef<OpFoldResult> sizes) {
  if (!spec.isData)
    return {llvm::to_vector(offsets), llvm::to_vector(sizes)};
  Slice slice{SmallVector<OpFoldResult>(op.getInput().getType().getRank(),
                                        b.getIndexAttr(0)),
              tensor::getMixedSizes(b, op.getLoc(), op.getInput())};
  for (auto [dim, offset, size] :
       llvm::zip(op.getChannelDims(), offsets, sizes)) {
    slice.offsets[dim] = offset;
    slice.sizes[dim] = size;
  }
  return slice;
}

FailureOr<TilingResult>
bn::detail::getTiledImplementation(ChannelwiseOpInterface op, OpBuilder &b,
                                   ArrayRef<OpFoldResult> offsets,
                                   ArrayRef<OpFoldResult> sizes) {
  TilingResult result;
  SmallVector<Value> operands;
  for (auto [operand, spec] :
       llvm::zip(op->getOperands(), op.getOperandSpecs())) {
    Slice slice = getSlice(op, b, spec, offsets, sizes);
    SmallVector<OpFoldResult> strides(slice.sizes.size(), b.getIndexAttr(1));
    operands.push_back(tensor::ExtractSliceOp::create(
        b, op.getLoc(), operand, slice.offsets, slice.sizes, strides));
    result.generatedSlices.push_back(operands.back().getDefiningOp());
  }
  Operation *tiled = op.cloneWithOperands(b, operands);
  result.tiledOps.push_back(tiled);
  llvm::append_range(result.tiledValues, tiled->getResults());
  return result;
}

LogicalResult bn::detail::getResultTilePosition(
    ChannelwiseOpInterface op, OpBuilder &b, unsigned resultNumber,
    ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVector<OpFoldResult> &resultOffsets,
    SmallVector<OpFoldResult> &resultSizes) {
  Slice slice =
      getSlice(op, b, op.getResultSpecs()[resultNumber], offsets, sizes);
  resultOffsets = std::move(slice.offsets);
  resultSizes = std::move(slice.sizes);
  return success();
}

/// A slice of data can be computed by itself only where it holds all elements
/// of its channels.
bool bn::detail::isFusableWithSlice(ChannelwiseOpInterface op,
                                    const ValueSpec &spec,
                                    ArrayRef<OpFoldResult> offsets,
                                    ArrayRef<OpFoldResult> sizes) {
  if (!spec.isData)
    return true;
  return llvm::all_of(op.getReducedDims(), [&](int64_t dim) {
    if (!isZeroInteger(offsets[dim]))
      return false;
    if (auto size = getConstantIntValue(sizes[dim]))
      return *size == op.getInput().getType().getDimSize(dim);
    auto dimOp = cast<Value>(sizes[dim]).getDefiningOp<tensor::DimOp>();
    return dimOp && dimOp.getSource() == op.getInput() &&
           dimOp.getConstantIndex() == dim;
  });
}

LogicalResult bn::detail::getIterationDomainTile(
    ChannelwiseOpInterface op, const ValueSpec &spec,
    ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets,
    SmallVectorImpl<OpFoldResult> &domainSizes) {
  if (!isFusableWithSlice(op, spec, offsets, sizes))
    return failure();
  if (!spec.isData) {
    domainOffsets.assign(offsets.begin(), offsets.end());
    domainSizes.assign(sizes.begin(), sizes.end());
    return success();
  }
  for (int64_t dim : op.getChannelDims()) {
    domainOffsets.push_back(offsets[dim]);
    domainSizes.push_back(sizes[dim]);
  }
  return success();
}

FailureOr<TilingResult> bn::detail::generateResultTileValue(
    ChannelwiseOpInterface op, OpBuilder &b, unsigned resultNumber,
    ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> domainOffsets, domainSizes;
  if (failed(getIterationDomainTile(op, op.getResultSpecs()[resultNumber],
                                    offsets, sizes, domainOffsets,
                                    domainSizes)))
    return failure();
  FailureOr<TilingResult> tiled =
      getTiledImplementation(op, b, domainOffsets, domainSizes);
  if (failed(tiled))
    return failure();
  tiled->tiledValues = {tiled->tiledValues[resultNumber]};
  return tiled;
}
