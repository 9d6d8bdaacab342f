//===- Timing.cpp - Candidates in turns -----------------------------------===//

#include "Timing.h"
#include "bn/Runtime/Benchmark.h"
#include "bn/Runtime/Fill.h"
#include "llvm/Support/FormatVariadic.h"
#include <chrono>
#include <cmath>
#include <map>
#include <thread>

using namespace bench;
using runtime::Array;
using runtime::ElementType;
using runtime::getMilliseconds;

Candidate bench::makeCandidate(std::function<llvm::Error()> run) {
  auto time = [run](std::vector<double> &samples) -> llvm::Error {
    double begin = getMilliseconds(), end = begin;
    while (end < begin + kSlot) {
      double start = end;
      if (llvm::Error error = run())
        return error;
      end = getMilliseconds();
      if (start >= begin + kWarmUp || end >= begin + kSlot)
        samples.push_back(end - start);
    }
    return llvm::Error::success();
  };
  return {run, time};
}

/// The elements as f32.
static llvm::Expected<Array> widen(const Array &array) {
  auto wide = Array::allocate(runtime::ValueType::getArray(
      ElementType::Float32, array.getType().shape));
  if (wide)
    fillConverted(*wide, array);
  return wide;
}

/// The largest difference between two results, relative to the largest value.
static llvm::Expected<double> getDifference(const Arrays &left,
                                            const Arrays &right) {
  double worst = 0;
  for (auto [a, b] : llvm::zip(left, right)) {
    llvm::Expected<Array> wideA = widen(a), wideB = widen(b);
    if (!wideA || !wideB)
      return llvm::joinErrors(wideA.takeError(), wideB.takeError());
    auto *x = static_cast<float *>(wideA->getData());
    auto *y = static_cast<float *>(wideB->getData());
    double difference = 0, largest = 0;
    for (int64_t i = 0, e = a.getNumElements(); i < e; ++i) {
      double d = std::fabs(double(x[i]) - y[i]);
      difference = d > difference || std::isnan(d) ? d : difference;
      largest = std::fmax(largest, std::fabs(y[i]));
    }
    // Negated, so that a NaN is the worst of all.
    if (!(difference / largest <= worst))
      worst = difference / largest;
  }
  return worst;
}

/// Peers that sum in f32 are off by 1e-4 where many numbers are summed. Results
/// in bf16 have 8 bits.
static double getTolerance(ElementType type) {
  return type == ElementType::BFloat16 ? 0x1p-7 : 1e-3;
}

static Times summarize(std::vector<double> times) {
  llvm::sort(times);
  return {times[times.size() / 2], times.front(), times.back()};
}

namespace {
/// A contestant on a case, with its results.
struct Entry {
  const Contestant *contestant;
  Case c;
  Arrays results;
  Candidate candidate;
  std::vector<double> samples;
};
} // namespace

/// Both have run on the same case, but for the type.
static llvm::Error compare(const Entry &entry, const Entry &other) {
  llvm::Expected<double> difference =
      getDifference(other.results, entry.results);
  if (!difference)
    return difference.takeError();
  double tolerance =
      std::max(getTolerance(entry.c.type), getTolerance(other.c.type));
  if (*difference < tolerance)
    return llvm::Error::success();
  return llvm::createStringError(llvm::formatv(
      "{0} {1}: {2} differs from {3} by {4:e} of the largest value",
      entry.c.str(), getName(entry.c.type), entry.contestant->name,
      other.contestant->name, *difference));
}

static llvm::Error timeInTurns(std::vector<Entry> &entries, unsigned rounds) {
  for (unsigned round = 0; round < rounds; ++round)
    for (Entry &entry : entries) {
      if (!entry.contestant->isTimed)
        continue;
      // Threads of the one before stop spinning (see KMP_BLOCKTIME in main).
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (llvm::Error error = entry.candidate.time(entry.samples))
        return error;
    }
  return llvm::Error::success();
}

llvm::Expected<std::vector<std::optional<Times>>>
bench::timeCase(const Case &c, llvm::ArrayRef<Contestant> contestants,
                unsigned rounds) {
  std::map<ElementType, Arrays> arguments;
  llvm::Expected<Arrays> own = makeArguments(c);
  if (!own)
    return own.takeError();
  arguments[c.type] = std::move(*own);

  // Candidates keep references to results.
  std::vector<Entry> entries;
  entries.reserve(contestants.size());
  for (const Contestant &contestant : contestants) {
    Case adapted = contestant.adapt(c);
    if (arguments[adapted.type].empty()) {
      Case retyped = c;
      retyped.type = adapted.type;
      llvm::Expected<Arrays> converted =
          convertArguments(arguments[c.type], retyped);
      if (!converted)
        return converted.takeError();
      arguments[adapted.type] = std::move(*converted);
    }
    llvm::Expected<Arrays> results = makeResults(adapted);
    if (!results)
      return results.takeError();
    Entry &entry = entries.emplace_back(
        Entry{&contestant, adapted, std::move(*results), {}, {}});
    auto candidate =
        contestant.make(adapted, arguments[adapted.type], entry.results);
    if (!candidate)
      return candidate.takeError();
    if (!*candidate) {
      entries.pop_back();
      continue;
    }
    entry.candidate = std::move(**candidate);
    if (llvm::Error error = entry.candidate.run())
      return error;
    const Entry &first = *llvm::find_if(entries, [&](const Entry &other) {
      return other.c.neighbour == adapted.neighbour;
    });
    if (&first != &entry)
      if (llvm::Error error = compare(entry, first))
        return error;
  }
  if (llvm::Error error = timeInTurns(entries, rounds))
    return error;

  std::vector<std::optional<Times>> times;
  for (const Contestant &contestant : contestants) {
    if (!contestant.isTimed)
      continue;
    auto entry = llvm::find_if(entries, [&](const Entry &entry) {
      return entry.contestant == &contestant;
    });
    times.push_back(entry == entries.end()
                        ? std::nullopt
                        : std::optional(summarize(std::move(entry->samples))));
  }
  return times;
}
