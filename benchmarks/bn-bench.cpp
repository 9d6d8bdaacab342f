//===- bn-bench.cpp - Kernels against their peers and the memory bound ----===//
//
// What counts is the ratio of medians within one run; see Timing.h.
//
//===----------------------------------------------------------------------===//

#include "Table.h"
#include "Torch.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/TargetParser/Host.h"

using namespace bench;
using runtime::ElementType;
namespace cl = llvm::cl;

namespace {
struct Options {
  bool quick;
  unsigned rounds;
  std::string json;
  std::vector<int> threads;
  std::vector<Layout> layouts;
  std::vector<ElementType> types;
  llvm::SmallVector<Comparison> comparisons;
};

/// Other libraries.
struct Peers {
  /// None where PyTorch is missing.
  std::unique_ptr<TorchWorker> torch;
  /// Their versions; one that is missing is named.
  std::vector<std::string> descriptions;
};
} // namespace

/// The distinct batch norms of ResNet-50; a quick run takes the first three.
static constexpr std::pair<int64_t, int64_t> kShapes[] = {
    {256, 56}, {1024, 14}, {512, 7},  {64, 112}, {64, 56},
    {512, 28}, {128, 28},  {256, 14}, {2048, 7}};

static Peers startPeers(llvm::ArrayRef<Comparison> comparisons) {
  Peers peers;
  if (!llvm::is_contained(comparisons, Comparison::Peers))
    return peers;
#ifdef BN_BENCH_ONEDNN
  peers.descriptions.push_back("oneDNN " + getOneDNNVersion());
#else
  peers.descriptions.push_back(
      "oneDNN is missing: install libdnnl-dev and configure again");
#endif
  llvm::Expected<std::unique_ptr<TorchWorker>> torch = TorchWorker::start();
  if (torch) {
    peers.torch = std::move(*torch);
    peers.descriptions.push_back("PyTorch " + peers.torch->getVersion().str());
  } else {
    peers.descriptions.push_back("PyTorch is missing: install python3-torch (" +
                                 llvm::toString(torch.takeError()) + ")");
  }
  return peers;
}

static std::vector<Contestant>
getContestants(Comparison comparison, ElementType type, const Peers &peers) {
  auto alone = [](Case c) {
    c.neighbour = Neighbour::None;
    return c;
  };
  auto inFloat32 = [](Case c) {
    c.type = ElementType::Float32;
    return c;
  };
  switch (comparison) {
  case Comparison::Neighbours:
    return {{"alone", makeOurs, alone},
            {"fused", makeOurs},
            {"upstream", makeUpstream, [](Case c) { return c; }, false}};
  case Comparison::Dynamic:
    return {{"static", makeOurs}, {"dynamic", makeDynamic}};
  case Comparison::Peers:
    break;
  }
  std::vector<Contestant> contestants = {{"ours", makeOurs}};
  if (type == ElementType::Float32)
    contestants.push_back({"upstream", makeUpstream});
  else
    contestants.push_back({"f32", makeOurs, inFloat32});
#ifdef BN_BENCH_ONEDNN
  contestants.push_back({"oneDNN", makeOneDNN});
#endif
  if (peers.torch && type == ElementType::Float32)
    contestants.push_back(
        {"PyTorch", [&torch = *peers.torch](const Case &c, Arrays &arguments,
                                            Arrays &results) {
           return torch.make(c, arguments, results);
         }});
  return contestants;
}

/// The passes and neighbours that are compared.
static llvm::ArrayRef<std::pair<Pass, Neighbour>>
getVariants(Comparison comparison) {
  static constexpr std::pair<Pass, Neighbour> alone[] = {
      {Pass::Forward, Neighbour::None}, {Pass::Backward, Neighbour::None}};
  static constexpr std::pair<Pass, Neighbour> neighbours[] = {
      {Pass::Forward, Neighbour::ReLU},
      {Pass::Forward, Neighbour::Residual},
      {Pass::Backward, Neighbour::Mask}};
  if (comparison == Comparison::Neighbours)
    return neighbours;
  return alone;
}

static llvm::Expected<Table> fillTable(Comparison comparison, ElementType type,
                                       int threads, const Peers &peers,
                                       const Options &options) {
  std::vector<Contestant> contestants = getContestants(comparison, type, peers);
  std::vector<std::string> names;
  for (const Contestant &contestant : contestants)
    if (contestant.isTimed)
      names.push_back(contestant.name);
  Table table(comparison, type, threads, std::move(names));
  table.printHeader(llvm::outs());
  runtime::setNumThreads(threads);
  for (Layout layout : options.layouts)
    for (auto [channels, height] :
         llvm::ArrayRef(kShapes).take_front(options.quick ? 3 : 9)) {
      llvm::Expected<double> bandwidth = measureTriad(threads);
      if (!bandwidth)
        return bandwidth.takeError();
      for (auto [pass, neighbour] : getVariants(comparison)) {
        Case c{50, channels, height, layout, pass, type, neighbour};
        auto times = timeCase(c, contestants, options.rounds);
        if (!times)
          return times.takeError();
        table.add({c, c.getNumBytes() / *bandwidth, std::move(*times)},
                  llvm::outs());
      }
    }
  table.printFooter(llvm::outs());
  return table;
}

static void writeJSON(llvm::ArrayRef<Table> tables, const Peers &peers,
                      llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("processor", llvm::sys::getHostCPUName());
    json.attribute("llvm", LLVM_VERSION_STRING);
    json.attribute("peers", peers.descriptions);
    json.attributeArray("tables", [&] {
      for (const Table &table : tables)
        table.write(json);
    });
  });
  json.flush();
  os << "\n";
}

static llvm::Error runAll(const Options &options) {
  std::optional<runtime::OutputFile> file;
  if (!options.json.empty()) {
    auto output = runtime::OutputFile::create(options.json);
    if (!output)
      return output.takeError();
    file.emplace(std::move(*output));
  }
  // Before there are threads.
  Peers peers = startPeers(options.comparisons);
  llvm::outs() << llvm::formatv("50 images, {0}, LLVM {1}",
                                llvm::sys::getHostCPUName(),
                                LLVM_VERSION_STRING);
  for (const std::string &description : peers.descriptions)
    llvm::outs() << "; " << description;
  llvm::outs() << "\n";
  std::vector<Table> tables;
  for (Comparison comparison : options.comparisons)
    for (ElementType type : options.types)
      for (int threads : options.threads) {
        auto table = fillTable(comparison, type, threads, peers, options);
        if (!table)
          return table.takeError();
        tables.push_back(std::move(*table));
      }
  if (!file)
    return llvm::Error::success();
  writeJSON(tables, peers, file->os());
  return file->keep();
}

/// What the options say, with defaults; exits where that makes no sense.
static Options parseOptions(int argc, char **argv) {
  // LLVM's libraries have options of their own.
  cl::ResetCommandLineParser();
  cl::OptionCategory category("Options of bn-bench");
  cl::bits<Comparison> comparisons(
      cl::desc("What is compared, default peers:"),
      cl::values(
          clEnumValN(Comparison::Peers, "peers",
                     "Upstream passes and other libraries; in bf16 and f16, "
                     "the same in f32"),
          clEnumValN(Comparison::Neighbours, "neighbours",
                     "A batch norm alone and with ReLU, residual or mask"),
          clEnumValN(Comparison::Dynamic, "dynamic",
                     "Kernels for these sizes and for any")),
      cl::cat(category));
  cl::opt<bool> quick("quick", cl::desc("Time three shapes"),
                      cl::cat(category));
  cl::list<int> threads("threads", cl::desc("Numbers of threads, default 2"),
                        cl::CommaSeparated, cl::cat(category));
  cl::opt<unsigned> rounds("rounds", cl::desc("Rounds of timing, default 11"),
                           cl::init(11), cl::cat(category));
  cl::opt<std::string> json("json", cl::desc("Write the numbers to FILE"),
                            cl::value_desc("FILE"), cl::cat(category));
  cl::list<Layout> layouts(
      "layout", cl::desc("Time these layouts only"), cl::CommaSeparated,
      cl::values(clEnumValN(Layout::NCHW, "nchw", "N x C x H x W"),
                 clEnumValN(Layout::ChannelsLast, "nhwc", "N x H x W x C"),
                 clEnumValN(Layout::Blocked, "nChw8c", "N x C/8 x H x W x 8")),
      cl::cat(category));
  cl::list<ElementType> types(
      "type", cl::desc("Types of the data, default f32"), cl::CommaSeparated,
      cl::values(clEnumValN(ElementType::Float32, "f32", ""),
                 clEnumValN(ElementType::BFloat16, "bf16", ""),
                 clEnumValN(ElementType::Float16, "f16", "")),
      cl::cat(category));
  cl::ParseCommandLineOptions(argc, argv,
                              "Times bn kernels against their peers\n");

  Options options{quick, rounds, json, threads, layouts, types, {}};
  for (Comparison comparison :
       {Comparison::Peers, Comparison::Neighbours, Comparison::Dynamic})
    if (comparisons.isSet(comparison))
      options.comparisons.push_back(comparison);
  if (options.comparisons.empty())
    options.comparisons = {Comparison::Peers};
  if (options.threads.empty())
    options.threads = {2};
  if (options.layouts.empty())
    options.layouts = {Layout::NCHW, Layout::ChannelsLast, Layout::Blocked};
  if (options.types.empty())
    options.types = {ElementType::Float32};
  if (llvm::any_of(options.threads, [](int count) { return count < 1; }) ||
      rounds < 1) {
    llvm::errs() << "error: expected at least one thread and one round\n";
    exit(2);
  }
  return options;
}

int main(int argc, char **argv) {
  // The calls of all libraries in this process bind to LLVM's OpenMP, which
  // comes first: one pool of threads, which goes to sleep after a millisecond
  // without work.
  setenv("KMP_BLOCKTIME", "1", /*overwrite=*/0);
  if (llvm::Error error = runAll(parseOptions(argc, argv))) {
    llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
