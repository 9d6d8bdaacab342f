//===- Table.cpp - The times of a comparison ------------------------------===//

#include "Table.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace bench;

llvm::StringRef bench::getName(Comparison comparison) {
  switch (comparison) {
  case Comparison::Peers:
    return "peers";
  case Comparison::Neighbours:
    return "neighbours";
  case Comparison::Dynamic:
    return "dynamic";
  }
  llvm_unreachable("unknown comparison");
}

std::optional<double> Table::getRatio(const Row &row, size_t i) const {
  double first = row.times.front()->median;
  if (i > 0)
    return row.times[i] ? std::optional(row.times[i]->median / first)
                        : std::nullopt;
  if (comparison != Comparison::Neighbours)
    return row.bound / first;
  Case plain = row.c;
  plain.neighbour = Neighbour::None;
  return double(row.c.getNumBytes()) / plain.getNumBytes();
}

std::string Table::getRatioName(size_t i) const {
  if (i == 0 && comparison == Comparison::Neighbours)
    return "traffic";
  return (i == 0 ? "bound" : contestants[i]) + "/" + contestants.front();
}

void Table::printHeader(llvm::raw_ostream &os) const {
  os << llvm::formatv("\n{0}, {1}, {2} thread{3}\n", getName(comparison),
                      getName(type), threads, threads == 1 ? "" : "s");
  os << llvm::formatv("{0,-32} {1,8}", "milliseconds", "bound");
  for (const std::string &name : contestants)
    os << llvm::formatv(" {0,8} {1,15}", name, "[min, max]");
  // The bound's ratio comes last.
  for (size_t i = 1; i <= contestants.size(); ++i)
    os << llvm::formatv(" {0,14}", getRatioName(i % contestants.size()));
  os << "\n";
}

static std::string formatRatio(std::optional<double> ratio) {
  return ratio ? llvm::formatv("{0:f2}", *ratio).str() : "-";
}

void Table::add(Row row, llvm::raw_ostream &os) {
  os << llvm::formatv("{0,-32} {1,8:f2}", row.c.str(), row.bound);
  for (const std::optional<Times> &times : row.times)
    if (times)
      os << llvm::formatv(
          " {0,8:f2} {1,15}", times->median,
          llvm::formatv("[{0:f2}, {1:f2}]", times->min, times->max).str());
    else
      os << llvm::formatv(" {0,8} {0,15}", "-");
  for (size_t i = 1; i <= contestants.size(); ++i)
    os << llvm::formatv(" {0,14}",
                        formatRatio(getRatio(row, i % contestants.size())));
  os << "\n";
  os.flush();
  rows.push_back(std::move(row));
}

void Table::printFooter(llvm::raw_ostream &os) const {
  llvm::MapVector<llvm::StringRef, std::vector<const Row *>> groups;
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const Row &row : rows) {
    // All but the shape.
    names.push_back(llvm::StringRef(row.c.str()).split(' ').second.str());
    groups[names.back()].push_back(&row);
  }
  for (auto &[name, members] : groups) {
    os << llvm::formatv("geometric mean {0,-17}", name);
    for (size_t i = 1; i <= contestants.size(); ++i) {
      size_t contestant = i % contestants.size();
      double sum = 0;
      size_t count = 0;
      for (const Row *row : members)
        if (std::optional<double> ratio = getRatio(*row, contestant)) {
          sum += std::log(*ratio);
          ++count;
        }
      // Over all cases of the group or none: others cannot be compared.
      std::optional<double> mean;
      if (count == members.size())
        mean = std::exp(sum / count);
      os << llvm::formatv("{0} {1} {2}", i == 1 ? "" : ",",
                          getRatioName(contestant), formatRatio(mean));
    }
    os << "\n";
  }
  for (auto [i, name] : llvm::enumerate(contestants))
    if (llvm::any_of(rows, [&](const Row &row) { return !row.times[i]; }))
      os << llvm::formatv("-: {0} has no kernel for this\n", name);
}

void Table::write(llvm::json::OStream &json) const {
  json.object([&] {
    json.attribute("comparison", getName(comparison));
    json.attribute("type", getName(type));
    json.attribute("threads", threads);
    json.attributeArray("rows", [&] {
      for (const Row &row : rows)
        json.object([&] {
          json.attribute("images", row.c.images);
          json.attribute("channels", row.c.channels);
          json.attribute("height", row.c.height);
          json.attribute("layout", getName(row.c.layout));
          json.attribute("pass", getName(row.c.pass));
          json.attribute("neighbour", getName(row.c.neighbour));
          json.attribute("bytes", row.c.getNumBytes());
          json.attribute("bound_ms", row.bound);
          json.attributeObject("times", [&] {
            for (auto [name, times] : llvm::zip(contestants, row.times)) {
              if (!times) {
                json.attribute(name, nullptr);
                continue;
              }
              json.attributeObject(name, [&, &times = times] {
                json.attribute("median_ms", times->median);
                json.attribute("min_ms", times->min);
                json.attribute("max_ms", times->max);
              });
            }
          });
        });
    });
  });
}
