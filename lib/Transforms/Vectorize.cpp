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

#include "Streams.h"
#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"
#include "mlir/Dialect/Affine/Analysis/AffineAnalysis.h"
#include "mlir/Dialect/Affine/Analysis/LoopAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
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
  // In memory an i1 has a byte, an i24 four; vectors of them are packed.
  if (Type element = op.getMemRefType().getElementType();
      element.isIntOrFloat() &&
      (element.getIntOrFloatBitWidth() < 8 ||
       !llvm::isPowerOf2_32(element.getIntOrFloatBitWidth())))
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

static bool isVectorizable(AffineForOp loop) {
  bool innermost = loop.getBody()->getOps<AffineForOp>().empty();
  bool parallel = loop.getNumIterOperands() == 0;
  return loop.getStepAsInt() == 1 &&
         loop.getLowerBoundMap().getNumResults() == 1 &&
         loop.getUpperBoundMap().getNumResults() == 1 &&
         (parallel ||
          (innermost && bn::areUnorderedSums(loop.getYieldedValues(),
                                             loop.getRegionIterArgs()))) &&
         hasVectorForm(loop) && bn::hasDistinctBuffers(loop) &&
         isLoopMemoryParallel(loop);
}

/// The bits of the widest floats in `loop`.
static unsigned getWidth(AffineForOp loop) {
  unsigned bits = 8;
  loop.walk([&](Operation *op) {
    for (Type type :
         llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()),
                                  SmallVector<Type>(op->getResultTypes())))
      if (isa<FloatType>(type))
        bits = std::max(bits, type.getIntOrFloatBitWidth());
  });
  return bits;
}

/// The lengths of vectors that `loop` runs on, one after the other.
static SmallVector<int64_t> getLengths(AffineForOp loop) {
  std::optional<uint64_t> tripCount = getConstantTripCount(loop);
  return bn::getVectorLengths(
      tripCount ? int64_t(*tripCount) : ShapedType::kDynamic, getWidth(loop));
}

//===----------------------------------------------------------------------===//
// Making vector loops
//===----------------------------------------------------------------------===//

namespace {
/// Emits the vector form of `loop`'s body.
class Vectorizer {
public:
  /// Past the caches with `streams`, whose stores must be aligned.
  Vectorizer(RewriterBase &b, AffineForOp loop, bool streams = false)
      : b(b), loop(loop), streams(streams),
        startOperands(loop.getLowerBoundOperands()),
        start(loop.getLowerBoundMap()) {}

  /// The loop over the whole vectors of `newLength` elements in what previous
  /// calls have left, starting from `inits`.
  AffineForOp createMain(int64_t newLength, ValueRange inits) {
    length = newLength;
    auto [operands, end] = getEndOfMain();
    auto main = AffineForOp::create(
        b, loop.getLoc(), bn::lookup(scalars, startOperands), start,
        bn::lookup(scalars, operands), end, length, inits);
    uniform = scalars;
    vectors.clear();
    emitBody(loop, main);
    startOperands = operands;
    start = end;
    return main;
  }

  /// The loop over the iterations that are left over, or null if there are
  /// none.
  AffineForOp createTail() {
    std::optional<uint64_t> tripCount = getConstantTripCount(loop);
    if (tripCount && *tripCount % length == 0)
      return nullptr;
    auto tail = cast<AffineForOp>(b.clone(*loop, scalars));
    tail.setLowerBound(bn::lookup(scalars, startOperands), start);
    return tail;
  }

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
    return {operands, end};
  }

  VectorType getType(Type element) { return VectorType::get(length, element); }

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
          load.getAffineMap(), bn::lookup(uniform, load.getMapOperands()));
    } else if (auto store = dyn_cast<AffineStoreOp>(op); store && streams) {
      AffineMap map = store.getAffineMap();
      SmallVector<Value> operands = bn::lookup(uniform, store.getMapOperands());
      SmallVector<Value> indices;
      for (unsigned i = 0; i < map.getNumResults(); ++i)
        indices.push_back(AffineApplyOp::create(b, store.getLoc(),
                                                map.getSubMap({i}), operands));
      vector::StoreOp::create(b, store.getLoc(), getVector(store.getValue()),
                              store.getMemRef(), indices, /*nontemporal=*/true,
                              bn::getAlignment(store, loop, length));
    } else if (auto store = dyn_cast<AffineStoreOp>(op)) {
      AffineVectorStoreOp::create(
          b, store.getLoc(), getVector(store.getValue()), store.getMemRef(),
          store.getAffineMap(), bn::lookup(uniform, store.getMapOperands()));
    } else if (auto inner = dyn_cast<AffineForOp>(op)) {
      auto vectorized = AffineForOp::create(
          b, inner.getLoc(), bn::lookup(uniform, inner.getLowerBoundOperands()),
          inner.getLowerBoundMap(),
          bn::lookup(uniform, inner.getUpperBoundOperands()),
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
  bool streams;
  int64_t length = 1;
  /// The first iteration that is left.
  SmallVector<Value> startOperands;
  AffineMap start;
  /// What the values of the body are called in the vector loop: those that are
  /// the same in every lane, and the others.
  IRMapping uniform;
  DenseMap<Value, Value> vectors;
};
} // namespace

static void emitLoops(RewriterBase &b, AffineForOp loop,
                      ArrayRef<int64_t> lengths, bool streams,
                      bool hasTail = true) {
  Vectorizer vectorizer(b, loop, streams);
  for (int64_t length : lengths)
    vectorizer.createMain(length, {});
  if (hasTail)
    vectorizer.createTail();
}

/// Past the caches, but for what comes before and after whole cache lines.
static void emitLongRows(RewriterBase &b, AffineForOp loop,
                         AffineStoreOp store) {
  int64_t line = bn::getNumPerLine(store.getMemRefType().getElementType());
  SmallVector<int64_t> edge = bn::getVectorLengths(line - 1, getWidth(loop));
  auto [first, end] = bn::getWholeLines(b, loop, store);
  auto emitPart = [&](Value from, Value to, bool isWhole) {
    auto part = cast<AffineForOp>(b.clone(*loop));
    if (from)
      part.setLowerBound(from, b.getMultiDimIdentityMap(1));
    if (to)
      part.setUpperBound(to, b.getMultiDimIdentityMap(1));
    // Few loops: they are many already.
    emitLoops(b, part, isWhole ? ArrayRef(line) : ArrayRef(edge).take_back(),
              /*streams=*/isWhole, /*hasTail=*/!isWhole);
    b.eraseOp(part);
  };
  emitPart({}, first, /*isWhole=*/false);
  emitPart(first, end, /*isWhole=*/true);
  emitPart(end, {}, /*isWhole=*/false);
}

static void vectorizeParallel(RewriterBase &b, AffineForOp loop,
                              uint64_t cacheBytes) {
  SmallVector<int64_t> lengths = getLengths(loop);
  // Conditions come before all forms of the loop.
  Value isWorthStreaming, areLongRows;
  auto results = bn::getStreamedResults(loop, lengths.back(), cacheBytes);
  if (!results.empty())
    isWorthStreaming = bn::isWorthStreaming(b, loop, results, cacheBytes);
  AffineStoreOp store = bn::getStoreOfLongRows(loop, cacheBytes);
  if (store)
    areLongRows = bn::areLongRows(b, loop, store, cacheBytes);

  b.setInsertionPoint(loop);
  auto emitIf = [&](Value condition, llvm::function_ref<void()> emit) {
    auto choice = scf::IfOp::create(b, loop.getLoc(), condition,
                                    /*withElseRegion=*/true);
    b.setInsertionPointToStart(choice.thenBlock());
    emit();
    b.setInsertionPointToStart(choice.elseBlock());
  };
  if (isWorthStreaming)
    emitIf(isWorthStreaming,
           [&] { emitLoops(b, loop, lengths, /*streams=*/true); });
  if (areLongRows)
    emitIf(areLongRows, [&] { emitLongRows(b, loop, store); });
  if (store && !areLongRows)
    emitLongRows(b, loop, store);
  else
    emitLoops(b, loop, lengths, /*streams=*/false);
  b.eraseOp(loop);
}

static void vectorizeReduction(RewriterBase &b, AffineForOp loop) {
  SmallVector<AffineForOp> nest = bn::getNestOfSums(loop);
  AffineForOp root = nest.front();
  Location loc = loop.getLoc();
  Vectorizer vectorizer(b, loop);
  IRMapping &scalars = vectorizer.scalars;
  SmallVector<int64_t> lengths = getLengths(loop);

  // The nest again, with the vectors in front of the sums.
  b.setInsertionPoint(root);
  SmallVector<Value> carried;
  for (int64_t length : lengths)
    for (Value init : root.getInits())
      carried.push_back(arith::ConstantOp::create(
          b, loc, b.getZeroAttr(VectorType::get(length, init.getType()))));
  llvm::append_range(carried, root.getInits());
  unsigned count = root.getInits().size();
  AffineForOp newRoot;
  for (AffineForOp outer : ArrayRef(nest).drop_back()) {
    auto copy = AffineForOp::create(
        b, outer.getLoc(), bn::lookup(scalars, outer.getLowerBoundOperands()),
        outer.getLowerBoundMap(),
        bn::lookup(scalars, outer.getUpperBoundOperands()),
        outer.getUpperBoundMap(), outer.getStepAsInt(), carried);
    if (newRoot)
      AffineYieldOp::create(b, loc, copy.getResults());
    else
      newRoot = copy;
    scalars.map(outer.getInductionVar(), copy.getInductionVar());
    scalars.map(outer.getRegionIterArgs(),
                copy.getRegionIterArgs().take_back(count));
    carried = llvm::to_vector_of<Value>(copy.getRegionIterArgs());
    b.setInsertionPointToStart(copy.getBody());
  }
  auto replace = [&](unsigned first, ValueRange values) {
    llvm::copy(values, carried.begin() + first);
  };
  for (auto [i, length] : llvm::enumerate(lengths)) {
    ValueRange inits = ValueRange(carried).slice(i * count, count);
    replace(i * count, vectorizer.createMain(length, inits).getResults());
  }
  if (AffineForOp tail = vectorizer.createTail())
    replace(lengths.size() * count, tail.getResults());
  if (newRoot) {
    AffineYieldOp::create(b, loc, carried);
    b.setInsertionPoint(root);
    carried = llvm::to_vector_of<Value>(newRoot.getResults());
  }

  SmallVector<Value> results(ValueRange(carried).take_back(count));
  for (size_t i = 0; i < lengths.size() * count; ++i) {
    Value lanes =
        vector::ReductionOp::create(b, loc, vector::CombiningKind::ADD,
                                    carried[i], arith::FastMathFlags::reassoc);
    Value &result = results[i % count];
    result = arith::AddFOp::create(b, loc, result, lanes);
  }
  b.replaceOp(root, results);
}

namespace {
struct Vectorize : bn::impl::VectorizePassBase<Vectorize> {
  using VectorizePassBase::VectorizePassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    uint64_t bytes = bn::getCacheBytes(cacheBytes);
    // Inner loops first: they are what memory is contiguous along.
    SmallVector<AffineForOp> loops;
    getOperation()->walk([&](AffineForOp loop) {
      bool holdsVectors = !loops.empty() && loop->isAncestor(loops.back());
      if (!holdsVectors && isVectorizable(loop) && !getLengths(loop).empty())
        loops.push_back(loop);
    });
    for (AffineForOp loop : loops) {
      if (loop.getNumIterOperands())
        vectorizeReduction(rewriter, loop);
      else
        vectorizeParallel(rewriter, loop, bytes);
    }
    // The order of every sum is settled.
    getOperation()->walk([](arith::AddFOp sum) {
      sum.setFastmath(
          bitEnumClear(sum.getFastmath(), arith::FastMathFlags::reassoc));
    });
  }
};
} // namespace
