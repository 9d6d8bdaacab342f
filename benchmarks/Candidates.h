//===- Candidates.h - What is compared --------------------------*- C++ -*-===//
//
// A candidate computes a case on arrays that it was made for: a kernel of this
// compiler, or one of its peers.
//
//===----------------------------------------------------------------------===//

#ifndef BN_BENCHMARKS_CANDIDATES_H
#define BN_BENCHMARKS_CANDIDATES_H

#include "Case.h"
#include "llvm/Support/Error.h"
#include <functional>

namespace bench {

struct Candidate {
  /// Computes the results once.
  std::function<llvm::Error()> run;
  /// Runs for a slot of kSlot milliseconds, the first kWarmUp of them to warm
  /// up, and appends the milliseconds that single runs took, at least one.
  std::function<llvm::Error(std::vector<double> &)> time;
};

inline constexpr double kSlot = 20, kWarmUp = 5;

/// A candidate whose runs are timed here.
Candidate makeCandidate(std::function<llvm::Error()> run);

/// Makes a candidate; none where it has no kernel for such a case.
using Maker = std::function<llvm::Expected<std::optional<Candidate>>(
    const Case &c, Arrays &arguments, Arrays &results)>;

/// The kernel that this compiler makes.
llvm::Expected<std::optional<Candidate>>
makeOurs(const Case &c, Arrays &arguments, Arrays &results);

/// The same, compiled before the sizes are known: all dims are dynamic.
llvm::Expected<std::optional<Candidate>>
makeDynamic(const Case &c, Arrays &arguments, Arrays &results);

/// What upstream passes alone make of the ops that bn ops consist of.
llvm::Expected<std::optional<Candidate>>
makeUpstream(const Case &c, Arrays &arguments, Arrays &results);

/// oneDNN's primitive on the same memory layout.
llvm::Expected<std::optional<Candidate>>
makeOneDNN(const Case &c, Arrays &arguments, Arrays &results);

/// Its version, like 2.6.3.
std::string getOneDNNVersion();

} // namespace bench

#endif // BN_BENCHMARKS_CANDIDATES_H
