//===- Memory.cpp - What kernels read and write ---------------------------===//

#include "RuntimeTest.h"
#include "bn/Runtime/Error.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace runtime_test;

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

static std::vector<Bytes> runGuarded(const Kernel &kernel, bool atEnd) {
  std::vector<GuardedMemory> inputs, results;
  for (const Array &array : getInputs(kernel)) {
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

void runtime_test::testGuards() {
  auto source = llvm::MemoryBuffer::getSTDIN();
  expect(bool(source), "no standard input");
  std::unique_ptr<Kernel> kernel = compile((*source)->getBuffer());
  std::vector<Bytes> want = run(*kernel);
  for (bool atEnd : {false, true})
    expect(runGuarded(*kernel, atEnd) == want, "results depend on addresses");
}

void runtime_test::testMemory() {
  std::unique_ptr<Kernel> kernel =
      compile(getTraining("2x3x4xf32", "3xf32", 1));
  std::vector<Array> inputs = getInputs(*kernel);
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

/// Zeros, which cost no memory as long as nobody writes them, but for the last
/// elements. Every element of the output counts.
void runtime_test::testLarge() {
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
