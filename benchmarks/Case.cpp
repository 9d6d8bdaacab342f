//===- Case.cpp - What is timed -------------------------------------------===//

#include "Case.h"
#include "bn/Runtime/Fill.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bench;
using runtime::Array;
using runtime::ElementType;
using runtime::ValueType;

static constexpr int64_t kBlock = 8;

llvm::SmallVector<int64_t> Case::getDataShape() const {
  switch (layout) {
  case Layout::NCHW:
    return {images, channels, height, height};
  case Layout::ChannelsLast:
    return {images, height, height, channels};
  case Layout::Blocked:
    return {images, channels / kBlock, height, height, kBlock};
  }
  llvm_unreachable("unknown layout");
}

llvm::SmallVector<int64_t> Case::getChannelDims() const {
  switch (layout) {
  case Layout::NCHW:
    return {1};
  case Layout::ChannelsLast:
    return {3};
  case Layout::Blocked:
    return {1, 4};
  }
  llvm_unreachable("unknown layout");
}

llvm::SmallVector<int64_t> Case::getChannelShape() const {
  llvm::SmallVector<int64_t> shape, data = getDataShape();
  for (int64_t dim : getChannelDims())
    shape.push_back(data[dim]);
  return shape;
}

/// Whether a neighbour reads an array of the data's shape.
static bool readsArray(Neighbour neighbour) {
  return neighbour == Neighbour::Residual || neighbour == Neighbour::Mask;
}

int64_t Case::getNumBytes() const {
  int64_t arrays = pass == Pass::Forward ? 2 : 3;
  return (arrays + readsArray(neighbour)) * images * channels * height *
         height * getByteSize(type);
}

std::string Case::str() const {
  std::string text = llvm::formatv("{0}x{1}x{1} {2} {3}", channels, height,
                                   getName(layout), getName(pass));
  if (neighbour != Neighbour::None)
    text += (" " + getName(neighbour)).str();
  return text;
}

llvm::StringRef bench::getName(Layout layout) {
  switch (layout) {
  case Layout::NCHW:
    return "nchw";
  case Layout::ChannelsLast:
    return "nhwc";
  case Layout::Blocked:
    return "nChw8c";
  }
  llvm_unreachable("unknown layout");
}

llvm::StringRef bench::getName(Pass pass) {
  return pass == Pass::Forward ? "forward" : "backward";
}

llvm::StringRef bench::getName(Neighbour neighbour) {
  switch (neighbour) {
  case Neighbour::None:
    return "none";
  case Neighbour::ReLU:
    return "relu";
  case Neighbour::Residual:
    return "residual";
  case Neighbour::Mask:
    return "mask";
  }
  llvm_unreachable("unknown neighbour");
}

/// One array of the data's shape, or of a parameter's.
static llvm::Error append(Arrays &arrays, const Case &c, bool isData) {
  auto array = Array::allocate(
      isData ? ValueType::getArray(c.type, c.getDataShape())
             : ValueType::getArray(ElementType::Float32, c.getChannelShape()));
  if (!array)
    return array.takeError();
  arrays.push_back(std::move(*array));
  return llvm::Error::success();
}

/// Uninitialized; see makeArguments.
static llvm::Expected<Arrays> allocateArguments(const Case &c) {
  Arrays arrays;
  unsigned count = (c.pass == Pass::Forward ? 3 : 6) + readsArray(c.neighbour);
  for (unsigned i = 0; i < count; ++i) {
    bool isParameter =
        c.pass == Pass::Forward ? i == 1 || i == 2 : i >= 1 && i <= 4;
    if (llvm::Error error = append(arrays, c, !isParameter))
      return error;
  }
  return arrays;
}

llvm::Expected<Arrays> bench::makeArguments(const Case &c) {
  llvm::Expected<Arrays> arrays = allocateArguments(c);
  if (!arrays)
    return arrays.takeError();
  // Data and gamma are random; beta and mean are 0, variance is 1.
  for (auto [i, array] : llvm::enumerate(*arrays)) {
    bool isConstant =
        i == 2 || (c.pass == Pass::Backward && (i == 3 || i == 4));
    if (isConstant)
      fillConstant(array, i == 4);
    else
      fillRandom(array, i);
  }
  return arrays;
}

llvm::Expected<Arrays> bench::convertArguments(const Arrays &arguments,
                                               const Case &c) {
  llvm::Expected<Arrays> arrays = allocateArguments(c);
  if (!arrays)
    return arrays.takeError();
  for (auto [array, argument] : llvm::zip(*arrays, arguments))
    fillConverted(array, argument);
  return arrays;
}

llvm::Expected<Arrays> bench::makeResults(const Case &c) {
  Arrays arrays;
  for (bool isData : {true, false, false})
    if (llvm::Error error = append(arrays, c, isData))
      return error;
  // The first write to a page is not what is timed.
  for (Array &array : arrays)
    fillConstant(array, 0);
  return arrays;
}
