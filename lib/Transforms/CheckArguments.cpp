//===- CheckArguments.cpp - Check at run time what callers pass -----------===//

#include "RuntimeChecks.h"
#include "Utils.h"
#include "bn/Transforms/FunctionNames.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
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

/// The memref whose descriptor is at `pointer`.
static Value loadMemRef(OpBuilder &b, Location loc, Value pointer,
                        BaseMemRefType type) {
  Type descriptor = LLVMTypeConverter(b.getContext()).convertType(type);
  Value loaded = LLVM::LoadOp::create(b, loc, descriptor, pointer);
  return UnrealizedConversionCastOp::create(b, loc, type, loaded).getResult(0);
}

/// `declared`, with a type that hides nothing of its descriptor.
static MemRefType getPassedType(MemRefType declared) {
  SmallVector<int64_t> unknown(declared.getRank(), ShapedType::kDynamic);
  return MemRefType::get(unknown, declared.getElementType(),
                         StridedLayoutAttr::get(declared.getContext(),
                                                ShapedType::kDynamic, unknown),
                         declared.getMemorySpace());
}

/// The columns of a table with a row of 64-bit integers for each argument.
enum Column { Begin, End, Number, IsWritten, NumColumns };

static Type getRowType(OpBuilder &b) {
  return LLVM::LLVMArrayType::get(b.getI64Type(), NumColumns);
}

static Value getCell(OpBuilder &b, Location loc, Value table, LLVM::GEPArg row,
                     Column column) {
  return LLVM::GEPOp::create(b, loc, table.getType(), getRowType(b), table,
                             {row, column});
}

/// A function that takes a name, a pointer to a descriptor, a row, and the last
/// two cells of that. It checks that the descriptor is one of a memref as
/// `declared`, and fills the row.
static func::FuncOp createMemRefCheck(ModuleOp module, MemRefType declared) {
  // It serves many arguments.
  Location loc = module.getLoc();
  OpBuilder b(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  func::FuncOp check = createPrivateFunction(
      module, loc, "bn_check",
      {pointer, pointer, pointer, b.getI64Type(), b.getI64Type()});
  b.setInsertionPointToStart(&check.front());
  Value name = check.getArgument(0), row = check.getArgument(2);
  Value memref =
      loadMemRef(b, loc, check.getArgument(1), getPassedType(declared));
  Descriptor descriptor(b, loc, memref, declared);
  descriptor.checkLayout(b, loc, name);
  descriptor.checkAlignment(b, loc, name);
  auto toInteger = [&](Value index) -> Value {
    return arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
  };
  Value cells[] = {toInteger(descriptor.begin), toInteger(descriptor.end),
                   check.getArgument(3), check.getArgument(4)};
  for (auto [column, cell] : llvm::enumerate(cells))
    LLVM::StoreOp::create(b, loc, cell,
                          getCell(b, loc, row, 0, Column(column)));
  return check;
}

/// A function that checks all pairs of the rows of a table.
static func::FuncOp createOverlapCheck(ModuleOp module, Location loc,
                                       int64_t numRows, StringRef function) {
  OpBuilder b(module.getContext());
  func::FuncOp check = createPrivateFunction(
      module, loc, "bn_check", LLVM::LLVMPointerType::get(b.getContext()));
  b.setInsertionPointToStart(&check.front());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value zero = constant(0), one = constant(1);
  auto outer = scf::ForOp::create(b, loc, zero, constant(numRows), one);
  b.setInsertionPointToStart(outer.getBody());
  auto inner = scf::ForOp::create(b, loc, zero, outer.getInductionVar(), one);
  b.setInsertionPointToStart(inner.getBody());
  Value rows[] = {outer.getInductionVar(), inner.getInductionVar()};
  auto load = [&](unsigned i, Column column) -> Value {
    Value row = arith::IndexCastOp::create(b, loc, b.getI64Type(), rows[i]);
    Value cell = LLVM::LoadOp::create(
        b, loc, b.getI64Type(),
        getCell(b, loc, check.getArgument(0), row, column));
    return arith::IndexCastOp::create(b, loc, b.getIndexType(), cell);
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

/// Whether `func` returns no memref, and takes none that LLVM has no type for.
static bool takesDescriptors(func::FuncOp func) {
  LLVMTypeConverter converter(func.getContext());
  return llvm::none_of(func.getResultTypes(), llvm::IsaPred<BaseMemRefType>) &&
         llvm::all_of(func.getArgumentTypes(), [&](Type type) {
           return !isa<BaseMemRefType>(type) || converter.convertType(type);
         });
}

/// Whether descriptors of `argument` can be checked.
static bool isChecked(BlockArgument argument) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  return type && type.getLayout().isIdentity() &&
         type.getElementType().isIntOrIndexOrFloat();
}

/// Makes `func` its own C interface, which takes descriptors by their address:
/// hundreds of them by value would be thousands of parameters. `checks` has a
/// function for each type.
static void checkArguments(func::FuncOp func,
                           DenseMap<MemRefType, func::FuncOp> &checks) {
  auto module = func->getParentOfType<ModuleOp>();
  auto b = OpBuilder::atBlockBegin(&func.front());
  Location loc = func.getLoc();
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
  };
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto checked = llvm::make_filter_range(func.getArguments(), isChecked);
  int64_t numRows = llvm::range_size(checked), row = 0;
  bool anyWritten = llvm::any_of(checked, isWritten);
  Value table =
      LLVM::AllocaOp::create(b, loc, pointer, getRowType(b), constant(numRows));
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<BaseMemRefType>(argument.getType());
    if (!type)
      continue;
    bool needsCheck = isChecked(argument);
    bool written = isWritten(argument);
    SmallVector<OpOperand *> uses =
        llvm::to_vector(llvm::make_pointer_range(argument.getUses()));
    argument.setType(pointer);
    Value view;
    if (needsCheck) {
      auto declared = cast<MemRefType>(type);
      func::FuncOp &check = checks[declared];
      if (!check)
        check = createMemRefCheck(module, declared);
      unsigned number = argument.getArgNumber();
      Value name = createText(b, loc,
                              getPlace(loc) + "argument #" + Twine(number) +
                                  " of @" + getVisibleName(func));
      func::CallOp::create(b, loc, check,
                           {name, argument,
                            getCell(b, loc, table, row++, Begin),
                            constant(number), constant(written)});
      Value memref = loadMemRef(b, loc, argument, getPassedType(declared));
      Descriptor descriptor(b, loc, memref, declared);
      view = memref::ReinterpretCastOp::create(
          b, loc, declared, descriptor.base, b.getIndexAttr(0),
          descriptor.sizes, descriptor.strides);
    } else {
      view = loadMemRef(b, loc, argument, type);
    }
    for (OpOperand *use : uses)
      use->set(view);
  }
  if (anyWritten)
    func::CallOp::create(
        b, loc, createOverlapCheck(module, loc, numRows, getVisibleName(func)),
        table);
  func.setFunctionType(FunctionType::get(func.getContext(),
                                         func.front().getArgumentTypes(),
                                         func.getResultTypes()));
  func.setSymName((kCInterfacePrefix + func.getSymName()).str());
}

namespace {
struct CheckArguments : bn::impl::CheckArgumentsPassBase<CheckArguments> {
  void runOnOperation() override {
    DenseMap<MemRefType, func::FuncOp> checks;
    for (func::FuncOp func : getUncalledFunctions(getOperation()))
      if (takesDescriptors(func))
        checkArguments(func, checks);
  }
};
} // namespace
