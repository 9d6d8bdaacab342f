//===- RequestCWrappers.cpp - C entry points of public functions ----------===//

#include "bn/Transforms/FunctionNames.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::bn {
#define GEN_PASS_DEF_REQUESTCWRAPPERSPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;

namespace {
struct RequestCWrappers : bn::impl::RequestCWrappersPassBase<RequestCWrappers> {
  void runOnOperation() override {
    getOperation()->walk([&](func::FuncOp function) {
      if (function.isExternal())
        return;
      if (function.getSymName().starts_with(bn::kCInterfacePrefix))
        return;
      if (function.isPublic())
        function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                          UnitAttr::get(&getContext()));
      else
        function->setAttr(
            "llvm.linkage",
            LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));
    });
  }
};
} // namespace
