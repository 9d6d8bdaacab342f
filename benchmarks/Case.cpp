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

int64_t Case::getNumBytes() const {
  return (pass == Pass::Forward ? 2 : 3) * images * channels * height * height *
         int64_t(sizeof(float));
}

std::string Case::str() const {
  return llvm::formatv("{0}x{1}x{1} {2} {3}", channels, height, getName(layout),
                       getName(pass));
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

/// One array of the data's shape, or of a parameter's.
static llvm::Error append(Arrays &arrays, const Case &c, bool data) {
  auto array = Array::allocate(ValueType::getArray(
      ElementType::Float32, data ? c.getDataShape() : c.getChannelShape()));
  if (!array)
    return array.takeError();
  arrays.push_back(std::move(*array));
  return llvm::Error::success();
}

llvm::Expected<Arrays> bench::makeArguments(const Case &c) {
  Arrays arrays;
  bool backward = c.pass == Pass::Backward;
  for (unsigned i = 0, count = backward ? 6 : 3; i < count; ++i) {
    bool isData = i == 0 || i == 5;
    if (llvm::Error error = append(arrays, c, isData))
      return error;
    // Data and gamma are random; beta and mean are 0, variance is 1.
    if (isData || i == 1)
      fillRandom(arrays.back(), i);
    else
      fillConstant(arrays.back(), i == 4);
  }
  return arrays;
}

llvm::Expected<Arrays> bench::makeResults(const Case &c) {
  Arrays arrays;
  for (bool data : {true, false, false})
    if (llvm::Error error = append(arrays, c, data))
      return error;
  // The first write to a page is not what is timed.
  for (Array &array : arrays)
    fillConstant(array, 0);
  return arrays;
}
