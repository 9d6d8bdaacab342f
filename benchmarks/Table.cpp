//===- Table.cpp - The times of a comparison ------------------------------===//

#include "Table.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <map>

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

Table::Ratios Table::getRatios(const Row &row) const {
  double first = row.times.front()->median;
  Ratios ratios;
  for (const std::optional<Times> &times : llvm::drop_begin(row.times))
    ratios.push_back(times ? std::optional(times->median / first)
                           : std::nullopt);
  Case plain = row.c;
  plain.neighbour = Neighbour::None;
  ratios.push_back(comparison == Comparison::Neighbours
                       ? double(row.c.getNumBytes()) / plain.getNumBytes()
                       : row.bound / first);
  return ratios;
}

std::vector<std::string> Table::getRatioNames() const {
  std::vector<std::string> names;
  for (const std::string &name : llvm::drop_begin(contestants))
    names.push_back(name + "/" + contestants.front());
  names.push_back(comparison == Comparison::Neighbours
                      ? "traffic"
                      : "bound/" + contestants.front());
  return names;
}

std::vector<Table::Mean> Table::getMeans() const {
  llvm::MapVector<std::string, std::vector<Ratios>,
                  std::map<std::string, unsigned>>
      groups;
  // All but the shape.
  for (const Row &row : rows)
    groups[llvm::StringRef(row.c.str()).split(' ').second.str()].push_back(
        getRatios(row));
  std::vector<Mean> means;
  for (const auto &[cases, members] : groups) {
    Ratios &ratios = means.emplace_back(Mean{cases, {}}).ratios;
    for (size_t i = 0; i < contestants.size(); ++i) {
      // Over all cases of the group or none: others cannot be compared.
      if (llvm::any_of(members, [&](const Ratios &r) { return !r[i]; })) {
        ratios.push_back(std::nullopt);
        continue;
      }
      double sum = 0;
      for (const Ratios &member : members)
        sum += std::log(*member[i]);
      ratios.push_back(std::exp(sum / members.size()));
    }
  }
  return means;
}

void Table::printHeader(llvm::raw_ostream &os) const {
  os << llvm::formatv("\n{0}, {1}, {2} thread{3}\n", getName(comparison),
                      getName(type), threads, threads == 1 ? "" : "s");
  os << llvm::formatv("{0,-32} {1,8}", "milliseconds", "bound");
  for (const std::string &name : contestants)
    os << llvm::formatv(" {0,8} {1,15}", name, "[min, max]");
  for (const std::string &name : getRatioNames())
    os << llvm::formatv(" {0,14}", name);
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
  for (std::optional<double> ratio : getRatios(row))
    os << llvm::formatv(" {0,14}", formatRatio(ratio));
  os << "\n";
  os.flush();
  rows.push_back(std::move(row));
}

void Table::printFooter(llvm::raw_ostream &os) const {
  std::vector<std::string> names = getRatioNames();
  for (const Mean &mean : getMeans()) {
    os << llvm::formatv("geometric mean {0,-17}", mean.cases);
    for (auto [i, name] : llvm::enumerate(names))
      os << llvm::formatv("{0} {1} {2}", i == 0 ? "" : ",", name,
                          formatRatio(mean.ratios[i]));
    os << "\n";
  }
  for (auto [i, name] : llvm::enumerate(contestants))
    if (llvm::any_of(rows, [&](const Row &row) { return !row.times[i]; }))
      os << llvm::formatv("-: {0} has no kernel for this\n", name);
}

void Table::writeRatios(const Ratios &ratios, llvm::json::OStream &json) const {
  json.attributeObject("ratios", [&] {
    for (auto [name, ratio] : llvm::zip(getRatioNames(), ratios))
      json.attribute(name, ratio ? llvm::json::Value(*ratio) : nullptr);
  });
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
          writeRatios(getRatios(row), json);
        });
    });
    json.attributeArray("means", [&] {
      for (const Mean &mean : getMeans())
        json.object([&] {
          json.attribute("cases", mean.cases);
          writeRatios(mean.ratios, json);
        });
    });
  });
}
