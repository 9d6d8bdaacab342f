//===- CheckArguments.cpp - Check at run time what callers pass -----------===//

#include "RuntimeChecks.h"
#include "Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace mlir::bn {
#define GEN_PASS_DEF_CHECKARGUMENTSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// Whether memory is written through `memref` or a view of it; true of what is
/// not known.
static bool isWritten(Value memref) {
  return llvm::any_of(memref.getUsers(), [&](Operation *user) {
    if (isa<ViewLikeOpInterface>(user))
      return llvm::any_of(user->getResults(), isWritten);
    auto effects = dyn_cast<MemoryEffectOpInterface>(user);
    if (!effects)
      return true;
    return effects.getEffectOnValue<MemoryEffects::Write>(memref).has_value();
  });
}

namespace {
/// A memref argument as its descriptor has it.
struct Descriptor {
  BlockArgument argument;
  MemRefType declared;
  bool isWritten;
  SmallVector<OpFoldResult> givenSizes, givenStrides;
  OpFoldResult givenOffset;
  /// What is expected: static sizes as declared, elements contiguous.
  SmallVector<OpFoldResult> sizes, strides;
  /// Its memory: addresses of the first byte and of the one behind the last.
  Value begin, end;

  Descriptor(OpBuilder &b, Location loc, BlockArgument argument);

  Value multiply(OpBuilder &b, Location loc, OpFoldResult lhs,
                 OpFoldResult rhs) const {
    return arith::MulIOp::create(b, loc,
                                 getValueOrCreateConstantIndexOp(b, loc, lhs),
                                 getValueOrCreateConstantIndexOp(b, loc, rhs));
  }
  RuntimeMessage startMessage() const {
    RuntimeMessage message;
    auto func = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    message << "argument #" + Twine(argument.getArgNumber()) + " of @" +
                   func.getSymName();
    return message;
  }
  void checkLayout(OpBuilder &b, Location loc) const;
  void checkAlignment(OpBuilder &b, Location loc) const;
  void checkOverlap(OpBuilder &b, Location loc, const Descriptor &other) const;
};
} // namespace

/// Gives the argument a type that hides nothing of its descriptor, and all else
/// a view of the declared type.
Descriptor::Descriptor(OpBuilder &b, Location loc, BlockArgument argument)
    : argument(argument), declared(cast<MemRefType>(argument.getType())),
      isWritten(::isWritten(argument)) {
  constexpr int64_t dynamic = ShapedType::kDynamic;
  SmallVector<int64_t> unknown(declared.getRank(), dynamic);
  argument.setType(MemRefType::get(
      unknown, declared.getElementType(),
      StridedLayoutAttr::get(b.getContext(), dynamic, unknown)));
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, argument);
  givenSizes = getAsOpFoldResult(metadata.getSizes());
  givenStrides = getAsOpFoldResult(metadata.getStrides());
  givenOffset = metadata.getOffset();

  sizes = givenSizes;
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!declared.isDynamicDim(dim))
      size = b.getIndexAttr(declared.getDimSize(dim));
  strides.resize(sizes.size());
  OpFoldResult stride = b.getIndexAttr(1);
  for (size_t dim = sizes.size(); dim-- > 0;) {
    strides[dim] = stride;
    auto size = getConstantIntValue(sizes[dim]);
    auto constant = getConstantIntValue(stride);
    stride = size && constant ? OpFoldResult(b.getIndexAttr(*size * *constant))
                              : multiply(b, loc, stride, sizes[dim]);
  }
  auto view = memref::ReinterpretCastOp::create(
      b, loc, declared, metadata.getBaseBuffer(), b.getIndexAttr(0), sizes,
      strides);
  argument.replaceAllUsesExcept(view, metadata);

  // `stride` has become the number of elements.
  begin = memref::ExtractAlignedPointerAsIndexOp::create(b, loc, argument);
  int64_t bytes = getNumBytes(declared.getElementType());
  end = arith::AddIOp::create(b, loc, begin,
                              multiply(b, loc, stride, b.getIndexAttr(bytes)));
}

void Descriptor::checkLayout(OpBuilder &b, Location loc) const {
  Value wrong = anyDiffers(b, loc, {b.getIndexAttr(0)}, {givenOffset});
  auto add = [&](Value other) {
    wrong = arith::OrIOp::create(b, loc, wrong, other);
  };
  if (Value differs = anyDiffers(b, loc, sizes, givenSizes))
    add(differs);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  for (auto [size, expected, stride] :
       llvm::zip(givenSizes, strides, givenStrides)) {
    // The stride of a single element is never used.
    Value matters = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt,
                                          cast<Value>(size), one);
    Value differs = anyDiffers(b, loc, expected, stride);
    add(arith::AndIOp::create(b, loc, matters, differs));
  }
  std::string element;
  llvm::raw_string_ostream(element) << declared.getElementType();
  RuntimeMessage message = startMessage();
  message << ": expected a contiguous '";
  message.addShape(sizes) << element + "' at offset 0, but got '";
  message.addShape(givenSizes) << element + "' at offset ";
  message << givenOffset;
  for (auto [dim, stride] : llvm::enumerate(givenStrides))
    message << (dim == 0 ? ", strides " : ", ") << stride;
  failIf(b, loc, wrong, message);
}

void Descriptor::checkAlignment(OpBuilder &b, Location loc) const {
  int64_t bytes = getNumBytes(declared.getElementType());
  Value mask = arith::ConstantIndexOp::create(b, loc, bytes - 1);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value rest = arith::AndIOp::create(b, loc, begin, mask);
  failIf(b, loc,
         arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, rest, zero),
         startMessage() << ": expected an address that is a multiple of " +
                               Twine(bytes) + ", but got "
                        << OpFoldResult(begin));
}

void Descriptor::checkOverlap(OpBuilder &b, Location loc,
                              const Descriptor &other) const {
  Value last = arith::MaxUIOp::create(b, loc, begin, other.begin);
  Value first = arith::MinUIOp::create(b, loc, end, other.end);
  failIf(b, loc,
         arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, last, first),
         startMessage() << ", which is written, overlaps argument #" +
                               Twine(other.argument.getArgNumber()));
}

static void checkArguments(func::FuncOp func) {
  auto b = OpBuilder::atBlockBegin(&func.front());
  Location loc = func.getLoc();
  std::vector<Descriptor> descriptors;
  for (BlockArgument argument : func.getArguments())
    if (auto type = dyn_cast<MemRefType>(argument.getType());
        type && type.getLayout().isIdentity() &&
        type.getElementType().isIntOrIndexOrFloat())
      descriptors.emplace_back(b, loc, argument);
  for (const Descriptor &descriptor : descriptors) {
    descriptor.checkLayout(b, loc);
    descriptor.checkAlignment(b, loc);
  }
  for (auto [index, descriptor] : llvm::enumerate(descriptors))
    for (const Descriptor &before : ArrayRef(descriptors).take_front(index)) {
      if (descriptor.isWritten)
        descriptor.checkOverlap(b, loc, before);
      else if (before.isWritten)
        before.checkOverlap(b, loc, descriptor);
    }
  func.setFunctionType(FunctionType::get(func.getContext(),
                                         func.front().getArgumentTypes(),
                                         func.getResultTypes()));
}

namespace {
struct CheckArguments : bn::impl::CheckArgumentsPassBase<CheckArguments> {
  void runOnOperation() override {
    for (func::FuncOp func : getUncalledFunctions(getOperation()))
      checkArguments(func);
  }
};
} // namespace
