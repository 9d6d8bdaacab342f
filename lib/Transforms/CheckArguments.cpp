//===- CheckArguments.cpp - Check at run time what callers pass -----------===//

#include "RuntimeChecks.h"
#include "Utils.h"
#include "bn/Transforms/FunctionNames.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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
/// A memref as its descriptor has it, and as it is expected: static sizes as
/// declared, elements contiguous.
struct Descriptor {
  MemRefType declared;
  Value base;
  SmallVector<OpFoldResult> givenSizes, givenStrides;
  OpFoldResult givenOffset;
  SmallVector<OpFoldResult> sizes, strides;
  /// Its memory: addresses of the first byte and of the one behind the last.
  Value begin, end;

  Descriptor(OpBuilder &b, Location loc, Value memref, MemRefType declared);

  Value multiply(OpBuilder &b, Location loc, OpFoldResult lhs,
                 OpFoldResult rhs) const {
    return arith::MulIOp::create(b, loc,
                                 getValueOrCreateConstantIndexOp(b, loc, lhs),
                                 getValueOrCreateConstantIndexOp(b, loc, rhs));
  }
  /// Each prints `error: NAME: ` and what is wrong.
  void checkLayout(OpBuilder &b, Location loc, Value name) const;
  void checkAlignment(OpBuilder &b, Location loc, Value name) const;
};

/// An argument of a function, and its memory when the function is called.
struct Argument {
  unsigned number;
  bool isWritten;
  Value begin, end;
};
} // namespace

Descriptor::Descriptor(OpBuilder &b, Location loc, Value memref,
                       MemRefType declared)
    : declared(declared) {
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, memref);
  base = metadata.getBaseBuffer();
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

  // `stride` has become the number of elements.
  begin = memref::ExtractAlignedPointerAsIndexOp::create(b, loc, memref);
  int64_t bytes = getNumBytes(declared.getElementType());
  end = arith::AddIOp::create(b, loc, begin,
                              multiply(b, loc, stride, b.getIndexAttr(bytes)));
}

void Descriptor::checkLayout(OpBuilder &b, Location loc, Value name) const {
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
  RuntimeMessage message(name);
  message << ": expected a contiguous '";
  message.addShape(sizes) << element + "' at offset 0, but got '";
  message.addShape(givenSizes) << element + "' at offset ";
  message << givenOffset;
  for (auto [dim, stride] : llvm::enumerate(givenStrides))
    message << (dim == 0 ? ", strides " : ", ") << stride;
  failIf(b, loc, wrong, message);
}

void Descriptor::checkAlignment(OpBuilder &b, Location loc, Value name) const {
  int64_t bytes = getNumBytes(declared.getElementType());
  Value mask = arith::ConstantIndexOp::create(b, loc, bytes - 1);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value rest = arith::AndIOp::create(b, loc, begin, mask);
  RuntimeMessage message(name);
  message << ": expected an address that is a multiple of " + Twine(bytes) +
                 ", but got "
          << OpFoldResult(begin);
  failIf(b, loc,
         arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, rest, zero),
         message);
}

/// A function that checks that a memref of `type` is as `declared`; it takes
/// the name of what it checks, too.
static func::FuncOp createMemRefCheck(ModuleOp module, MemRefType type,
                                      MemRefType declared) {
  // It serves many arguments.
  Location loc = module.getLoc();
  func::FuncOp check = createPrivateFunction(
      module, loc, "bn_check",
      {LLVM::LLVMPointerType::get(module.getContext()), type});
  auto b = OpBuilder::atBlockBegin(&check.front());
  Value name = check.getArgument(0);
  Descriptor descriptor(b, loc, check.getArgument(1), declared);
  descriptor.checkLayout(b, loc, name);
  descriptor.checkAlignment(b, loc, name);
  return check;
}

/// The columns of a table with a row for each argument.
enum Column { Begin, End, Number, IsWritten, NumColumns };

/// A function that checks all pairs of rows of such a table.
static func::FuncOp createOverlapCheck(ModuleOp module, Location loc,
                                       MemRefType type, StringRef function) {
  func::FuncOp check = createPrivateFunction(module, loc, "bn_check", type);
  auto b = OpBuilder::atBlockBegin(&check.front());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value zero = constant(0), one = constant(1);
  auto outer =
      scf::ForOp::create(b, loc, zero, constant(type.getDimSize(0)), one);
  b.setInsertionPointToStart(outer.getBody());
  auto inner = scf::ForOp::create(b, loc, zero, outer.getInductionVar(), one);
  b.setInsertionPointToStart(inner.getBody());
  Value rows[] = {outer.getInductionVar(), inner.getInductionVar()};
  auto load = [&](unsigned i, Column column) -> Value {
    return memref::LoadOp::create(b, loc, check.getArgument(0),
                                  {rows[i], constant(column)});
  };

  Value last = arith::MaxUIOp::create(b, loc, load(0, Begin), load(1, Begin));
  Value first = arith::MinUIOp::create(b, loc, load(0, End), load(1, End));
  Value overlap =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, last, first);
  Value written = load(0, IsWritten);
  Value anyWritten = arith::CmpIOp::create(
      b, loc, arith::CmpIPredicate::ne,
      arith::OrIOp::create(b, loc, written, load(1, IsWritten)), zero);
  Value firstWritten =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, written, zero);
  auto select = [&](unsigned i, unsigned j) -> OpFoldResult {
    return arith::SelectOp::create(b, loc, firstWritten, load(i, Number),
                                   load(j, Number))
        .getResult();
  };
  RuntimeMessage message(loc);
  message << "argument #" << select(0, 1)
          << " of @" + function + ", which is written, overlaps argument #"
          << select(1, 0);
  failIf(b, loc, arith::AndIOp::create(b, loc, overlap, anyWritten), message);
  return check;
}

/// Checks that what is written overlaps nothing: all pairs in a loop over a
/// table, as there may be hundreds of arguments.
static void checkOverlaps(OpBuilder &b, Location loc, func::FuncOp func,
                          ArrayRef<Argument> arguments) {
  if (llvm::none_of(arguments, [](const Argument &a) { return a.isWritten; }))
    return;
  auto type = MemRefType::get({int64_t(arguments.size()), NumColumns},
                              b.getIndexType());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value table = memref::AllocaOp::create(b, loc, type);
  for (auto [row, argument] : llvm::enumerate(arguments)) {
    Value cells[] = {argument.begin, argument.end, constant(argument.number),
                     constant(argument.isWritten)};
    for (auto [column, cell] : llvm::enumerate(cells))
      memref::StoreOp::create(b, loc, cell, table,
                              {constant(row), constant(column)});
  }
  func::CallOp::create(b, loc,
                       createOverlapCheck(func->getParentOfType<ModuleOp>(),
                                          loc, type, getVisibleName(func)),
                       table);
}

/// Gives each argument a type that hides nothing of its descriptor, and all
/// else a view of the declared type. `checks` has a function for each type.
static void checkArguments(func::FuncOp func,
                           DenseMap<MemRefType, func::FuncOp> &checks) {
  auto module = func->getParentOfType<ModuleOp>();
  auto b = OpBuilder::atBlockBegin(&func.front());
  Location loc = func.getLoc();
  SmallVector<Argument> arguments;
  for (BlockArgument argument : func.getArguments()) {
    auto declared = dyn_cast<MemRefType>(argument.getType());
    if (!declared || !declared.getLayout().isIdentity() ||
        !declared.getElementType().isIntOrIndexOrFloat())
      continue;
    unsigned number = argument.getArgNumber();
    SmallVector<int64_t> unknown(declared.getRank(), ShapedType::kDynamic);
    auto type = MemRefType::get(
        unknown, declared.getElementType(),
        StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, unknown));
    bool written = isWritten(argument);
    SmallVector<OpOperand *> uses =
        llvm::to_vector(llvm::make_pointer_range(argument.getUses()));
    argument.setType(type);
    func::FuncOp &check = checks[declared];
    if (!check)
      check = createMemRefCheck(module, type, declared);
    Value name = createText(b, loc,
                            getPlace(loc) + "argument #" + Twine(number) +
                                " of @" + getVisibleName(func));
    func::CallOp::create(b, loc, check, {name, argument});
    Descriptor descriptor(b, loc, argument, declared);
    Value view = memref::ReinterpretCastOp::create(
        b, loc, declared, descriptor.base, b.getIndexAttr(0), descriptor.sizes,
        descriptor.strides);
    for (OpOperand *use : uses)
      use->set(view);
    arguments.push_back({number, written, descriptor.begin, descriptor.end});
  }
  checkOverlaps(b, loc, func, arguments);
  func.setFunctionType(FunctionType::get(func.getContext(),
                                         func.front().getArgumentTypes(),
                                         func.getResultTypes()));
}

namespace {
struct CheckArguments : bn::impl::CheckArgumentsPassBase<CheckArguments> {
  void runOnOperation() override {
    DenseMap<MemRefType, func::FuncOp> checks;
    for (func::FuncOp func : getUncalledFunctions(getOperation()))
      checkArguments(func, checks);
  }
};
} // namespace
