//===- digits.cpp - Trains the network of digits.mlir, then tests it ------===//
//
// A trainer on the runtime library. The gradient is made by the same passes as
// bn-opt's. A step is one compiled function, called again and again on arrays
// that it reads and arrays that it writes.
//
//===----------------------------------------------------------------------===//

#include "LossCurve.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/Fill.h"
#include "bn/Runtime/Npy.h"
#include "bn/Runtime/OutputFile.h"
#include "bn/Runtime/Program.h"
#include "bn/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace cl = llvm::cl;
using namespace mlir::bn::runtime;
using llvm::ArrayRef;
using llvm::StringRef;

static constexpr int64_t kPixels = 64, kClasses = 10, kBatch = 64;
static constexpr float kRate = 0.1f;

/// Parameters and running statistics, in the order in which @step takes them
/// after images and labels, and gives them after the loss.
static constexpr struct {
  StringRef name, type;
} kState[] = {
    {"w1", "64x64xf32"},     {"g1", "64xf32"},    {"b1", "64xf32"},
    {"w2", "64x64xf32"},     {"g2", "64xf32"},    {"b2", "64xf32"},
    {"w3", "64x10xf32"},     {"b3", "10xf32"},    {"mean1", "64xf32"},
    {"variance1", "64xf32"}, {"mean2", "64xf32"}, {"variance2", "64xf32"}};
static constexpr size_t kFirstArgument = 2, kFirstResult = 1;

static llvm::ExitOnError exitOnError("error: ");

static float *getFloats(Array &array) {
  return static_cast<float *>(array.getData());
}

//===----------------------------------------------------------------------===//
// The data
//===----------------------------------------------------------------------===//

namespace {
/// Images of 8x8 pixels from 0 to 16, and the digit that each shows.
struct Digits {
  Array images, labels;

  explicit Digits(const std::string &folder)
      : images(exitOnError(readNpy(folder + "/images.npy"))),
        labels(exitOnError(readNpy(folder + "/labels.npy"))) {
    std::string images = this->images.getType().str();
    std::string labels = this->labels.getType().str();
    std::string count = std::to_string(this->labels.getNumElements());
    if (labels != count + "xui8" || images != count + "x8x8xui8")
      exitOnError(badInput("expected images Nx8x8xui8 and labels Nxui8, got " +
                           images + " and " + labels));
  }

  uint8_t getLabel(int64_t index) const {
    return static_cast<const uint8_t *>(labels.getData())[index];
  }

  /// Writes the images of those numbers, one a row, with pixels from 0 to 1.
  void copyImages(ArrayRef<int64_t> indices, Array &rows) const {
    auto *pixels = static_cast<const uint8_t *>(images.getData());
    float *next = getFloats(rows);
    for (int64_t index : indices)
      for (int64_t i = 0; i < kPixels; ++i)
        *next++ = pixels[index * kPixels + i] / 16.0f;
  }

  /// Writes their labels, one-hot.
  void copyLabels(ArrayRef<int64_t> indices, Array &rows) const {
    float *next = getFloats(rows);
    for (int64_t index : indices)
      for (int64_t i = 0; i < kClasses; ++i)
        *next++ = getLabel(index) == i;
  }
};
} // namespace

/// The same order on every machine, which std::shuffle would not promise.
static void shuffle(llvm::MutableArrayRef<int64_t> indices,
                    std::mt19937 &random) {
  for (size_t last = indices.size() - 1; last > 0; --last)
    std::swap(indices[last], indices[random() % (last + 1)]);
}

//===----------------------------------------------------------------------===//
// The network
//===----------------------------------------------------------------------===//

static std::unique_ptr<Program> loadProgram(const std::string &path) {
  auto program = exitOnError(Program::load(path));
  exitOnError(program->runPasses([](mlir::OpPassManager &pm) {
    mlir::bn::DifferentiatePassOptions options;
    options.entry = "loss";
    options.wrt = {"2", "3", "4", "5", "6", "7", "8", "9"};
    pm.addPass(mlir::bn::createDifferentiatePass(options));
    pm.addPass(mlir::bn::createFoldInferencePass());
  }));
  return program;
}

namespace {
/// A compiled function, with arrays for its arguments and results.
struct Function {
  std::unique_ptr<Kernel> kernel;
  std::vector<Array> arguments, results;

  /// Compiles it for `rows` images at a time; its type must then be `expected`.
  Function(const Program &program, StringRef entry, int64_t rows,
           const std::string &expected) {
    Signature signature = exitOnError(program.getSignature(entry));
    llvm::SmallVector<ValueType> types = signature.arguments;
    for (ValueType &type : types)
      llvm::replace(type.shape, mlir::ShapedType::kDynamic, rows);
    kernel = exitOnError(program.compile(signature, types));
    std::string type =
        "(" + str(types) + ") -> (" + str(kernel->getSignature().results) + ")";
    if (type != expected)
      exitOnError(badInput("expected @" + entry + " of type " + expected +
                           ", got " + type));
    for (const ValueType &type : types)
      arguments.push_back(exitOnError(Array::allocate(type)));
    results = exitOnError(kernel->allocateResults());
  }

private:
  static std::string str(ArrayRef<ValueType> types) {
    return llvm::join(llvm::map_range(types, std::mem_fn(&ValueType::str)),
                      ", ");
  }
};

class Network {
public:
  Network(const Program &program, int64_t numTested)
      : step(program, "step", kBatch,
             llvm::formatv("({0}x64xf32, {0}x10xf32, {1}, f32) -> (f32, {1})",
                           kBatch, getStateTypes())),
        classify(program, "classify", numTested,
                 llvm::formatv("({0}x64xf32, {1}) -> ({0}x10xf32)", numTested,
                               getStateTypes())) {
    for (auto [index, state] : llvm::enumerate(kState))
      initialize(getState(index), state.name, /*seed=*/index);
    getFloats(step.arguments.back())[0] = kRate;
  }

  Array &getState(size_t index) {
    return step.arguments[kFirstArgument + index];
  }

  /// Takes a step on the digits of those numbers; returns the loss before it.
  float train(const Digits &digits, ArrayRef<int64_t> indices) {
    digits.copyImages(indices, step.arguments[0]);
    digits.copyLabels(indices, step.arguments[1]);
    exitOnError(step.kernel->invoke(step.arguments, step.results));
    // What this step wrote, the next one reads.
    for (size_t i = 0; i < std::size(kState); ++i)
      std::swap(getState(i), step.results[kFirstResult + i]);
    return getFloats(step.results[0])[0];
  }

  /// The part of the digits of those numbers that is recognized.
  double test(const Digits &digits, ArrayRef<int64_t> indices) {
    digits.copyImages(indices, classify.arguments[0]);
    llvm::SmallVector<void *> pointers = {classify.arguments[0].getData()};
    for (size_t i = 0; i < std::size(kState); ++i)
      pointers.push_back(getState(i).getData());
    exitOnError(
        classify.kernel->invoke(pointers, {classify.results[0].getData()}));
    const float *scores = getFloats(classify.results[0]);
    int64_t numRight = 0;
    for (int64_t index : indices) {
      int64_t best = std::max_element(scores, scores + kClasses) - scores;
      numRight += best == digits.getLabel(index);
      scores += kClasses;
    }
    return double(numRight) / indices.size();
  }

private:
  static std::string getStateTypes() {
    return llvm::join(
        llvm::map_range(kState, [](auto &state) { return state.type; }), ", ");
  }

  /// Weights of variance 2 / inputs, and layers that normalise only.
  static void initialize(Array &array, StringRef name, uint64_t seed) {
    if (!name.starts_with("w"))
      return fillConstant(array, name[0] == 'g' || name[0] == 'v');
    fillRandom(array, seed);
    float deviation = std::sqrt(2.0f / array.getType().shape[0]);
    for (int64_t i = 0; i < array.getNumElements(); ++i)
      getFloats(array)[i] *= deviation;
  }

  Function step, classify;
};
} // namespace

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

/// On a terminal, a bar that grows; elsewhere, one line after the other.
static void showProgress(size_t step, size_t numSteps, double loss,
                         double accuracy) {
  constexpr size_t width = 30;
  size_t done = width * step / numSteps;
  bool terminal = llvm::sys::Process::StandardOutIsDisplayed();
  llvm::outs() << llvm::formatv(
      "{0}step {1,4} of {2} [{3}{4}] loss {5:f4}, accuracy {6:f1} %{7}",
      terminal ? "\r" : "", step, numSteps, std::string(done, '#'),
      std::string(width - done, '.'), loss, 100 * accuracy,
      terminal && step < numSteps ? "" : "\n");
  llvm::outs().flush();
}

static void writeFile(const std::string &path,
                      llvm::function_ref<void(llvm::raw_ostream &)> write) {
  OutputFile file = exitOnError(OutputFile::create(path));
  write(file.os());
  exitOnError(file.flush());
  exitOnError(file.keep());
}

static void save(const std::string &folder, Network &network,
                 ArrayRef<float> losses) {
  auto write = [&](StringRef name, const Array &array) {
    writeFile(folder + "/" + name.str() + ".npy",
              [&](llvm::raw_ostream &os) { writeNpy(array, os); });
  };
  for (auto [index, state] : llvm::enumerate(kState))
    write(state.name, network.getState(index));
  Array array = exitOnError(Array::allocate(
      ValueType::getArray(ElementType::Float32, int64_t(losses.size()))));
  llvm::copy(losses, getFloats(array));
  write("losses", array);
}

int main(int argc, char **argv) {
  // LLVM's libraries have options of their own.
  cl::ResetCommandLineParser();
  cl::OptionCategory category("Options");
  cl::opt<std::string> folder(
      cl::Positional, cl::Required, cl::value_desc("FOLDER"),
      cl::desc("FOLDER of digits.mlir, images.npy and labels.npy"),
      cl::cat(category));
  cl::opt<unsigned> numSteps("steps", cl::desc("Number of steps; default 440"),
                             cl::init(440), cl::cat(category));
  cl::opt<std::string> curve(
      "curve", cl::desc("Draw the loss of every step; default digits.svg"),
      cl::value_desc("FILE"), cl::init("digits.svg"), cl::cat(category));
  cl::opt<std::string> saved(
      "save", cl::desc("Write parameters, running statistics and losses there"),
      cl::value_desc("FOLDER"), cl::cat(category));
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Trains a network to read handwritten digits\n");

  // Every fifth image is kept for the test.
  Digits digits(folder);
  std::vector<int64_t> trained, tested;
  for (int64_t index = 0; index < digits.labels.getNumElements(); ++index)
    (index % 5 ? trained : tested).push_back(index);
  size_t numBatches = trained.size() / kBatch;
  if (numBatches == 0)
    exitOnError(badInput("expected at least " + llvm::Twine(kBatch) +
                         " images to train with, got " +
                         llvm::Twine(trained.size())));

  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;
  auto start = Clock::now();
  Network network(*loadProgram(folder + "/digits.mlir"), tested.size());
  llvm::outs() << llvm::formatv("compiled in {0:f1} s\n",
                                Seconds(Clock::now() - start).count());

  // A batch is too little work to share.
  setNumThreads(1);
  std::mt19937 random(1);
  std::vector<float> losses;
  Seconds time(0);
  while (losses.size() < numSteps) {
    shuffle(trained, random);
    size_t first = losses.size();
    size_t last = std::min<size_t>(first + numBatches, numSteps);
    start = Clock::now();
    for (size_t i = 0; i < last - first; ++i)
      losses.push_back(
          network.train(digits, ArrayRef(trained).slice(i * kBatch, kBatch)));
    time += Clock::now() - start;
    double sum = std::accumulate(losses.begin() + first, losses.end(), 0.0);
    showProgress(last, numSteps, sum / (last - first),
                 network.test(digits, tested));
  }
  if (!losses.empty()) {
    llvm::outs() << llvm::formatv("{0:f0} steps of {1} images a second\n",
                                  losses.size() / time.count(), kBatch);
    writeFile(curve, [&](llvm::raw_ostream &os) {
      writeLossCurve(losses, "Handwritten digits", os);
    });
    llvm::outs() << "the loss of every step: " << curve << "\n";
  }
  if (!saved.empty())
    save(saved, network, losses);
  llvm::outs() << llvm::formatv(
      "{0} digits held out, {1:f1} % of them recognized\n", tested.size(),
      100 * network.test(digits, tested));
  return 0;
}
