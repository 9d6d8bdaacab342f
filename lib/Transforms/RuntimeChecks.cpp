//===- RuntimeChecks.cpp - Checks that compiled code makes ----------------===//

#include "RuntimeChecks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;
using namespace mlir::bn;

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

RuntimeMessage::RuntimeMessage(Location place) { *this << getPlace(place); }

RuntimeMessage::RuntimeMessage(Value text) : values{text} { format += "%s"; }

RuntimeMessage &RuntimeMessage::operator<<(const Twine &text) {
  for (char c : text.str())
    format += c == '%' ? "%%" : std::string(1, c);
  return *this;
}

RuntimeMessage &RuntimeMessage::operator<<(OpFoldResult number) {
  if (std::optional<int64_t> constant = getConstantIntValue(number))
    return *this << Twine(*constant);
  format += "%ld";
  values.push_back(cast<Value>(number));
  return *this;
}

RuntimeMessage &RuntimeMessage::addShape(ArrayRef<OpFoldResult> sizes) {
  for (OpFoldResult size : sizes)
    *this << size << "x";
  return *this;
}

std::string bn::getPlace(Location loc) {
  auto place = loc->findInstanceOf<FileLineColLoc>();
  if (!place)
    return "";
  return (place.getFilename().getValue() + ":" + Twine(place.getLine()) + ":" +
          Twine(place.getColumn()) + ": ")
      .str();
}

static ModuleOp getModule(OpBuilder &b) {
  return b.getInsertionBlock()->getParent()->getParentOfType<ModuleOp>();
}

Value bn::createText(OpBuilder &b, Location loc, const Twine &text) {
  std::string terminated = text.str() + '\0';
  OpBuilder detached(b.getContext());
  auto global = LLVM::GlobalOp::create(
      detached, loc, LLVM::LLVMArrayType::get(b.getI8Type(), terminated.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, "bn_message",
      b.getStringAttr(terminated));
  SymbolTable(getModule(b)).insert(global);
  return LLVM::AddressOfOp::create(b, loc, global);
}

func::FuncOp bn::createPrivateFunction(ModuleOp module, Location loc,
                                       StringRef name, TypeRange inputs) {
  OpBuilder b(module.getContext());
  auto function = func::FuncOp::create(b, loc, name,
                                       b.getFunctionType(inputs, TypeRange()));
  function.setPrivate();
  function.setNoInline(true);
  function->setAttr("passthrough",
                    b.getStrArrayAttr({"minsize", "noinline", "optsize"}));
  SymbolTable(module).insert(function);
  b.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(b, loc);
  return function;
}

/// A function of the C library.
static LLVM::LLVMFuncOp declare(ModuleOp module, StringRef name,
                                LLVM::LLVMFunctionType type) {
  if (auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return function;
  auto b = OpBuilder::atBlockBegin(module.getBody());
  return LLVM::LLVMFuncOp::create(b, module.getLoc(), name, type);
}

/// A function that takes the values of a message, prints it and aborts.
static func::FuncOp createFailure(ModuleOp module, Location loc,
                                  StringRef format, TypeRange values) {
  OpBuilder b(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  LLVM::LLVMFuncOp print = declare(
      module, "dprintf",
      LLVM::LLVMFunctionType::get(b.getI32Type(), {b.getI32Type(), pointer},
                                  /*isVarArg=*/true));
  LLVM::LLVMFuncOp abort = declare(
      module, "abort",
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {}));
  func::FuncOp function = createPrivateFunction(module, loc, "bn_fail", values);
  // Failures stay out of the way of what does not fail.
  function->setAttr("passthrough", b.getStrArrayAttr({"cold", "noinline"}));

  b.setInsertionPointToStart(&function.front());
  SmallVector<Value> operands = {
      LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(2)),
      createText(b, loc, format)};
  for (Value value : function.getArguments())
    operands.push_back(
        value.getType().isIndex()
            ? arith::IndexCastOp::create(b, loc, b.getI64Type(), value)
            : value);
  LLVM::CallOp::create(b, loc, print, operands);
  LLVM::CallOp::create(b, loc, abort, ValueRange());
  return function;
}

void bn::failIf(OpBuilder &b, Location loc, Value condition,
                const RuntimeMessage &message) {
  func::FuncOp failure = createFailure(getModule(b), loc, message.format + '\n',
                                       ValueRange(message.values).getTypes());
  auto branch = scf::IfOp::create(b, loc, condition);
  OpBuilder inside = branch.getThenBodyBuilder();
  func::CallOp::create(inside, loc, failure, message.values);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value bn::anyDiffers(OpBuilder &b, Location loc,
                     ArrayRef<OpFoldResult> expected,
                     ArrayRef<OpFoldResult> given) {
  Value any;
  for (auto [lhs, rhs] : llvm::zip_equal(expected, given)) {
    if (isEqualConstantIntOrValue(lhs, rhs))
      continue;
    Value differs =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                              getValueOrCreateConstantIndexOp(b, loc, lhs),
                              getValueOrCreateConstantIndexOp(b, loc, rhs));
    any = any ? arith::OrIOp::create(b, loc, any, differs) : differs;
  }
  return any;
}

SmallVector<OpFoldResult> SizeResolver::getSizes(Value tensor) {
  return llvm::map_to_vector(
      llvm::seq(cast<ShapedType>(tensor.getType()).getRank()),
      [&](int64_t dim) { return getSize(tensor, dim); });
}

OpFoldResult SizeResolver::getSize(Value tensor, int64_t dim) {
  auto type = cast<ShapedType>(tensor.getType());
  OpBuilder b(tensor.getContext());
  if (!type.isDynamicDim(dim))
    return b.getIndexAttr(type.getDimSize(dim));
  auto [entry, isNew] = known.try_emplace({tensor, dim});
  if (!isNew)
    return entry->second;
  OpFoldResult size = trace(b, tensor, dim);
  if (!size) {
    b.setInsertionPointAfterValue(tensor);
    size = tensor::DimOp::create(b, tensor.getLoc(), tensor, dim).getResult();
  } else if (auto value = dyn_cast<Value>(size)) {
    auto dimOp = value.getDefiningOp<tensor::DimOp>();
    if (dimOp && dimOp.getConstantIndex() && dimOp.getSource() != tensor)
      size = getSize(dimOp.getSource(), *dimOp.getConstantIndex());
  }
  return known[{tensor, dim}] = size;
}

/// The size by what `tensor` is computed from, or null where that is not known.
OpFoldResult SizeResolver::trace(OpBuilder &b, Value tensor, int64_t dim) {
  auto result = dyn_cast<OpResult>(tensor);
  if (!result)
    return {};
  Operation *op = result.getOwner();
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return getSize(cast.getSource(), dim);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return expand.getMixedOutputShape()[dim];
  if (auto loop = dyn_cast<scf::ForallOp>(op))
    return getSize(loop.getTiedOpOperand(result)->get(), dim);
  unsigned number = result.getResultNumber();
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    OpFoldResult init = getSize(loop.getInitArgs()[number], dim);
    OpFoldResult next = getSize(loop.getYieldedValues()[number], dim);
    bool isKept =
        next == init || next == getSize(loop.getRegionIterArg(number), dim);
    return isKept ? init : OpFoldResult();
  }
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    OpFoldResult size = getSize(branch.thenYield().getOperand(number), dim);
    bool isSame = size == getSize(branch.elseYield().getOperand(number), dim);
    return isSame ? size : OpFoldResult();
  }
  if (!isa<ReifyRankedShapedTypeOpInterface>(op))
    return {};
  b.setInsertionPoint(op);
  FailureOr<OpFoldResult> size = reifyDimOfResult(b, op, number, dim);
  return failed(size) ? OpFoldResult() : *size;
}

void bn::checkSizes(Operation *op, const Twine &name, Type element,
                    ArrayRef<OpFoldResult> expected,
                    ArrayRef<OpFoldResult> given) {
  // After the last of the values, if all are in the entry block.
  Block *block = op->getBlock();
  OpBuilder b(op);
  if (isa<FunctionOpInterface>(block->getParentOp()) && block->isEntryBlock()) {
    b.setInsertionPointToStart(block);
    for (OpFoldResult size : llvm::concat<const OpFoldResult>(expected, given))
      if (auto value = dyn_cast<Value>(size)) {
        Operation *definition = value.getDefiningOp();
        if (definition && definition->getBlock() == block &&
            (b.getInsertionPoint() == block->end() ||
             !definition->isBeforeInBlock(&*b.getInsertionPoint())))
          b.setInsertionPointAfter(definition);
      }
  }
  Value differs = anyDiffers(b, op->getLoc(), expected, given);
  if (!differs)
    return;
  RuntimeMessage message(op->getLoc());
  std::string elementText;
  llvm::raw_string_ostream(elementText) << element;
  message << "'" + op->getName().getStringRef() + "' op expected " + name +
                 " of type 'tensor<";
  message.addShape(expected) << elementText + ">', but got 'tensor<";
  message.addShape(given) << elementText + ">'";
  failIf(b, op->getLoc(), differs, message);
}
