//===- Utils.cpp - What several passes ask --------------------------------===//

#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;

int64_t bn::getNumBytes(Type element) {
  return element.isIntOrFloat() ? llvm::PowerOf2Ceil(llvm::divideCeil(
                                      element.getIntOrFloatBitWidth(), 8))
                                : sizeof(int64_t);
}

int64_t bn::getNumPerLine(Type element) {
  return llvm::divideCeil(kCacheLineBytes, getNumBytes(element));
}

std::optional<int64_t> bn::getProduct(ArrayRef<int64_t> sizes) {
  if (ShapedType::isDynamicShape(sizes))
    return std::nullopt;
  uint64_t product = 1;
  for (int64_t size : sizes)
    product = llvm::SaturatingMultiply<uint64_t>(product, size);
  return std::min<uint64_t>(product, std::numeric_limits<int64_t>::max());
}

std::optional<int64_t> bn::getTotalBytes(ShapedType type) {
  SmallVector<int64_t> sizes(type.getShape());
  sizes.push_back(getNumBytes(type.getElementType()));
  return getProduct(sizes);
}

bool bn::isElementwiseOnTensors(Operation *op) {
  auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op);
  return linalgOp && linalgOp.hasPureTensorSemantics() &&
         linalg::isElementwise(linalgOp);
}

SmallVector<Value> bn::lookup(const IRMapping &mapping, ValueRange values) {
  return llvm::map_to_vector(
      values, [&](Value value) { return mapping.lookupOrDefault(value); });
}

Value bn::getBuffer(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

Value bn::collapseInnermost(OpBuilder &b, Value memref) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfterValue(memref);
  SmallVector<ReassociationIndices> groups;
  for (int64_t dim = 0, rank = cast<MemRefType>(memref.getType()).getRank();
       dim < rank - 1; ++dim)
    groups.push_back({dim});
  groups.back().push_back(groups.size());
  return memref::CollapseShapeOp::create(b, memref.getLoc(), memref, groups);
}

bool bn::isSameElement(affine::AffineLoadOp load, affine::AffineStoreOp store) {
  return load.getMemRef() == store.getMemRef() &&
         load.getAffineMap() == store.getAffineMap() &&
         llvm::equal(load.getMapOperands(), store.getMapOperands());
}

affine::AffineLoadOp bn::getLoadBefore(affine::AffineStoreOp store,
                                       affine::AffineForOp loop) {
  affine::AffineLoadOp load;
  for (Operation *user : store.getMemRef().getUsers()) {
    if (isa<ViewLikeOpInterface>(user))
      return nullptr;
    if (user == store || !loop->isProperAncestor(user))
      continue;
    auto candidate = dyn_cast<affine::AffineLoadOp>(user);
    if (load || !candidate || candidate->getBlock() != loop.getBody() ||
        !candidate->isBeforeInBlock(store) || !isSameElement(candidate, store))
      return nullptr;
    load = candidate;
  }
  return load;
}

AffineMap bn::advance(AffineMap map, ValueRange operands, Value iv,
                      int64_t distance) {
  for (auto [dim, operand] : llvm::enumerate(operands))
    if (operand == iv && dim < map.getNumDims()) {
      AffineExpr d = getAffineDimExpr(dim, map.getContext());
      map = map.replace(d, d + distance, map.getNumDims(), map.getNumSymbols());
    }
  return map;
}

std::optional<int64_t> bn::getStride(AffineMap map, ValueRange operands,
                                     MemRefType type, Value iv) {
  SmallVector<int64_t> strides;
  int64_t offset, elements = 0;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return std::nullopt;
  AffineMap next = advance(map, operands, iv, 1);
  for (auto [to, from, stride] :
       llvm::zip(next.getResults(), map.getResults(), strides)) {
    auto step = dyn_cast<AffineConstantExpr>(
        simplifyAffineExpr(to - from, map.getNumDims(), map.getNumSymbols()));
    if (!step || (step.getValue() != 0 && ShapedType::isDynamic(stride)))
      return std::nullopt;
    elements += step.getValue() * stride;
  }
  return elements * getNumBytes(type.getElementType());
}

bool bn::hasDistinctBuffers(affine::AffineForOp loop) {
  DenseMap<Value, Value> views;
  bool distinct = true, stores = false;
  loop.walk([&](Operation *op) {
    Value memref;
    if (auto load = dyn_cast<affine::AffineReadOpInterface>(op))
      memref = load.getMemRef();
    else if (auto store = dyn_cast<affine::AffineWriteOpInterface>(op))
      memref = store.getMemRef(), stores = true;
    if (!memref)
      return;
    Value buffer = getBuffer(memref);
    Operation *def = buffer.getDefiningOp();
    bool known =
        def ? hasSingleEffect<MemoryEffects::Allocate>(def, buffer)
            : isa<FunctionOpInterface>(buffer.getParentBlock()->getParentOp());
    auto [entry, isNew] = views.try_emplace(buffer, memref);
    distinct &= known && (isNew || entry->second == memref);
  });
  return distinct || !stores;
}

/// Whether `next` is `sum` + terms, in additions that may change places.
static bool isUnorderedSum(Value next, Value sum) {
  if (next == sum)
    return false;
  for (; next != sum; sum = *sum.user_begin()->result_begin()) {
    auto add = sum.hasOneUse() ? dyn_cast<arith::AddFOp>(*sum.user_begin())
                               : arith::AddFOp();
    if (!add ||
        !bitEnumContainsAll(add.getFastmath(), arith::FastMathFlags::reassoc))
      return false;
  }
  return true;
}

bool bn::areUnorderedSums(ValueRange next, ValueRange sums) {
  return llvm::all_of(llvm::zip_equal(next, sums), [](auto pair) {
    return isUnorderedSum(std::get<0>(pair), std::get<1>(pair));
  });
}

SmallVector<affine::AffineForOp> bn::getNestOfSums(affine::AffineForOp loop) {
  SmallVector<affine::AffineForOp> nest{loop};
  while (auto outer =
             dyn_cast<affine::AffineForOp>(nest.back()->getParentOp())) {
    affine::AffineForOp inner = nest.back();
    if (!llvm::hasNItems(*outer.getBody(), 2) ||
        !llvm::equal(inner.getInits(), outer.getRegionIterArgs()) ||
        !llvm::equal(inner.getResults(), outer.getYieldedValues()))
      break;
    nest.push_back(outer);
  }
  std::reverse(nest.begin(), nest.end());
  return nest;
}

SmallVector<func::FuncOp> bn::getUncalledFunctions(ModuleOp module) {
  SymbolTableCollection tables;
  SymbolUserMap users(tables, module);
  return llvm::filter_to_vector(
      module.getOps<func::FuncOp>(), [&](func::FuncOp function) {
        return function.isPublic() && !function.isExternal() &&
               users.getUsers(function).empty();
      });
}
