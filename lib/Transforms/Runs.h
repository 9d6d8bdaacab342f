//===- Runs.h - Loops over runs of adjacent elements ------------*- C++ -*-===//

#ifndef BN_LIB_TRANSFORMS_RUNS_H
#define BN_LIB_TRANSFORMS_RUNS_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"

namespace mlir::bn {

/// A sum of each run's element at the same place.
struct RunSum {
  affine::AffineLoadOp load;
  affine::AffineStoreOp store;
};

/// A loop over runs, around one over the elements of each.
struct RunNest {
  affine::AffineForOp runs, elements;
  /// The outermost of the loops around nothing else; it may be `runs` itself.
  affine::AffineForOp rows;
  /// How many runs make one row: all of them, each of a channel, or some of
  /// them, with the same channels.
  int64_t runsPerRow = 0;
  bool hasAllRuns = false;

  /// What is the same in all rows: ops, and those of their results that others
  /// use.
  SmallVector<Operation *> shared;
  SmallVector<Value> values;
  SmallVector<RunSum> sums;
  /// The other ops, and the indices of those that access runs, in memrefs with
  /// the two innermost dims as one.
  SmallVector<Operation *> others;
  DenseMap<Operation *, AffineMap> maps;

  RunNest(affine::AffineForOp runs, affine::AffineForOp elements,
          affine::AffineForOp rows)
      : runs(runs), elements(elements), rows(rows) {}

  int64_t getRunLength() { return elements.getConstantUpperBound(); }
  int64_t getRowLength() { return runsPerRow * getRunLength(); }
};

/// The nest whose loop over runs is `loop`, if its runs are better off merged.
std::optional<RunNest> matchShortRuns(affine::AffineForOp loop);

} // namespace mlir::bn

#endif // BN_LIB_TRANSFORMS_RUNS_H
