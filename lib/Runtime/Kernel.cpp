//===- Kernel.cpp - A compiled function -----------------------------------===//

#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Error.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

// OpenMP's own header is not needed for these.
extern "C" {
void omp_set_num_threads(int numThreads);
int omp_get_max_threads();
void __kmpc_fork_call(void *location, int32_t numArguments, void *task, ...);
}

void runtime::setNumThreads(int numThreads) { omp_set_num_threads(numThreads); }

int runtime::getNumThreads() { return omp_get_max_threads(); }

/// Appends the descriptor of an array, with null for its addresses. Where no
/// such array fits in memory, strides wrap around: there is none to be passed.
static void appendDescriptor(const ValueType &type,
                             SmallVectorImpl<int64_t> &descriptors) {
  descriptors.append(3, 0);
  llvm::append_range(descriptors, type.shape);
  SmallVector<int64_t> strides(type.shape.size());
  uint64_t stride = 1;
  for (size_t dim = strides.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride *= std::max<int64_t>(type.shape[dim], 1);
  }
  llvm::append_range(descriptors, strides);
}

Kernel::Kernel(Signature signature) : signature(std::move(signature)) {
  for (const ValueType &type : this->signature.arguments)
    if (!type.isScalar)
      appendDescriptor(type, descriptors);
  for (const ValueType &type : this->signature.results)
    appendDescriptor(type, descriptors);
}

Kernel::~Kernel() = default;

/// The functions that generated code calls come from the process. Naming one of
/// each library here keeps linkers from dropping the libraries as unused.
static llvm::Error defineRuntimeSymbols(llvm::orc::LLJIT &jit) {
  auto define = [&](auto *function) {
    return llvm::orc::ExecutorSymbolDef(
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable);
  };
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(
      {{jit.mangleAndIntern("memrefCopy"), define(&memrefCopy)},
       {jit.mangleAndIntern("__kmpc_fork_call"), define(&__kmpc_fork_call)}}));
}

llvm::Expected<std::unique_ptr<Kernel>>
Kernel::link(ArrayRef<char> object, StringRef invoker, Signature signature) {
  // What goes wrong while linking comes as a report, which says more than the
  // error that `lookup` returns.
  std::string report;
  // No global constructors, no exceptions: the plainest platform will do.
  auto jit = llvm::orc::LLJITBuilder()
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  (*jit)->getExecutionSession().setErrorReporter([&](llvm::Error error) {
    std::string text = llvm::toString(std::move(error));
    if (report.empty())
      report = std::move(text);
  });
  if (llvm::Error error = defineRuntimeSymbols(**jit))
    return error;
  if (llvm::Error error =
          (*jit)->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
              StringRef(object.data(), object.size()), signature.name)))
    return error;
  llvm::Expected<llvm::orc::ExecutorAddr> address = (*jit)->lookup(invoker);
  (*jit)->getExecutionSession().setErrorReporter(llvm::consumeError);
  if (!address) {
    std::string text = llvm::toString(address.takeError());
    return rejected("@" + signature.name +
                    " cannot be linked: " + (report.empty() ? text : report));
  }

  std::unique_ptr<Kernel> kernel(new Kernel(std::move(signature)));
  kernel->jit = std::move(*jit);
  kernel->invoker = address->toPtr<void (*)(void **)>();
  return kernel;
}

int64_t Kernel::getNumBytes() const {
  int64_t bytes = 0;
  for (const ValueType &type : signature.arguments)
    bytes += type.isScalar ? 0 : *type.getNumBytes();
  for (const ValueType &type : signature.results)
    bytes += *type.getNumBytes();
  return bytes;
}

/// BadInput unless every address fits the element type, and no result overlaps
/// an argument or another result: loops read what they have yet to write.
static llvm::Error checkMemory(const Signature &signature,
                               ArrayRef<void *> arguments,
                               ArrayRef<void *> results) {
  struct Range {
    StringRef kind;
    size_t index;
    uintptr_t begin, end;
  };
  SmallVector<Range> ranges;
  auto getName = [&](const Range &range) {
    return (range.kind + " #" + Twine(range.index) + " of @" + signature.name)
        .str();
  };
  auto add = [&](StringRef kind, ArrayRef<ValueType> types,
                 ArrayRef<void *> pointers) -> llvm::Error {
    for (auto [index, data] : llvm::enumerate(pointers)) {
      auto begin = reinterpret_cast<uintptr_t>(data);
      ranges.push_back(
          {kind, index, begin, begin + *types[index].getNumBytes()});
      unsigned unit = getByteSize(types[index].element);
      if (begin % unit != 0)
        return badInput(getName(ranges.back()) +
                        ": expected an address that is a multiple of " +
                        Twine(unit) + ", got " + Twine(begin));
    }
    return llvm::Error::success();
  };
  if (llvm::Error error = add("argument", signature.arguments, arguments))
    return error;
  if (llvm::Error error = add("result", signature.results, results))
    return error;
  for (size_t i = arguments.size(); i < ranges.size(); ++i)
    for (const Range &other : ArrayRef(ranges).take_front(i))
      if (std::max(ranges[i].begin, other.begin) <
          std::min(ranges[i].end, other.end))
        return badInput(getName(ranges[i]) + " overlaps " + getName(other));
  return llvm::Error::success();
}

llvm::Error Kernel::invoke(ArrayRef<void *> arguments,
                           ArrayRef<void *> results) const {
  if (arguments.size() != signature.arguments.size() ||
      results.size() != signature.results.size())
    return badInput("@" + signature.name + ": expected arguments and results " +
                    Twine(signature.arguments.size()) + " + " +
                    Twine(signature.results.size()) + ", got " +
                    Twine(arguments.size()) + " + " + Twine(results.size()));
  if (llvm::Error error = checkMemory(signature, arguments, results))
    return error;

  // The C interface takes pointers to descriptors; the invoker, pointers to
  // what that takes.
  SmallVector<int64_t, 64> filled(descriptors.begin(), descriptors.end());
  SmallVector<void *> descriptorAddresses;
  descriptorAddresses.reserve(arguments.size() + results.size());
  SmallVector<void *> packed;
  int64_t *descriptor = filled.data();
  auto pack = [&](const ValueType &type, void *data) {
    if (type.isScalar)
      return packed.push_back(data);
    descriptor[0] = descriptor[1] = reinterpret_cast<intptr_t>(data);
    descriptorAddresses.push_back(descriptor);
    packed.push_back(&descriptorAddresses.back());
    descriptor += 3 + 2 * type.shape.size();
  };
  for (auto [type, data] : llvm::zip(signature.arguments, arguments))
    pack(type, data);
  for (auto [type, data] : llvm::zip(signature.results, results))
    pack(type, data);
  invoker(packed.data());
  return llvm::Error::success();
}

/// Collects the pointers of `arrays`; BadInput where a type is not as expected.
static llvm::Error getPointers(StringRef kind, ArrayRef<ValueType> types,
                               MutableArrayRef<Array> arrays,
                               SmallVectorImpl<void *> &pointers) {
  for (Array &array : arrays) {
    size_t index = pointers.size();
    pointers.push_back(array.getData());
    if (index < types.size() && !types[index].accepts(array.getType()))
      return badInput(kind + " #" + Twine(index) + ": expected " +
                      types[index].str() + ", got " + array.getType().str());
  }
  return llvm::Error::success();
}

llvm::Error Kernel::invoke(MutableArrayRef<Array> arguments,
                           MutableArrayRef<Array> results) const {
  SmallVector<void *> argumentData, resultData;
  if (llvm::Error error =
          getPointers("argument", signature.arguments, arguments, argumentData))
    return error;
  if (llvm::Error error =
          getPointers("result", signature.results, results, resultData))
    return error;
  return invoke(argumentData, resultData);
}

llvm::Expected<std::vector<Array>> Kernel::allocateResults() const {
  std::vector<Array> results;
  for (const ValueType &type : signature.results) {
    llvm::Expected<Array> array = Array::allocate(type);
    if (!array)
      return addContext("result #" + Twine(results.size()), array.takeError());
    results.push_back(std::move(*array));
  }
  return results;
}
