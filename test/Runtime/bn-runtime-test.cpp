//===- bn-runtime-test.cpp - What only a C++ program can try --------------===//
//
//   threads     two threads compile and run at once, apart and together
//   cycles N    N times: parse, compile, run, destroy; memory must not grow
//   guards      pages that cannot be accessed around every array
//   memory      arrays that invoke refuses
//   passes      kernels lowered by passes of one's own
//   large       more than 2^31 elements; takes 5 GB
//
//===----------------------------------------------------------------------===//

#include "bn/Pipelines/Pipelines.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/Fill.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Program.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>
#include <fstream>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using namespace mlir::bn::runtime;
using llvm::ArrayRef;
using llvm::StringRef;

static llvm::ExitOnError check("error: ");

static void expect(bool condition, const llvm::Twine &message) {
  if (!condition)
    check(badInput(message));
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

namespace {
struct Case {
  ElementType type;
  llvm::SmallVector<int64_t> shape;
  int64_t channelDim;

  ValueType getData() const { return ValueType::getArray(type, shape); }
  ValueType getChannel() const {
    bool isNarrow = getByteSize(type) == 2;
    return ValueType::getArray(isNarrow ? ElementType::Float32 : type,
                               {shape[channelDim]});
  }
  std::vector<ValueType> getArguments() const {
    return {getData(), getChannel(), getChannel(), getData()};
  }
};
} // namespace

/// Training and its gradient, of static shape.
static std::unique_ptr<Kernel> compile(const Case &c) {
  std::string data = "tensor<" + c.getData().str() + ">";
  std::string channel = "tensor<" + c.getChannel().str() + ">";
  std::string tail = " epsilon = 1.0e-05 channel_dims = [" +
                     std::to_string(c.channelDim) + "] : " + data + ", " +
                     channel + "\n";
  std::string source =
      "func.func @main(%x: " + data + ", %g: " + channel + ", %b: " + channel +
      ", %dy: " + data + ") -> (" + data + ", " + channel + ", " + channel +
      ", " + data + ", " + channel + ", " + channel + ") {\n" +
      "%y, %m, %v = bn.training %x, %g, %b" + tail +
      "%dx, %dg, %db = bn.training_backprop %x, %g, %b, %m, %v, %dy" + tail +
      "return %y, %m, %v, %dx, %dg, %db : " + data + ", " + channel + ", " +
      channel + ", " + data + ", " + channel + ", " + channel + "\n}";
  auto program = check(Program::parse(source, "source"));
  auto signature = check(program->getSignature());
  return check(program->compile(signature, signature.arguments));
}

using Bytes = std::vector<char>;

static Bytes getBytes(const void *data, int64_t size) {
  return Bytes(static_cast<const char *>(data),
               static_cast<const char *>(data) + size);
}

static std::vector<Array> getInputs(const Case &c) {
  std::vector<Array> arrays;
  for (const ValueType &type : c.getArguments()) {
    arrays.push_back(check(Array::allocate(type)));
    fillRandom(arrays.back(), arrays.size());
  }
  return arrays;
}

static std::vector<Bytes> run(const Kernel &kernel, const Case &c) {
  std::vector<Array> inputs = getInputs(c);
  std::vector<Array> results = check(kernel.allocateResults());
  check(kernel.invoke(inputs, results));
  std::vector<Bytes> bytes;
  for (const Array &result : results)
    bytes.push_back(getBytes(result.getData(), result.getNumBytes()));
  return bytes;
}

//===----------------------------------------------------------------------===//
// Threads and cycles
//===----------------------------------------------------------------------===//

static void testThreads() {
  const Case cases[] = {{ElementType::Float32, {6, 20, 35}, 1},
                        {ElementType::Float16, {9, 14, 12}, 2}};
  auto repeat = [](const Kernel &kernel, const Case &c,
                   const std::vector<Bytes> &want) {
    for (int i = 0; i < 5; ++i)
      expect(run(kernel, c) == want, "another thread changes results");
  };
  std::vector<std::thread> threads;
  for (const Case &c : cases) {
    std::vector<Bytes> want = run(*compile(c), c);
    threads.emplace_back([=] { repeat(*compile(c), c, want); });
  }
  for (std::thread &thread : threads)
    thread.join();
  threads.clear();

  std::unique_ptr<Kernel> shared = compile(cases[0]);
  std::vector<Bytes> want = run(*shared, cases[0]);
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { repeat(*shared, cases[0], want); });
  for (std::thread &thread : threads)
    thread.join();
}

/// Bytes of this process that are in memory.
static int64_t getResidentBytes() {
  int64_t total, resident;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

static void testCycles(int64_t cycles) {
  const Case c{ElementType::Float32, {2, 3, 4}, 1};
  int64_t before = 0;
  for (int64_t i = 0; i < cycles; ++i) {
    // What is kept for ever, like tables of passes, is there by then.
    if (i == cycles / 2)
      before = getResidentBytes();
    run(*compile(c), c);
  }
  int64_t growth = getResidentBytes() - before;
  llvm::outs() << before << " bytes after " << cycles / 2 << " cycles, "
               << growth << " more after " << cycles << "\n";
  expect(growth < (4 << 20), "memory grows");
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

namespace {
/// Pages between two that cannot be accessed.
class GuardedMemory {
public:
  GuardedMemory(int64_t bytes, bool atEnd) : bytes(bytes) {
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t inside = llvm::alignTo(bytes, page);
    size = inside + 2 * page;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(memory != MAP_FAILED, "no memory");
    begin = static_cast<char *>(memory);
    expect(mprotect(begin, page, PROT_NONE) == 0 &&
               mprotect(begin + page + inside, page, PROT_NONE) == 0,
           "no guards");
    data = begin + page + (atEnd ? inside - bytes : 0);
  }
  GuardedMemory(GuardedMemory &&other) : GuardedMemory(0, false) {
    std::swap(begin, other.begin);
    std::swap(data, other.data);
    std::swap(size, other.size);
    std::swap(bytes, other.bytes);
  }
  ~GuardedMemory() { munmap(begin, size); }

  int64_t bytes, size;
  char *begin, *data;
};
} // namespace

static std::vector<Bytes> runGuarded(const Kernel &kernel, const Case &c,
                                     bool atEnd) {
  std::vector<GuardedMemory> inputs, results;
  for (const Array &array : getInputs(c)) {
    inputs.emplace_back(array.getNumBytes(), atEnd);
    std::memcpy(inputs.back().data, array.getData(), array.getNumBytes());
  }
  for (const ValueType &type : kernel.getSignature().results)
    results.emplace_back(*type.getNumBytes(), atEnd);
  std::vector<void *> inputData, resultData;
  for (GuardedMemory &memory : inputs)
    inputData.push_back(memory.data);
  for (GuardedMemory &memory : results)
    resultData.push_back(memory.data);
  check(kernel.invoke(inputData, resultData));
  std::vector<Bytes> bytes;
  for (const GuardedMemory &memory : results)
    bytes.push_back(getBytes(memory.data, memory.bytes));
  return bytes;
}

/// Images, rows, odd channels last, and so many channels that there are blocks.
static void testGuards() {
  const Case cases[] = {
      {ElementType::Float32, {3, 5, 7}, 1},
      {ElementType::Float32, {2, 3, 1037}, 1},
      {ElementType::Float32, {5, 9, 19}, 2},
      {ElementType::Float32, {3, 33, 64}, 2},
      {ElementType::Float32, {7, 11, 3}, 0},
      {ElementType::Float16, {3, 5, 37}, 1},
      {ElementType::BFloat16, {5, 9, 27}, 2},
      {ElementType::Float64, {3, 5, 13}, 1},
      {ElementType::Float64, {4, 5, 11}, 2},
  };
  for (const Case &c : cases) {
    std::unique_ptr<Kernel> kernel = compile(c);
    std::vector<Bytes> want = run(*kernel, c);
    for (bool atEnd : {false, true})
      expect(runGuarded(*kernel, c, atEnd) == want,
             c.getData().str() + ": results depend on addresses");
  }
}

static void testMemory() {
  const Case c{ElementType::Float32, {2, 3, 4}, 1};
  std::unique_ptr<Kernel> kernel = compile(c);
  std::vector<Array> inputs = getInputs(c);
  std::vector<Array> results = check(kernel->allocateResults());
  auto getError = [&](unsigned number, void *address) {
    std::vector<void *> pointers;
    for (Array &array : inputs)
      pointers.push_back(array.getData());
    for (Array &array : results)
      pointers.push_back(array.getData());
    pointers[number] = address;
    llvm::Error error =
        kernel->invoke(ArrayRef(pointers).take_front(inputs.size()),
                       ArrayRef(pointers).drop_front(inputs.size()));
    return llvm::toString(std::move(error));
  };
  auto at = [](Array &array, int64_t offset) {
    return static_cast<char *>(array.getData()) + offset;
  };
  llvm::outs() << "in place: " << getError(4, inputs[0].getData()) << "\n"
               << "gradient in place: " << getError(7, inputs[3].getData())
               << "\n"
               << "twice: " << getError(7, results[0].getData()) << "\n"
               << "in part: " << getError(5, at(results[0], 92)) << "\n"
               << "between: " << getError(0, at(inputs[0], 2)).substr(0, 61)
               << "\n"
               << "same input: " << getError(3, inputs[0].getData()) << "\n";
}

static void testPasses() {
  auto program = check(
      Program::parse("func.func @main(%x: tensor<?xi32>) -> tensor<?xi32> {\n"
                     "%y = arith.addi %x, %x : tensor<?xi32>\n"
                     "return %y : tensor<?xi32>\n}",
                     "source"));
  ValueType type = ValueType::getArray(ElementType::Int32, {3});
  auto build = [](mlir::OpPassManager &pm) {
    mlir::bn::buildBNToLLVMPipeline(pm, mlir::bn::BNPipelineOptions());
  };
  auto kernel = check(program->compileWith(build, {"main", {type}, {type}}));
  int32_t x[] = {1, -2, 3}, y[3];
  check(kernel->invoke({x}, {y}));
  expect(y[0] == 2 && y[1] == -4 && y[2] == 6, "wrong output");

  auto getError = [&](auto build, const Signature &signature) {
    return llvm::toString(program->compileWith(build, signature).takeError());
  };
  llvm::outs() << "dynamic: " << getError(build, check(program->getSignature()))
               << "\n"
               << "no result: " << getError(build, {"main", {type}, {}}) << "\n"
               << "no passes: "
               << getError([](auto &) {}, {"main", {type}, {type}}) << "\n";
}

/// Zeros, which cost no memory as long as nobody writes them, but for the last
/// elements. Every element of the output counts.
static void testLarge() {
  constexpr int64_t kChannels = 2, kCount = (int64_t(1) << 30) + 3;
  auto program = check(Program::parse(
      "func.func @main(%x: tensor<2x?xf16>, %p: tensor<2xf32>, "
      "%q: tensor<2xf32>) -> (tensor<2x?xf16>, tensor<2xf32>) {\n"
      "%y, %m, %v = bn.training %x, %p, %q epsilon = 0.0 channel_dims = [0] : "
      "tensor<2x?xf16>, tensor<2xf32>\n"
      "return %y, %v : tensor<2x?xf16>, tensor<2xf32>\n}",
      "source"));
  auto signature = check(program->getSignature());
  ValueType data =
      ValueType::getArray(ElementType::Float16, {kChannels, kCount});
  std::unique_ptr<Kernel> kernel = check(program->compile(
      signature, {data, signature.arguments[1], signature.arguments[2]}));

  GuardedMemory input(*data.getNumBytes(), /*atEnd=*/true);
  std::vector<Array> results = check(kernel->allocateResults());
  auto *x = reinterpret_cast<uint16_t *>(input.data);
  // Two halves of +1 and -1 at the ends: mean 0, variance 4 / kCount.
  constexpr uint16_t kOne = 0x3c00, kMinusOne = 0xbc00;
  for (int64_t channel = 0; channel < kChannels; ++channel) {
    uint16_t *row = x + channel * kCount;
    row[0] = row[kCount - 1] = kOne;
    row[1] = row[kCount - 2] = kMinusOne;
  }
  float gamma[] = {1, -0.5}, beta[] = {0, 0};
  check(kernel->invoke({x, gamma, beta},
                       {results[0].getData(), results[1].getData()}));

  auto *variance = static_cast<const float *>(results[1].getData());
  auto *y = static_cast<const uint16_t *>(results[0].getData());
  // 1 / sqrt(variance) is 16384.
  constexpr uint16_t kScale[] = {0x7400, 0x7000};
  for (int64_t channel = 0; channel < kChannels; ++channel) {
    expect(variance[channel] == float(4.0 / kCount), "wrong variance");
    const uint16_t *row = y + channel * kCount;
    uint16_t sign = channel == 0 ? 0 : 0x8000;
    for (int64_t i : {int64_t(0), kCount - 1})
      expect(row[i] == (kScale[channel] ^ sign), "wrong output at the ends");
    for (int64_t i = 2; i < kCount - 2; ++i)
      expect((row[i] & 0x7fff) == 0, "wrong output in between");
  }
}

int main(int argc, char **argv) {
  StringRef test = argc > 1 ? argv[1] : "";
  int64_t cycles = 0;
  if (test == "threads")
    testThreads();
  else if (test == "cycles" && argc == 3 &&
           !StringRef(argv[2]).getAsInteger(10, cycles))
    testCycles(cycles);
  else if (test == "guards")
    testGuards();
  else if (test == "memory")
    testMemory();
  else if (test == "passes")
    testPasses();
  else if (test == "large")
    testLarge();
  else
    check(badInput(
        "expected threads, cycles N, guards, memory, passes or large"));
  llvm::outs() << "ok\n";
}
