//===- Vectorize.cpp - Vector loops from affine loops ---------------------===//
//
// A loop becomes a loop over whole vectors, followed by the original for the
// iterations that are left over. There are two kinds:
//
//   parallel   no iteration needs another; loops inside it then run on vectors
//   reduction  an innermost loop of sums that may be reassociated. The vectors
//              of partial sums are carried through the loops around it and
//              added up once, at the end of the nest:
//
//   %sum = affine.for %n iter_args(%s = %init) {
//     affine.for %i = 0 to 100 iter_args(%t = %s) { %t + load [%n, %i] } }
// becomes
//   %v, %r = affine.for %n iter_args(%u = zeros, %s = %init) {
//     affine.for %i = 0 to 96 step 16 iter_args(%p = %u) { %p + vector_load }
//     affine.for %i = 96 to 100 iter_args(%t = %s) { %t + load } }
//   %sum = %r + vector.reduction <add>, %v
//
//===----------------------------------------------------------------------===//

#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/Analysis/AffineAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::bn {
#define GEN_PASS_DEF_VECTORIZEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::affine;

//===----------------------------------------------------------------------===//
// What can become a vector loop
//===----------------------------------------------------------------------===//

namespace {
enum class Access { Invariant, Contiguous, Other };
} // namespace

/// How the affine load or store `op` moves through memory along `iv`.
template <typename OpTy> static Access getAccess(OpTy op, Value iv) {
  AffineMap map = op.getAffineMap();
  SmallVector<Value> operands(op.getMapOperands());
  fullyComposeAffineMapAndOperands(&map, &operands);
  auto operand = llvm::find(operands, iv);
  if (operand == operands.end())
    return Access::Invariant;
  unsigned dim = operand - operands.begin();
  if (map.getNumResults() == 0 || dim >= map.getNumDims())
    return Access::Other;
  // In memory each i1 has a byte; a vector of them has bits.
  if (op.getMemRefType().getElementType().isInteger(1))
    return Access::Other;
  for (AffineExpr result : map.getResults().drop_back())
    if (result.isFunctionOfDim(dim))
      return Access::Other;

  int64_t offset;
  SmallVector<int64_t> strides;
  if (failed(op.getMemRefType().getStridesAndOffset(strides, offset)) ||
      strides.back() != 1)
    return Access::Other;
  AffineExpr last = map.getResults().back();
  AffineExpr d = getAffineDimExpr(dim, op.getContext());
  AffineExpr step = simplifyAffineExpr(last.replace(d, d + 1) - last,
                                       map.getNumDims(), map.getNumSymbols());
  return step == getAffineConstantExpr(1, op.getContext()) ? Access::Contiguous
                                                           : Access::Other;
}

/// Whether every op inside `loop` has a vector form along its iterations.
static bool hasVectorForm(AffineForOp loop) {
  Value iv = loop.getInductionVar();
  if (!llvm::all_of(iv.getUsers(), llvm::IsaPred<AffineLoadOp, AffineStoreOp>))
    return false;
  auto isElement = [](Type type) { return type.isIntOrIndexOrFloat(); };
  auto walk = loop.getBody()->walk([&](Operation *op) {
    bool supported =
        TypeSwitch<Operation *, bool>(op)
            .Case([&](AffineLoadOp load) {
              return getAccess(load, iv) != Access::Other;
            })
            .Case([&](AffineStoreOp store) {
              return store.getValue() != iv &&
                     getAccess(store, iv) == Access::Contiguous;
            })
            .Case<AffineForOp, AffineYieldOp>([](Operation *) { return true; })
            .Default([](Operation *op) {
              return op->hasTrait<OpTrait::ConstantLike>() ||
                     (OpTrait::hasElementwiseMappableTraits(op) && isPure(op));
            });
    bool scalar =
        llvm::all_of(op->getOperandTypes(),
                     [&](Type type) {
                       return isElement(type) || isa<MemRefType>(type);
                     }) &&
        llvm::all_of(op->getResultTypes(), isElement);
    return supported && scalar ? WalkResult::advance()
                               : WalkResult::interrupt();
  });
  return !walk.wasInterrupted();
}

/// The buffer that `memref` is a view of.
static Value getBuffer(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

/// Whether the dependence analysis, which takes every memref for a buffer of
/// its own, is right to do so for what `loop` stores to.
static bool hasDistinctBuffers(AffineForOp loop) {
  llvm::MapVector<Value, Value> views;
  bool distinct = true, stores = false;
  loop.walk([&](Operation *op) {
    Value memref;
    if (auto load = dyn_cast<AffineReadOpInterface>(op))
      memref = load.getMemRef();
    else if (auto store = dyn_cast<AffineWriteOpInterface>(op))
      memref = store.getMemRef(), stores = true;
    if (!memref)
      return;
    Value buffer = getBuffer(memref);
    Operation *def = buffer.getDefiningOp();
    bool known =
        def ? hasSingleEffect<MemoryEffects::Allocate>(def, buffer)
            : isa<FunctionOpInterface>(buffer.getParentBlock()->getParentOp());
    auto [entry, isNew] = views.insert({buffer, memref});
    distinct &= known && (isNew || entry->second == memref);
  });
  return distinct || !stores;
}

/// The sums that `loop` carries: each `%sum + term`, marked `reassoc`. Empty if
/// the loop carries anything else.
static SmallVector<arith::AddFOp> matchSums(AffineForOp loop) {
  SmallVector<arith::AddFOp> sums;
  for (auto [argument, yielded] :
       llvm::zip(loop.getRegionIterArgs(), loop.getYieldedValues())) {
    auto sum = yielded.getDefiningOp<arith::AddFOp>();
    if (!sum || !argument.hasOneUse() || *argument.user_begin() != sum ||
        !bitEnumContainsAll(sum.getFastmath(), arith::FastMathFlags::reassoc))
      return {};
    sums.push_back(sum);
  }
  return sums;
}

static bool isVectorizable(AffineForOp loop) {
  bool innermost = loop.getBody()->getOps<AffineForOp>().empty();
  bool parallel = loop.getNumIterOperands() == 0;
  return loop.getStepAsInt() == 1 &&
         loop.getLowerBoundMap().getNumResults() == 1 &&
         loop.getUpperBoundMap().getNumResults() == 1 &&
         (parallel || (innermost && !matchSums(loop).empty())) &&
         hasVectorForm(loop) && hasDistinctBuffers(loop) &&
         isLoopMemoryParallel(loop);
}

static int64_t getLength(AffineForOp loop) {
  unsigned bits = 8;
  loop.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (isa<FloatType>(type))
        bits = std::max(bits, type.getIntOrFloatBitWidth());
  });
  std::optional<uint64_t> tripCount = getConstantTripCount(loop);
  return bn::getVectorLength(
      tripCount ? int64_t(*tripCount) : ShapedType::kDynamic, bits);
}

//===----------------------------------------------------------------------===//
// Making vector loops
//===----------------------------------------------------------------------===//

static SmallVector<Value> lookup(const IRMapping &mapping, ValueRange values) {
  return llvm::map_to_vector(
      values, [&](Value value) { return mapping.lookupOrDefault(value); });
}

namespace {
/// Emits the vector form of `loop`'s body.
class Vectorizer {
public:
  Vectorizer(RewriterBase &b, AffineForOp loop, int64_t length)
      : b(b), loop(loop), length(length) {}

  /// The loop over whole vectors, starting from `inits`.
  AffineForOp createMain(ValueRange inits) {
    auto [operands, end] = getEndOfMain();
    auto main = AffineForOp::create(
        b, loop.getLoc(), lookup(scalars, loop.getLowerBoundOperands()),
        loop.getLowerBoundMap(), operands, end, length, inits);
    uniform = scalars;
    emitBody(loop, main);
    return main;
  }

  /// The loop over the iterations that are left over, or null if there are
  /// none.
  AffineForOp createTail() {
    std::optional<uint64_t> tripCount = getConstantTripCount(loop);
    if (tripCount && *tripCount % length == 0)
      return nullptr;
    auto tail = cast<AffineForOp>(b.clone(*loop, scalars));
    auto [operands, end] = getEndOfMain();
    tail.setLowerBound(operands, end);
    return tail;
  }

  VectorType getType(Type element) { return VectorType::get(length, element); }

  /// What the values around `loop` are called around the new loops.
  IRMapping scalars;

private:
  /// lower + (upper - lower) floordiv length * length
  std::pair<SmallVector<Value>, AffineMap> getEndOfMain() {
    AffineMap lower = loop.getLowerBoundMap(), upper = loop.getUpperBoundMap();
    unsigned dims = lower.getNumDims(), symbols = lower.getNumSymbols();
    ValueRange lowerOperands = loop.getLowerBoundOperands();
    ValueRange upperOperands = loop.getUpperBoundOperands();
    SmallVector<Value> operands(lowerOperands.take_front(dims));
    llvm::append_range(operands, upperOperands.take_front(upper.getNumDims()));
    llvm::append_range(operands, lowerOperands.drop_front(dims));
    llvm::append_range(operands, upperOperands.drop_front(upper.getNumDims()));
    AffineExpr first = lower.getResult(0);
    AffineExpr last = upper.shiftDims(dims).shiftSymbols(symbols).getResult(0);
    AffineMap end = AffineMap::get(
        dims + upper.getNumDims(), symbols + upper.getNumSymbols(),
        first + (last - first).floorDiv(length) * length);
    canonicalizeMapAndOperands(&end, &operands);
    return {lookup(scalars, operands), end};
  }

  /// The vector that stands for `value`; the same in all lanes if `value` does
  /// not depend on the iteration.
  Value getVector(Value value) {
    if (Value vector = vectors.lookup(value))
      return vector;
    return vector::BroadcastOp::create(b, value.getLoc(),
                                       getType(value.getType()),
                                       uniform.lookupOrDefault(value));
  }

  SmallVector<Value> getVectors(ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value value) { return getVector(value); });
  }

  void emitBody(AffineForOp from, AffineForOp to) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(to.getBody());
    uniform.map(from.getInductionVar(), to.getInductionVar());
    for (auto [old, vector] :
         llvm::zip(from.getRegionIterArgs(), to.getRegionIterArgs()))
      vectors[old] = vector;
    for (Operation &op : from.getBody()->without_terminator())
      emit(&op);
    if (from.getNumIterOperands())
      AffineYieldOp::create(b, from.getLoc(),
                            getVectors(from.getYieldedValues()));
  }

  void emit(Operation *op) {
    if (auto load = dyn_cast<AffineLoadOp>(op);
        load && getAccess(load, loop.getInductionVar()) == Access::Contiguous) {
      vectors[load] = AffineVectorLoadOp::create(
          b, load.getLoc(), getType(load.getType()), load.getMemRef(),
          load.getAffineMap(), lookup(uniform, load.getMapOperands()));
    } else if (auto store = dyn_cast<AffineStoreOp>(op)) {
      AffineVectorStoreOp::create(
          b, store.getLoc(), getVector(store.getValue()), store.getMemRef(),
          store.getAffineMap(), lookup(uniform, store.getMapOperands()));
    } else if (auto inner = dyn_cast<AffineForOp>(op)) {
      auto vectorized = AffineForOp::create(
          b, inner.getLoc(), lookup(uniform, inner.getLowerBoundOperands()),
          inner.getLowerBoundMap(),
          lookup(uniform, inner.getUpperBoundOperands()),
          inner.getUpperBoundMap(), inner.getStepAsInt(),
          getVectors(inner.getInits()));
      emitBody(inner, vectorized);
      for (auto [old, vector] :
           llvm::zip(inner.getResults(), vectorized.getResults()))
        vectors[old] = vector;
    } else if (llvm::none_of(op->getOperands(), [&](Value operand) {
                 return vectors.contains(operand);
               })) {
      b.clone(*op, uniform);
    } else {
      Operation *vectorized = op->clone();
      vectorized->setOperands(getVectors(op->getOperands()));
      for (auto [old, result] :
           llvm::zip(op->getResults(), vectorized->getResults())) {
        result.setType(getType(old.getType()));
        vectors[old] = result;
      }
      b.insert(vectorized);
    }
  }

  RewriterBase &b;
  AffineForOp loop;
  int64_t length;
  /// What the values of the body are called in the vector loop: those that are
  /// the same in every lane, and the others.
  IRMapping uniform;
  DenseMap<Value, Value> vectors;
};
} // namespace

static void vectorizeParallel(RewriterBase &b, AffineForOp loop) {
  Vectorizer vectorizer(b, loop, getLength(loop));
  b.setInsertionPoint(loop);
  vectorizer.createMain({});
  vectorizer.createTail();
  b.eraseOp(loop);
}

/// The loops around `loop` that only pass its sums on, outermost first.
static SmallVector<AffineForOp> getNestOfSums(AffineForOp loop) {
  SmallVector<AffineForOp> nest{loop};
  while (auto outer = dyn_cast<AffineForOp>(nest.back()->getParentOp())) {
    AffineForOp inner = nest.back();
    if (!llvm::hasNItems(*outer.getBody(), 2) ||
        !llvm::equal(inner.getInits(), outer.getRegionIterArgs()) ||
        !llvm::equal(inner.getResults(), outer.getYieldedValues()))
      break;
    nest.push_back(outer);
  }
  std::reverse(nest.begin(), nest.end());
  return nest;
}

static void vectorizeReduction(RewriterBase &b, AffineForOp loop) {
  SmallVector<AffineForOp> nest = getNestOfSums(loop);
  AffineForOp root = nest.front();
  Location loc = loop.getLoc();
  Vectorizer vectorizer(b, loop, getLength(loop));
  IRMapping &scalars = vectorizer.scalars;

  // The nest again, with a vector in front of each sum.
  b.setInsertionPoint(root);
  SmallVector<Value> vectors;
  for (Value init : root.getInits())
    vectors.push_back(arith::ConstantOp::create(
        b, loc, b.getZeroAttr(vectorizer.getType(init.getType()))));
  SmallVector<Value> sums(root.getInits());
  unsigned count = sums.size();
  AffineForOp newRoot;
  for (AffineForOp outer : ArrayRef(nest).drop_back()) {
    SmallVector<Value> inits =
        llvm::to_vector(llvm::concat<Value>(vectors, sums));
    auto copy = AffineForOp::create(
        b, outer.getLoc(), lookup(scalars, outer.getLowerBoundOperands()),
        outer.getLowerBoundMap(),
        lookup(scalars, outer.getUpperBoundOperands()),
        outer.getUpperBoundMap(), outer.getStepAsInt(), inits);
    if (newRoot)
      AffineYieldOp::create(b, loc, copy.getResults());
    else
      newRoot = copy;
    scalars.map(outer.getInductionVar(), copy.getInductionVar());
    scalars.map(outer.getRegionIterArgs(),
                copy.getRegionIterArgs().take_back(count));
    vectors =
        llvm::to_vector_of<Value>(copy.getRegionIterArgs().take_front(count));
    sums = llvm::to_vector_of<Value>(copy.getRegionIterArgs().take_back(count));
    b.setInsertionPointToStart(copy.getBody());
  }
  vectors = vectorizer.createMain(vectors).getResults();
  if (AffineForOp tail = vectorizer.createTail())
    sums = tail.getResults();
  if (newRoot) {
    AffineYieldOp::create(b, loc,
                          llvm::to_vector(llvm::concat<Value>(vectors, sums)));
    b.setInsertionPoint(root);
    vectors = newRoot.getResults().take_front(count);
    sums = newRoot.getResults().take_back(count);
  }

  SmallVector<Value> results;
  for (auto [vector, sum] : llvm::zip(vectors, sums)) {
    Value lanes =
        vector::ReductionOp::create(b, loc, vector::CombiningKind::ADD, vector,
                                    arith::FastMathFlags::reassoc);
    results.push_back(arith::AddFOp::create(b, loc, sum, lanes));
  }
  b.replaceOp(root, results);
}

namespace {
struct Vectorize : bn::impl::VectorizePassBase<Vectorize> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    // Inner loops first: they are what memory is contiguous along.
    SmallVector<AffineForOp> loops;
    getOperation()->walk([&](AffineForOp loop) {
      bool holdsVectors = !loops.empty() && loop->isAncestor(loops.back());
      if (!holdsVectors && isVectorizable(loop) && getLength(loop) > 1)
        loops.push_back(loop);
    });
    for (AffineForOp loop : loops) {
      if (loop.getNumIterOperands())
        vectorizeReduction(rewriter, loop);
      else
        vectorizeParallel(rewriter, loop);
    }
    // The order of every sum is settled.
    getOperation()->walk([](arith::AddFOp sum) {
      sum.setFastmath(
          bitEnumClear(sum.getFastmath(), arith::FastMathFlags::reassoc));
    });
  }
};
} // namespace
