//===- Differentiate.cpp - Reverse mode on straight-line code -------------===//

#include "bn/Differentiation/ReverseMode.h"
#include "bn/Differentiation/Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/InliningUtils.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::bn {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// What the body of `function` has instead of straight-line code up to a
/// return; nothing if it is that.
static std::optional<std::string> findOtherCode(func::FuncOp function) {
  Region &body = function.getBody();
  if (!body.hasOneBlock())
    return std::to_string(body.getBlocks().size()) + " blocks";
  Operation *terminator = body.front().getTerminator();
  if (!isa<func::ReturnOp>(terminator))
    return ("'" + terminator->getName().getStringRef() + "' at its end").str();
  return std::nullopt;
}

/// Replaces all calls in `function` by what they call, until only functions
/// that are defined elsewhere are called.
static LogicalResult inlineCalls(func::FuncOp function) {
  InlinerInterface interface(function.getContext());
  // Functions that the code of a call came through.
  DenseMap<Operation *, SmallVector<func::FuncOp>> origins;
  while (true) {
    func::CallOp call;
    func::FuncOp callee;
    function.walk([&](func::CallOp op) {
      callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
          op, op.getCalleeAttr());
      if (callee.isExternal())
        return WalkResult::advance();
      call = op;
      return WalkResult::interrupt();
    });
    if (!call)
      return success();
    if (auto other = findOtherCode(callee))
      return call.emitOpError("calls '")
             << call.getCallee() << "': expected straight-line code, but got "
             << *other;
    SmallVector<func::FuncOp> chain = origins.lookup(call);
    if (callee == function || llvm::is_contained(chain, callee))
      return call.emitOpError("calls '")
             << call.getCallee() << "' again: recursion has no derivative";
    chain.push_back(callee);

    Block *block = call->getBlock();
    Operation *before = call->getPrevNode(), *after = call->getNextNode();
    if (failed(inlineCall(
            interface,
            [](OpBuilder &, Region *src, Block *inlineBlock,
               Block *postInsertBlock, IRMapping &mapper,
               bool shouldCloneInlinedRegion) {
              src->cloneInto(inlineBlock->getParent(),
                             postInsertBlock->getIterator(), mapper);
            },
            call, callee, &callee.getBody())))
      return call.emitOpError("could not be inlined");
    call.erase();
    Operation *first = before ? before->getNextNode() : &block->front();
    for (Operation *op = first; op && op != after; op = op->getNextNode())
      op->walk([&](func::CallOp inner) { origins[inner] = chain; });
  }
}

namespace {
struct Differentiate : bn::impl::DifferentiatePassBase<Differentiate> {
  using DifferentiatePassBase::DifferentiatePassBase;

  void runOnOperation() override {
    func::FuncOp function = findFunction();
    if (!function || failed(differentiate(function)))
      signalPassFailure();
  }

  /// The function to differentiate, or null after an error.
  func::FuncOp findFunction() {
    ModuleOp module = getOperation();
    auto function = module.lookupSymbol<func::FuncOp>(entry);
    if (!function) {
      module.emitError("option 'entry': expected a func.func of the module, "
                       "but got '")
          << entry << "'";
      return nullptr;
    }
    InFlightDiagnostic error = function.emitOpError();
    if (function.isExternal()) {
      error << "has no body to differentiate";
    } else if (auto other = findOtherCode(function)) {
      error << "expected straight-line code, but got " << *other;
    } else if (Operation *existing = module.lookupSymbol(getName());
               existing && !findDeclaration()) {
      error << "cannot be differentiated: '" << getName() << "' exists already";
    } else if (auto bad = llvm::find_if_not(function.getResultTypes(),
                                            isDifferentiable);
               bad != function.getResultTypes().end()) {
      error
          << "expected results of floats or ranked tensors of floats, but got "
          << *bad;
    } else {
      error.abandon();
      return function;
    }
    return nullptr;
  }

  /// The arguments to differentiate by.
  FailureOr<SmallVector<unsigned>> chooseArguments(func::FuncOp function) {
    ArrayRef<Type> types = function.getArgumentTypes();
    SmallVector<unsigned> chosen;
    if (wrt.empty())
      for (auto [index, type] : llvm::enumerate(types))
        if (isDifferentiable(type))
          chosen.push_back(index);
    for (StringRef number : wrt) {
      InFlightDiagnostic error =
          function.emitOpError("option 'wrt': expected ");
      unsigned index;
      if (number.getAsInteger(10, index) || index >= types.size())
        error << "the number of one of the " << types.size()
              << " arguments, counted from 0, but got '" << number << "'";
      else if (!isDifferentiable(types[index]))
        error << "a float or a ranked tensor of floats, but argument " << index
              << " is " << types[index];
      else if (llvm::is_contained(chosen, index))
        error << "each argument once, but got " << index << " again";
      else {
        error.abandon();
        chosen.push_back(index);
        continue;
      }
      return failure();
    }
    return chosen;
  }

  std::string getName() { return entry + "_vjp"; }

  /// The declaration of what is to be made, or null.
  func::FuncOp findDeclaration() {
    auto function = getOperation().lookupSymbol<func::FuncOp>(getName());
    return function && function.isExternal() ? function : nullptr;
  }

  LogicalResult differentiate(func::FuncOp original) {
    auto chosen = chooseArguments(original);
    if (failed(chosen))
      return failure();
    func::FuncOp declaration = findDeclaration();
    OpBuilder builder(original);
    builder.setInsertionPointAfter(original);
    auto function = cast<func::FuncOp>(builder.clone(*original));
    function.setName(getName());
    function.setPublic();
    // Owned here until it is complete: nothing half-written stays behind.
    auto fail = [&] {
      function.erase();
      return failure();
    };
    if (failed(inlineCalls(function)))
      return fail();
    Block *block = &function.getBody().front();
    auto terminator = cast<func::ReturnOp>(block->getTerminator());
    ReverseMode reverse(block, *chosen);
    for (Value result : terminator.getOperands()) {
      unsigned index = function.getNumArguments();
      if (failed(function.insertArgument(index, result.getType(), {},
                                         result.getLoc())))
        return fail();
      reverse.addGradient(result, function.getArgument(index));
    }
    if (failed(reverse.run()))
      return fail();

    builder.setInsertionPoint(terminator);
    SmallVector<Value> results = llvm::to_vector(terminator.getOperands());
    for (unsigned index : *chosen) {
      Value argument = function.getArgument(index);
      Value gradient = reverse.getGradient(argument);
      results.push_back(
          gradient
              ? gradient
              : createConstantLike(builder, argument.getLoc(), argument, 0));
    }
    terminator->setOperands(results);
    function.setType(builder.getFunctionType(block->getArgumentTypes(),
                                             ValueRange(results).getTypes()));
    function.removeResAttrsAttr();
    if (declaration) {
      if (declaration.getFunctionType() != function.getFunctionType()) {
        declaration.emitOpError("expected type ")
            << function.getFunctionType() << ", but got "
            << declaration.getFunctionType();
        return fail();
      }
      function.setVisibility(declaration.getVisibility());
      declaration.erase();
    }
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, function->getRegions());
    return success();
  }
};
} // namespace
