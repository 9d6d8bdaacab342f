//===- CostModel.h - How a bn op is scheduled -------------------*- C++ -*-===//

#ifndef BN_TRANSFORMS_COSTMODEL_H
#define BN_TRANSFORMS_COSTMODEL_H

#include "bn/IR/BN.h"

namespace mlir::bn {

/// How many channels of each channel dim of `op` one parallel task takes; 0
/// means all of them.
SmallVector<int64_t> getChannelBlock(ChannelwiseOpInterface op);

/// The number of elements in one vector of a loop over `tripCount` iterations
/// (ShapedType::kDynamic if unknown), whose widest element has `bits` bits, or
/// 1 where vectors do not pay.
int64_t getVectorLength(int64_t tripCount, unsigned bits);

} // namespace mlir::bn

#endif // BN_TRANSFORMS_COSTMODEL_H
