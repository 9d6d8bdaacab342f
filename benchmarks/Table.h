//===- Table.h - The times of a comparison ----------------------*- C++ -*-===//

#ifndef BN_BENCHMARKS_TABLE_H
#define BN_BENCHMARKS_TABLE_H

#include "Timing.h"
#include "llvm/Support/JSON.h"

namespace bench {

/// What is compared; the first contestant is what others are held against.
enum class Comparison {
  Peers,      ///< Ours; then other libraries, or ours in f32.
  Neighbours, ///< The op alone; then with its neighbour.
  Dynamic,    ///< Compiled for the sizes; then for any.
};

llvm::StringRef getName(Comparison comparison);

struct Row {
  Case c;
  /// The traffic that cannot be avoided, at the bandwidth of a triad: ms.
  double bound;
  /// Of each contestant, where it has a kernel.
  std::vector<std::optional<Times>> times;
};

/// The cases of one element type on one number of threads.
class Table {
public:
  Table(Comparison comparison, runtime::ElementType type, int threads,
        std::vector<std::string> contestants)
      : comparison(comparison), type(type), threads(threads),
        contestants(std::move(contestants)) {}

  void printHeader(llvm::raw_ostream &os) const;
  /// Adds a row and prints it.
  void add(Row row, llvm::raw_ostream &os);
  /// The means of the ratios, and what a missing number means.
  void printFooter(llvm::raw_ostream &os) const;
  void write(llvm::json::OStream &json) const;

private:
  using Ratios = std::vector<std::optional<double>>;
  struct Mean {
    /// All that the cases have in common: layout, pass and neighbour.
    std::string cases;
    Ratios ratios;
  };

  /// Of the other contestants' times to that of the first; last, of the
  /// bound's, or with neighbours of the traffic. None where a contestant has no
  /// time.
  Ratios getRatios(const Row &row) const;
  std::vector<std::string> getRatioNames() const;
  /// The geometric means of the ratios, for each kind of cases.
  std::vector<Mean> getMeans() const;
  void writeRatios(const Ratios &ratios, llvm::json::OStream &json) const;

  Comparison comparison;
  runtime::ElementType type;
  int threads;
  std::vector<std::string> contestants;
  std::vector<Row> rows;
};

} // namespace bench

#endif // BN_BENCHMARKS_TABLE_H
