//===- CheckAllocations.cpp - Check at run time that there is memory ------===//

#include "RuntimeChecks.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CHECKALLOCATIONSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

static void checkAllocation(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  Location loc = alloc.getLoc();
  OpBuilder b(alloc->getContext());
  b.setInsertionPointAfter(alloc);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(b, loc, alloc.getResult());
  Value failed =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, address, zero);
  // What has no elements may have no address.
  for (OpFoldResult size : alloc.getMixedSizes()) {
    Value some = arith::CmpIOp::create(
        b, loc, arith::CmpIPredicate::ne,
        getValueOrCreateConstantIndexOp(b, loc, size), zero);
    failed = arith::AndIOp::create(b, loc, failed, some);
  }
  std::string element;
  llvm::raw_string_ostream(element) << type.getElementType();
  RuntimeMessage message(loc);
  message << "no memory for a temporary array of ";
  message.addShape(alloc.getMixedSizes()) << element;
  failIf(b, loc, failed, message);
}

namespace {
struct CheckAllocations : bn::impl::CheckAllocationsPassBase<CheckAllocations> {
  void runOnOperation() override { getOperation()->walk(checkAllocation); }
};
} // namespace
