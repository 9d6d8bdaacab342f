//===- Timing.h - Candidates in turns ---------------------------*- C++ -*-===//

#ifndef BN_BENCHMARKS_TIMING_H
#define BN_BENCHMARKS_TIMING_H

#include "Candidates.h"

namespace bench {

/// Milliseconds.
struct Times {
  double median, min, max;
};

/// One of those that are compared, for all cases of a table.
struct Contestant {
  std::string name;
  Maker make;
  /// What it computes instead of the case: in another type, or alone.
  std::function<Case(Case)> adapt = [](Case c) { return c; };
  /// Else it only checks others' numbers.
  bool isTimed = true;
};

/// Times the contestants on a case, the times in their order; no value where
/// one has no kernel for it. All must compute the same numbers first. They are
/// then timed in turns, round by round, so that what else the machine does
/// meets all of them alike.
llvm::Expected<std::vector<std::optional<Times>>>
timeCase(const Case &c, llvm::ArrayRef<Contestant> contestants,
         unsigned rounds);

/// Bytes per millisecond of a triad, a = b + s * c, with non-temporal stores on
/// `threads` threads: what memory allows a kernel.
llvm::Expected<double> measureTriad(int threads);

} // namespace bench

#endif // BN_BENCHMARKS_TIMING_H
