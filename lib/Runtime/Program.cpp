//===- Program.cpp - A module that can be compiled and run ----------------===//

#include "bn/Runtime/Program.h"
#include "CodeGen.h"
#include "Diagnostics.h"
#include "Header.h"
#include "Lowering.h"
#include "bn/IR/Nesting.h"
#include "bn/InitAll.h"
#include "bn/Runtime/Error.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

Program::Program() {
  DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  bn::registerAllDialects(registry);
  // One function is too little work to share among threads, and in one thread
  // the first diagnostic is always the same.
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  // Specialization creates casts, whatever the program itself uses.
  context->loadDialect<func::FuncDialect, memref::MemRefDialect,
                       tensor::TensorDialect>();
}

llvm::Expected<std::unique_ptr<Program>> Program::load(StringRef path) {
  auto file = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (std::error_code code = file.getError())
    return badInput("cannot read program '" + path + "': " + code.message());
  return parse((*file)->getBuffer(), path == "-" ? "<stdin>" : path);
}

llvm::Expected<std::unique_ptr<Program>> Program::parse(StringRef source,
                                                        StringRef name) {
  if (llvm::Error error = checkNesting(llvm::MemoryBufferRef(source, name)))
    return rejected("the program does not parse: " +
                    llvm::toString(std::move(error)));
  std::unique_ptr<Program> program(new Program());
  MLIRContext *context = program->context.get();
  DiagnosticCapture diagnostics(context);
  program->module =
      parseSourceString<ModuleOp>(source, ParserConfig(context), name);
  if (!program->module)
    return diagnostics.takeError("the program does not parse");
  return program;
}

llvm::Error
Program::runPasses(llvm::function_ref<void(OpPassManager &)> build) {
  return runtime::runPasses(*module, build, "the passes failed");
}

/// The function that `name` asks for; see Program::getSignature.
static llvm::Expected<func::FuncOp> findEntry(ModuleOp module, StringRef name) {
  SmallVector<func::FuncOp> candidates;
  for (auto func : module.getOps<func::FuncOp>())
    if (func.isPublic() && !func.isExternal())
      candidates.push_back(func);
  if (candidates.empty())
    return rejected("the program has no public function");
  if (name.empty() && candidates.size() == 1)
    return candidates.front();
  StringRef wanted = name.empty() ? "main" : name;
  std::string names;
  for (func::FuncOp func : candidates) {
    if (func.getSymName() == wanted)
      return func;
    names += (names.empty() ? "@" : ", @") + func.getSymName().str();
  }
  return badInput((name.empty() ? "no entry was named and there is no @"
                                : "there is no public function @") +
                  wanted + ", expected " +
                  (candidates.size() > 1 ? "one of " : "") + names);
}

/// What a function takes may be memrefs; what it returns is written to
/// out-parameters, so it may not.
enum class Position { Argument, Result };

static llvm::Error toValueTypes(func::FuncOp func, Position position,
                                TypeRange types,
                                SmallVectorImpl<ValueType> &valueTypes) {
  bool isResult = position == Position::Result;
  for (Type type : types) {
    std::optional<ValueType> valueType = ValueType::get(type);
    if (!valueType || (isResult && isa<MemRefType>(type))) {
      std::string text;
      llvm::raw_string_ostream(text) << type;
      return rejected((isResult ? "result #" : "argument #") +
                      Twine(valueTypes.size()) + " of @" + func.getSymName() +
                      " has type " + text + ", expected a dense ranked tensor" +
                      (isResult ? "" : ", a memref of identity layout") +
                      " or a scalar");
    }
    valueTypes.push_back(*valueType);
  }
  return llvm::Error::success();
}

llvm::Expected<Signature> Program::getSignature(StringRef entry) const {
  llvm::Expected<func::FuncOp> func = findEntry(*module, entry);
  if (!func)
    return func.takeError();
  Signature signature;
  signature.name = func->getSymName();
  if (llvm::Error error =
          toValueTypes(*func, Position::Argument, func->getArgumentTypes(),
                       signature.arguments))
    return error;
  if (llvm::Error error = toValueTypes(
          *func, Position::Result, func->getResultTypes(), signature.results))
    return error;
  return signature;
}

/// BadInput unless there is one fitting type for each declared one.
static llvm::Error checkArguments(const Signature &signature,
                                  ArrayRef<ValueType> arguments) {
  if (arguments.size() != signature.arguments.size())
    return badInput("arguments of @" + signature.name + ": expected " +
                    Twine(signature.arguments.size()) + ", got " +
                    Twine(arguments.size()));
  for (auto [index, types] :
       llvm::enumerate(llvm::zip(signature.arguments, arguments))) {
    auto [declared, given] = types;
    if (!declared.accepts(given))
      return badInput("argument #" + Twine(index) + " of @" + signature.name +
                      ": expected " + declared.str() + ", got " + given.str());
  }
  return llvm::Error::success();
}

/// Rejected unless all types are static: sizes that are known neither from the
/// arguments nor from the program cannot be allocated.
static llvm::Error checkStatic(StringRef kind, ArrayRef<ValueType> types,
                               const Signature &signature) {
  for (auto [index, type] : llvm::enumerate(types))
    if (!type.isStatic())
      return rejected(kind + " #" + Twine(index) + " of @" + signature.name +
                      " has shape " + type.str() +
                      ", which the shapes of the arguments do not determine");
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Kernel>> Program::link(ModuleOp lowered,
                                                      Signature signature) {
  auto codeGen = CodeGen::create(lowered);
  if (!codeGen)
    return codeGen.takeError();
  auto invoker = (*codeGen)->addInvoker(signature);
  if (!invoker)
    return invoker.takeError();
  auto object = (*codeGen)->generate(EmitKind::Object);
  if (!object)
    return object.takeError();
  return Kernel::link(*object, *invoker, std::move(signature));
}

llvm::Expected<std::unique_ptr<Kernel>>
Program::compile(const Signature &signature,
                 ArrayRef<ValueType> arguments) const {
  if (llvm::Error error = checkArguments(signature, arguments))
    return error;
  OwningOpRef<ModuleOp> lowered = module.get().clone();
  auto results = lowerEntry(*lowered, signature, arguments);
  if (!results)
    return results.takeError();
  if (llvm::Error error = checkStatic("argument", arguments, signature))
    return error;
  if (llvm::Error error = checkStatic("result", *results, signature))
    return error;
  if (llvm::Error error = lowerToLLVM(*lowered, Caller::Kernel))
    return error;
  return link(*lowered, {signature.name, SmallVector<ValueType>(arguments),
                         std::move(*results)});
}

llvm::Expected<std::unique_ptr<Kernel>>
Program::compileWith(llvm::function_ref<void(OpPassManager &)> build,
                     const Signature &signature) const {
  if (llvm::Error error =
          checkStatic("argument", signature.arguments, signature))
    return error;
  if (llvm::Error error = checkStatic("result", signature.results, signature))
    return error;
  OwningOpRef<ModuleOp> lowered = module.get().clone();
  if (llvm::Error error = runtime::runPasses(*lowered, build))
    return error;
  // An out-parameter is an array, of rank 0 for a scalar.
  Signature called = signature;
  for (ValueType &type : called.results)
    type.isScalar = false;
  return link(*lowered, std::move(called));
}

/// The code of a module at the affine stage.
static llvm::Expected<Code> generate(EmitKind kind, ModuleOp lowered) {
  if (kind == EmitKind::Header) {
    Code code;
    llvm::raw_svector_ostream os(code);
    if (llvm::Error error = printHeader(lowered, os))
      return error;
    return code;
  }
  if (llvm::Error error = lowerToLLVM(lowered, Caller::Other))
    return error;
  auto codeGen = CodeGen::create(lowered);
  if (!codeGen)
    return codeGen.takeError();
  return (*codeGen)->generate(kind);
}

llvm::Expected<Code> Program::emit(EmitKind kind, const Signature &signature,
                                   ArrayRef<ValueType> arguments) const {
  if (llvm::Error error = checkArguments(signature, arguments))
    return error;
  OwningOpRef<ModuleOp> lowered = module.get().clone();
  auto results = lowerEntry(*lowered, signature, arguments);
  if (!results)
    return results.takeError();
  return generate(kind, *lowered);
}

llvm::Expected<Code> Program::emit(EmitKind kind) const {
  OwningOpRef<ModuleOp> lowered = module.get().clone();
  if (llvm::Error error = lowerAll(*lowered))
    return error;
  return generate(kind, *lowered);
}
