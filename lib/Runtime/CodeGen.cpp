//===- CodeGen.cpp - From the LLVM dialect to machine code ----------------===//

#include "CodeGen.h"
#include "Diagnostics.h"
#include "bn/Runtime/Error.h"
#include "bn/Transforms/FunctionNames.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/IPO/MergeFunctions.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createHostMachine() {
  // Guarded by the language: programs may be compiled by several threads.
  static bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    return true;
  }();
  (void)initialized;
  auto host = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  // One object file serves for linking in memory and into an executable.
  host->setRelocationModel(llvm::Reloc::PIC_);
  host->setCodeModel(llvm::CodeModel::Small);
  host->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  host->getOptions().EmulatedTLS = false;
  return host->createTargetMachine();
}

/// Keeps the first error; without a handler LLVM would print it and exit.
static void keepMessage(const llvm::DiagnosticInfo *info, void *context) {
  auto &message = *static_cast<std::string *>(context);
  if (info->getSeverity() != llvm::DS_Error || !message.empty())
    return;
  llvm::raw_string_ostream os(message);
  llvm::DiagnosticPrinterRawOStream printer(os);
  info->print(printer);
}

/// Functions whose names are hidden are for this module alone; C calls them by
/// the names of their C interfaces, which are not hidden.
static void showCInterface(llvm::Module &module) {
  std::string hidden = (kCInterfacePrefix + kHiddenPrefix).str();
  for (llvm::Function &function : module) {
    StringRef name = function.getName();
    if (name.starts_with(kHiddenPrefix) && !function.isDeclaration())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
    else if (name.consume_front(hidden))
      function.setName((kCInterfacePrefix + name).str());
  }
}

llvm::Expected<std::unique_ptr<CodeGen>> CodeGen::create(ModuleOp module) {
  std::unique_ptr<CodeGen> result(new CodeGen());
  result->context.setDiagnosticHandlerCallBack(keepMessage, &result->message);
  auto machine = createHostMachine();
  if (!machine)
    return machine.takeError();
  result->machine = std::move(*machine);

  DiagnosticCapture diagnostics(module.getContext());
  // Locations become lines that debuggers and profilers show: those of the ops
  // themselves, not of the calls that were inlined. A shared loop would tell
  // OpenMP its line, and differ from all that are the same otherwise.
  module.walk([](Operation *op) {
    auto line = op->getLoc()->findInstanceOf<FileLineColLoc>();
    if (line && !isa<omp::WsloopOp, omp::LoopNestOp>(op))
      op->setLoc(line);
    else
      op->setLoc(UnknownLoc::get(op->getContext()));
  });
  PassManager passes(module.getContext());
  passes.addPass(LLVM::createDIScopeForLLVMFuncOpPass());
  if (failed(passes.run(module)))
    return diagnostics.takeError("the program cannot be given debug info");
  result->module = translateModuleToLLVMIR(module, result->context,
                                           module.getName().value_or("bn"));
  if (!result->module)
    return diagnostics.takeError("the program cannot be translated to LLVM IR");
  result->module->setDataLayout(result->machine->createDataLayout());
  result->module->setTargetTriple(result->machine->getTargetTriple());
  showCInterface(*result->module);
  // Networks repeat their layers.
  llvm::MergeFunctionsPass::runOnModule(*result->module);
  return result;
}

llvm::Expected<std::string> CodeGen::addInvoker(const Signature &signature) {
  StringRef name = signature.name;
  llvm::Function *callee =
      module->getFunction((kCInterfacePrefix + name).str());
  if (!callee || !callee->getReturnType()->isVoidTy())
    return rejected("@" + name + " cannot be called from C");
  size_t expected = signature.arguments.size() + signature.results.size();
  if (callee->arg_size() != expected)
    return rejected("@" + name + " has become a function of " +
                    Twine(callee->arg_size()) + " parameters, expected " +
                    Twine(expected));
  llvm::IRBuilder<> b(context);
  auto *invoker = llvm::Function::Create(
      llvm::FunctionType::get(b.getVoidTy(), b.getPtrTy(), /*isVarArg=*/false),
      llvm::GlobalValue::ExternalLinkage, "_bn_invoke_" + name, *module);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "", invoker));
  SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &parameter : callee->args()) {
    llvm::Value *slot = b.CreateConstGEP1_64(b.getPtrTy(), invoker->getArg(0),
                                             parameter.getArgNo());
    llvm::Value *address = b.CreateLoad(b.getPtrTy(), slot);
    arguments.push_back(b.CreateLoad(parameter.getType(), address));
  }
  b.CreateCall(callee, arguments);
  b.CreateRetVoid();
  return invoker->getName().str();
}

llvm::Expected<Code> CodeGen::generate(EmitKind kind) {
  auto optimize =
      makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, machine.get());
  if (llvm::Error error = optimize(module.get()))
    return error;
  Code code;
  llvm::raw_svector_ostream os(code);
  if (kind == EmitKind::LLVMIR) {
    module->print(os, /*AAW=*/nullptr);
  } else {
    llvm::legacy::PassManager passes;
    auto fileType = kind == EmitKind::Object
                        ? llvm::CodeGenFileType::ObjectFile
                        : llvm::CodeGenFileType::AssemblyFile;
    if (machine->addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr, fileType))
      return rejected("no code can be generated for this machine");
    passes.run(*module);
  }
  if (!message.empty())
    return rejected(message);
  return code;
}
