//===- Differentiate.cpp - Reverse mode on straight-line code -------------===//

#include "bn/Differentiation/DifferentiableOpInterface.h"
#include "bn/Differentiation/Utils.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
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

namespace {
/// The reverse sweep over one block.
class ReverseMode {
public:
  explicit ReverseMode(Block *block)
      : block(block), b(block->getTerminator()) {}

  /// Values that depend on an argument which is differentiated by.
  void markVaried(ArrayRef<unsigned> wrt) {
    for (unsigned index : wrt)
      varied.insert(block->getArgument(index));
    for (Operation &op : block->without_terminator()) {
      auto depends = [&](Operation *nested) {
        return llvm::any_of(nested->getOperands(), [&](Value operand) {
          return varied.contains(operand);
        });
      };
      bool any = op.walk([&](Operation *nested) {
                     return depends(nested) ? WalkResult::interrupt()
                                            : WalkResult::advance();
                   }).wasInterrupted();
      for (Value result : op.getResults())
        if (any && isDifferentiable(result.getType()))
          varied.insert(result);
    }
  }

  void addGradient(Value value, Value gradient) {
    if (!gradient || !varied.contains(value))
      return;
    if (gradient.getType() != value.getType())
      gradient =
          tensor::CastOp::create(b, value.getLoc(), value.getType(), gradient);
    Value &sum = gradients[value];
    sum = sum ? arith::AddFOp::create(b, value.getLoc(), sum, gradient)
                    .getResult()
              : gradient;
  }

  /// The gradient of `value`, if anything depends on it; else null.
  Value getGradient(Value value) { return gradients.lookup(value); }

  LogicalResult run() {
    SmallVector<Operation *> ops;
    for (Operation &op : block->without_terminator())
      ops.push_back(&op);
    // Those that are added on the way are not visited.
    for (Operation *op : llvm::reverse(ops))
      if (failed(visit(op)))
        return failure();
    return success();
  }

private:
  LogicalResult visit(Operation *op) {
    SmallVector<Value> cotangents = llvm::map_to_vector(
        op->getResults(), [&](Value result) { return getGradient(result); });
    if (llvm::none_of(cotangents, [](Value value) { return bool(value); }))
      return success();
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    FailureOr<SmallVector<Value>> results = failure();
    if (differentiable)
      results = differentiable.buildVJP(b, cotangents);
    if (failed(results))
      return op->emitOpError("has no derivative, but a gradient needs it");
    for (auto [operand, gradient] : llvm::zip(op->getOperands(), *results))
      addGradient(operand, gradient);
    return success();
  }

  Block *block;
  OpBuilder b;
  llvm::DenseSet<Value> varied;
  DenseMap<Value, Value> gradients;
};
} // namespace

/// Replaces all calls in `function` by what they call, until none is left.
static LogicalResult inlineCalls(func::FuncOp function) {
  InlinerInterface interface(function.getContext());
  // Functions that the code of a call came through.
  DenseMap<Operation *, SmallVector<func::FuncOp>> origins;
  while (true) {
    func::CallOp call;
    function.walk([&](func::CallOp op) {
      call = op;
      return WalkResult::interrupt();
    });
    if (!call)
      return success();
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        call, call.getCalleeAttr());
    if (!callee || callee.isExternal())
      return call.emitOpError("calls '")
             << call.getCallee()
             << "', which is defined elsewhere and has no derivative";
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
      module.emitError("expected a function '") << entry << "', found none";
      return nullptr;
    }
    InFlightDiagnostic error = function.emitOpError();
    if (function.isExternal()) {
      error << "has no body to differentiate";
    } else if (!function.getBody().hasOneBlock()) {
      error << "expected straight-line code, but got "
            << function.getBody().getBlocks().size() << " blocks";
    } else if (Operation *existing = module.lookupSymbol(getName());
               existing && !findDeclaration()) {
      error << "cannot be differentiated: '" << getName() << "' exists already";
    } else if (auto bad = llvm::find_if_not(function.getResultTypes(),
                                            isDifferentiable);
               bad != function.getResultTypes().end()) {
      error
          << "expected results of floats or ranked tensors of floats, but got "
          << *bad;
    } else if (auto bad = llvm::find_if(
                   wrt,
                   [&](unsigned index) {
                     return index >= function.getNumArguments() ||
                            !isDifferentiable(
                                function.getArgumentTypes()[index]);
                   });
               bad != wrt.end()) {
      error << "cannot be differentiated by argument " << *bad << ": ";
      if (*bad >= function.getNumArguments())
        error << "it has " << function.getNumArguments() << " arguments";
      else
        error << "expected a float or a ranked tensor of floats, but got "
              << function.getArgumentTypes()[*bad];
    } else {
      error.abandon();
      return function;
    }
    return nullptr;
  }

  std::string getName() { return entry + "_vjp"; }

  /// The declaration of what is to be made, or null.
  func::FuncOp findDeclaration() {
    auto function = getOperation().lookupSymbol<func::FuncOp>(getName());
    return function && function.isExternal() ? function : nullptr;
  }

  LogicalResult differentiate(func::FuncOp original) {
    SmallVector<unsigned> chosen(wrt.begin(), wrt.end());
    if (chosen.empty())
      for (auto [index, type] : llvm::enumerate(original.getArgumentTypes()))
        if (isDifferentiable(type))
          chosen.push_back(index);

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
    if (!function.getBody().hasOneBlock()) {
      function.emitOpError("expected straight-line code, but calls branch");
      return fail();
    }

    Block *block = &function.getBody().front();
    auto terminator = cast<func::ReturnOp>(block->getTerminator());
    ReverseMode reverse(block);
    reverse.markVaried(chosen);
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
    for (unsigned index : chosen) {
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
