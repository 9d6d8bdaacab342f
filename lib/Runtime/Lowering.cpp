//===- Lowering.cpp - From a program to the LLVM dialect ------------------===//

#include "Lowering.h"
#include "Diagnostics.h"
#include "bn/Pipelines/Pipelines.h"
#include "bn/Runtime/Error.h"
#include "bn/Transforms/FunctionNames.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

llvm::Error runtime::runPasses(ModuleOp module,
                               function_ref<void(OpPassManager &)> build,
                               StringRef failure) {
  DiagnosticCapture diagnostics(module.getContext());
  PassManager passes(module.getContext());
  build(passes);
  if (failed(passes.run(module)))
    return diagnostics.takeError(failure);
  return llvm::Error::success();
}

/// Makes all other functions private and erases those that `entry` needs not:
/// what they would not survive is no reason to reject the program.
static llvm::Error isolate(func::FuncOp entry) {
  auto module = cast<ModuleOp>(entry->getParentOp());
  for (auto func : module.getOps<func::FuncOp>())
    if (func != entry)
      func.setPrivate();
  return runPasses(
      module, [](OpPassManager &pm) { pm.addPass(createSymbolDCEPass()); });
}

/// Where the entry calls itself, those calls must keep its types while its own
/// change. Puts a function of the same name in front of it that only calls it.
static func::FuncOp separateFromCalls(func::FuncOp entry) {
  auto module = cast<ModuleOp>(entry->getParentOp());
  if (SymbolTable::symbolKnownUseEmpty(entry, module))
    return entry;
  StringAttr name = entry.getSymNameAttr();
  SymbolTable symbols(module);
  if (failed(symbols.renameToUnique(entry, {})))
    return entry;
  entry.setPrivate();

  OpBuilder b(entry);
  auto front =
      func::FuncOp::create(b, entry.getLoc(), name, entry.getFunctionType());
  b.setInsertionPointToStart(front.addEntryBlock());
  auto call =
      func::CallOp::create(b, entry.getLoc(), entry, front.getArguments());
  func::ReturnOp::create(b, entry.getLoc(), call.getResults());
  return front;
}

/// Gives the arguments the sizes of `arguments` and casts them back to their
/// declared types inside; canonicalization moves the sizes on from there.
static void specialize(func::FuncOp entry, ArrayRef<ValueType> arguments) {
  auto b = OpBuilder::atBlockBegin(&entry.front());
  for (auto [argument, type] : llvm::zip(entry.getArguments(), arguments)) {
    auto declared = dyn_cast<ShapedType>(argument.getType());
    if (!declared || declared.getShape() == ArrayRef(type.shape))
      continue;
    argument.setType(declared.clone(type.shape));
    Operation *cast;
    if (isa<TensorType>(declared))
      cast = tensor::CastOp::create(b, argument.getLoc(), declared, argument);
    else
      cast = memref::CastOp::create(b, argument.getLoc(), declared, argument);
    argument.replaceAllUsesExcept(cast->getResult(0), cast);
  }
  entry.setType(FunctionType::get(entry.getContext(),
                                  entry.front().getArgumentTypes(),
                                  entry.getResultTypes()));
}

llvm::Error runtime::checkOutParams(func::FuncOp func) {
  if (func.getNumResults() == 0)
    return llvm::Error::success();
  std::string reason;
  if (size_t blocks = func.getBody().getBlocks().size(); blocks > 1)
    reason = "it comes from " + std::to_string(blocks) +
             " blocks, expected one, with scf.if or scf.for inside";
  else if (!SymbolTable::symbolKnownUseEmpty(func, func->getParentOp()))
    reason = "the program calls the function itself";
  else
    reason = "not all results are ranked tensors and scalars";
  return rejected("result #0 of @" + getVisibleName(func) +
                  " cannot be written to an out-parameter: " + reason);
}

/// The types of the out-parameters, which are all that follows the arguments.
static llvm::Expected<SmallVector<ValueType>>
getResultTypes(func::FuncOp entry, const Signature &signature) {
  unsigned numArguments = signature.arguments.size();
  if (llvm::Error error = checkOutParams(entry))
    return error;
  SmallVector<ValueType> types;
  for (Type type : entry.getArgumentTypes().drop_front(numArguments)) {
    std::optional<ValueType> result = ValueType::get(type);
    if (!result)
      return rejected("result #" + Twine(types.size()) + " of @" +
                      signature.name + " is no dense array");
    types.push_back(*result);
  }
  return types;
}

static llvm::Error lowerToAffine(ModuleOp module) {
  return runPasses(module, [](OpPassManager &pm) {
    buildBNToAffinePipeline(pm, BNPipelineOptions());
  });
}

llvm::Error runtime::lowerAll(ModuleOp module) {
  hideFunctionNames(module);
  return lowerToAffine(module);
}

llvm::Expected<SmallVector<ValueType>>
runtime::lowerEntry(ModuleOp module, const Signature &signature,
                    ArrayRef<ValueType> arguments) {
  auto entry = module.lookupSymbol<func::FuncOp>(signature.name);
  if (!entry)
    return badInput("there is no function @" + signature.name);
  if (llvm::Error error = isolate(entry))
    return error;
  hideFunctionNames(module);
  specialize(separateFromCalls(entry), arguments);
  if (llvm::Error error = lowerToAffine(module))
    return error;
  // The last moment at which types still have shapes.
  return getResultTypes(
      module.lookupSymbol<func::FuncOp>(getHiddenName(signature.name)),
      signature);
}

llvm::Error runtime::lowerToLLVM(ModuleOp module, Caller caller) {
  BNPipelineOptions options;
  options.checkArguments = caller == Caller::Other;
  return runPasses(module, [&](OpPassManager &pm) {
    buildAffineToLLVMPipeline(pm, options);
  });
}
