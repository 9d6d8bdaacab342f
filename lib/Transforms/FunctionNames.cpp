//===- FunctionNames.cpp - Names apart from those of C --------------------===//

#include "bn/Transforms/FunctionNames.h"

using namespace mlir;

std::string bn::getHiddenName(StringRef name) {
  return (kHiddenPrefix + name).str();
}

StringRef bn::getVisibleName(func::FuncOp func) {
  StringRef name = func.getSymName();
  name.consume_front(kHiddenPrefix);
  return name;
}

void bn::hideFunctionNames(ModuleOp module) {
  SmallVector<func::FuncOp> functions;
  for (auto func : module.getOps<func::FuncOp>())
    if (!func.isExternal())
      functions.push_back(func);
  // Longest first: a new name may be the old one of a longer name's function.
  llvm::stable_sort(functions, [](func::FuncOp lhs, func::FuncOp rhs) {
    return lhs.getSymName().size() > rhs.getSymName().size();
  });
  for (func::FuncOp func : functions) {
    auto name =
        StringAttr::get(module.getContext(), getHiddenName(func.getSymName()));
    // Fails only where a use lies in an op that nobody knows.
    (void)SymbolTable::replaceAllSymbolUses(func, name, module);
    func.setSymNameAttr(name);
  }
}
