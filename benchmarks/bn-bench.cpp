//===- bn-bench.cpp - Kernels against their peers and the memory bound ----===//
//
// Every case is checked before it is timed: all implementations must compute
// the same numbers. They are timed in turns, round by round, so that what else
// the machine does meets all of them alike; what counts is the ratio of medians
// within one run.
//
//===----------------------------------------------------------------------===//

#include "Case.h"
#include "bn/Runtime/Benchmark.h"
#include "bn/Runtime/Kernel.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/TargetParser/Host.h"
#include <chrono>
#include <cmath>
#include <thread>

using namespace bench;
namespace cl = llvm::cl;

namespace {
struct Implementation {
  const char *name;
  llvm::Expected<Run> (*make)(const Case &, Arrays &, Arrays &);
};

/// Milliseconds.
struct Times {
  double median, min, max;
};

struct Row {
  Case c;
  double bound;
  std::vector<Times> times; ///< One for each implementation.
};
} // namespace

static const std::vector<Implementation> kImplementations = {
    {"ours", makeOurs},
#ifdef BN_BENCH_ONEDNN
    {"oneDNN", makeOneDNN},
#endif
};

/// The peers that take part; one that is missing is named.
static std::string describePeers() {
#ifdef BN_BENCH_ONEDNN
  return "oneDNN " + getOneDNNVersion();
#else
  return "oneDNN is missing: install libdnnl-dev and configure again";
#endif
}

/// The distinct batch norms of ResNet-50; a quick run takes the first three.
static constexpr std::pair<int64_t, int64_t> kShapes[] = {
    {256, 56}, {1024, 14}, {512, 7},  {64, 112}, {64, 56},
    {512, 28}, {128, 28},  {256, 14}, {2048, 7}};

/// The largest difference between two results, relative to the largest value.
static double getDifference(Arrays &left, Arrays &right) {
  double worst = 0;
  for (auto [a, b] : llvm::zip(left, right)) {
    auto *x = static_cast<float *>(a.getData());
    auto *y = static_cast<float *>(b.getData());
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

static Times summarize(std::vector<double> times) {
  llvm::sort(times);
  return {times[times.size() / 2], times.front(), times.back()};
}

static llvm::Expected<std::vector<Times>> timeCase(const Case &c,
                                                   unsigned rounds) {
  llvm::Expected<Arrays> arguments = makeArguments(c);
  if (!arguments)
    return arguments.takeError();
  std::vector<Arrays> results(kImplementations.size());
  std::vector<Run> runs;
  for (auto [implementation, own] : llvm::zip(kImplementations, results)) {
    llvm::Expected<Arrays> arrays = makeResults(c);
    if (!arrays)
      return arrays.takeError();
    own = std::move(*arrays);
    llvm::Expected<Run> run = implementation.make(c, *arguments, own);
    if (!run)
      return run.takeError();
    if (llvm::Error error = (*run)())
      return error;
    runs.push_back(std::move(*run));
    // Peers that sum in f32 are off by 1e-4 where many numbers are summed.
    double difference = getDifference(results.front(), own);
    if (!(difference < 1e-3))
      return llvm::createStringError(llvm::formatv(
          "{0}: {1} differs from ours by {2:e} of the largest value", c.str(),
          implementation.name, difference));
  }

  // A round has at least 20 ms for each, the first 5 of them to warm up.
  std::vector<std::vector<double>> times(runs.size());
  for (unsigned round = 0; round < rounds; ++round)
    for (auto [run, samples] : llvm::zip(runs, times)) {
      // Threads of the one before stop spinning (see KMP_BLOCKTIME in main).
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      double begin = runtime::getMilliseconds(), end = begin;
      while (end < begin + 20) {
        double start = end;
        if (llvm::Error error = run())
          return error;
        end = runtime::getMilliseconds();
        if (start >= begin + 5 || end >= begin + 20)
          samples.push_back(end - start);
      }
    }
  std::vector<Times> summaries;
  for (std::vector<double> &samples : times)
    summaries.push_back(summarize(samples));
  return summaries;
}

static void printHeader(llvm::raw_ostream &os) {
  os << llvm::formatv("{0,-28} {1,8}", "case", "bound");
  for (const Implementation &implementation : kImplementations)
    os << llvm::formatv(" {0,8} {1,13}", implementation.name, "[min, max]");
  for (const Implementation &peer : llvm::drop_begin(kImplementations))
    os << llvm::formatv(" {0,10}", llvm::formatv("{0}/ours", peer.name).str());
  os << llvm::formatv(" {0,10}\n", "bound/ours");
}

static void printRow(const Row &row, llvm::raw_ostream &os) {
  os << llvm::formatv("{0,-28} {1,8:f2}", row.c.str(), row.bound);
  for (const Times &times : row.times)
    os << llvm::formatv(
        " {0,8:f2} {1,13}", times.median,
        llvm::formatv("[{0:f2}, {1:f2}]", times.min, times.max).str());
  double ours = row.times.front().median;
  for (const Times &times : llvm::drop_begin(row.times))
    os << llvm::formatv(" {0,10:f2}", times.median / ours);
  os << llvm::formatv(" {0,10:f2}\n", row.bound / ours);
}

/// The geometric means of the ratios, for each layout and pass.
static void printMeans(llvm::ArrayRef<Row> rows, llvm::raw_ostream &os) {
  for (Layout layout : {Layout::NCHW, Layout::ChannelsLast, Layout::Blocked})
    for (Pass pass : {Pass::Forward, Pass::Backward}) {
      std::vector<double> logs(kImplementations.size());
      unsigned count = 0;
      for (const Row &row : rows) {
        if (row.c.layout != layout || row.c.pass != pass)
          continue;
        ++count;
        double ours = row.times.front().median;
        logs[0] += std::log(row.bound / ours);
        for (size_t i = 1; i < logs.size(); ++i)
          logs[i] += std::log(row.times[i].median / ours);
      }
      if (count == 0)
        continue;
      os << llvm::formatv("geometric mean {0} {1}:", getName(layout),
                          getName(pass));
      for (size_t i = 1; i < logs.size(); ++i)
        os << llvm::formatv(" {0}/ours {1:f2},", kImplementations[i].name,
                            std::exp(logs[i] / count));
      os << llvm::formatv(" bound/ours {0:f2}\n", std::exp(logs[0] / count));
    }
}

static void writeJSON(llvm::ArrayRef<Row> rows, int threads,
                      llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("processor", llvm::sys::getHostCPUName());
    json.attribute("threads", threads);
    json.attribute("peers", describePeers());
    json.attributeArray("cases", [&] {
      for (const Row &row : rows)
        json.object([&] {
          json.attribute("images", row.c.images);
          json.attribute("channels", row.c.channels);
          json.attribute("height", row.c.height);
          json.attribute("layout", getName(row.c.layout));
          json.attribute("pass", getName(row.c.pass));
          json.attribute("bound_ms", row.bound);
          for (auto [implementation, times] :
               llvm::zip(kImplementations, row.times))
            json.attributeObject(implementation.name, [&, &times = times] {
              json.attribute("median_ms", times.median);
              json.attribute("min_ms", times.min);
              json.attribute("max_ms", times.max);
            });
        });
    });
  });
}

static llvm::Error runAll(bool quick, llvm::ArrayRef<Layout> layouts,
                          int threads, unsigned rounds,
                          llvm::StringRef jsonPath) {
  std::optional<llvm::ToolOutputFile> file;
  if (!jsonPath.empty()) {
    std::error_code code;
    file.emplace(jsonPath, code, llvm::sys::fs::OF_Text);
    if (code)
      return llvm::createStringError("cannot write " + jsonPath + ": " +
                                     code.message());
  }
  runtime::setNumThreads(threads);
  llvm::raw_ostream &os = llvm::outs();
  os << llvm::formatv("f32, 50 images, {0} threads of {1}, milliseconds; {2}\n",
                      threads, llvm::sys::getHostCPUName(), describePeers());
  printHeader(os);
  std::vector<Row> rows;
  for (Layout layout : layouts)
    for (auto [channels, height] :
         llvm::ArrayRef(kShapes).take_front(quick ? 3 : 9)) {
      llvm::Expected<double> bandwidth = measureTriad(threads);
      if (!bandwidth)
        return bandwidth.takeError();
      for (Pass pass : {Pass::Forward, Pass::Backward}) {
        Case c{50, channels, height, layout, pass};
        llvm::Expected<std::vector<Times>> times = timeCase(c, rounds);
        if (!times)
          return times.takeError();
        rows.push_back({c, c.getNumBytes() / *bandwidth, std::move(*times)});
        printRow(rows.back(), os);
        os.flush();
      }
    }
  printMeans(rows, os);
  if (file) {
    writeJSON(rows, threads, file->os());
    file->keep();
  }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  // Both libraries' calls bind to LLVM's OpenMP, which comes first: one pool of
  // threads, which goes to sleep after a millisecond without work.
  setenv("KMP_BLOCKTIME", "1", /*overwrite=*/0);

  // LLVM's libraries have options of their own.
  cl::ResetCommandLineParser();
  cl::OptionCategory category("Options of bn-bench");
  cl::opt<bool> quick("quick", cl::desc("Time three shapes"),
                      cl::cat(category));
  cl::opt<int> threads("threads", cl::desc("Number of threads"), cl::init(2),
                       cl::cat(category));
  cl::opt<unsigned> rounds("rounds", cl::desc("Rounds of timing"), cl::init(11),
                           cl::cat(category));
  cl::opt<std::string> json("json", cl::desc("Write the numbers to FILE"),
                            cl::value_desc("FILE"), cl::cat(category));
  cl::list<Layout> layouts(
      "layout", cl::desc("Time these layouts only"), cl::CommaSeparated,
      cl::values(clEnumValN(Layout::NCHW, "nchw", "N x C x H x W"),
                 clEnumValN(Layout::ChannelsLast, "nhwc", "N x H x W x C"),
                 clEnumValN(Layout::Blocked, "nChw8c", "N x C/8 x H x W x 8")),
      cl::cat(category));
  cl::ParseCommandLineOptions(argc, argv,
                              "Times bn kernels against their peers\n");
  if (threads < 1 || rounds < 1) {
    llvm::errs() << "error: expected at least one thread and one round\n";
    return 2;
  }
  llvm::SmallVector<Layout> chosen(layouts.begin(), layouts.end());
  if (chosen.empty())
    chosen = {Layout::NCHW, Layout::ChannelsLast, Layout::Blocked};
  if (llvm::Error error = runAll(quick, chosen, threads, rounds, json)) {
    llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
