//===- OneDNN.cpp - oneDNN's batch normalization --------------------------===//

#include "Case.h"
#include "llvm/Support/FormatVariadic.h"
#include <dnnl.hpp>

using namespace bench;
using dnnl::memory;
using dnnl::normalization_flags;
using dnnl::prop_kind;
using runtime::Array;

static memory::format_tag getTag(Layout layout) {
  switch (layout) {
  case Layout::NCHW:
    return memory::format_tag::nchw;
  case Layout::ChannelsLast:
    return memory::format_tag::nhwc;
  case Layout::Blocked:
    return memory::format_tag::nChw8c;
  }
  llvm_unreachable("unknown layout");
}

static Run makeRun(const Case &c, Arrays &arguments, Arrays &results) {
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  memory::desc type({c.images, c.channels, c.height, c.height},
                    memory::data_type::f32, getTag(c.layout));
  memory::desc channelType({c.channels}, memory::data_type::f32,
                           memory::format_tag::a);
  auto wrap = [&](Array &array, bool isData) {
    return memory(isData ? type : channelType, engine, array.getData());
  };
  auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
  dnnl::batch_normalization_forward::primitive_desc forward(
      {prop_kind::forward_training, type, float(kEpsilon), flags}, engine);

  std::unordered_map<int, memory> operands = {
      {DNNL_ARG_SRC, wrap(arguments[0], true)},
      {DNNL_ARG_SCALE, wrap(arguments[1], false)},
      {DNNL_ARG_SHIFT, wrap(arguments[2], false)}};
  dnnl::primitive primitive;
  if (c.pass == Pass::Forward) {
    operands[DNNL_ARG_DST] = wrap(results[0], true);
    operands[DNNL_ARG_MEAN] = wrap(results[1], false);
    operands[DNNL_ARG_VARIANCE] = wrap(results[2], false);
    primitive = dnnl::batch_normalization_forward(forward);
  } else {
    operands[DNNL_ARG_MEAN] = wrap(arguments[3], false);
    operands[DNNL_ARG_VARIANCE] = wrap(arguments[4], false);
    operands[DNNL_ARG_DIFF_DST] = wrap(arguments[5], true);
    operands[DNNL_ARG_DIFF_SRC] = wrap(results[0], true);
    operands[DNNL_ARG_DIFF_SCALE] = wrap(results[1], false);
    operands[DNNL_ARG_DIFF_SHIFT] = wrap(results[2], false);
    primitive = dnnl::batch_normalization_backward(
        {{prop_kind::backward, type, type, float(kEpsilon), flags},
         engine,
         forward});
  }
  return [primitive, operands, stream = dnnl::stream(engine)]() mutable {
    primitive.execute(stream, operands);
    stream.wait();
    return llvm::Error::success();
  };
}

llvm::Expected<Run> bench::makeOneDNN(const Case &c, Arrays &arguments,
                                      Arrays &results) {
  try {
    return makeRun(c, arguments, results);
  } catch (const dnnl::error &error) {
    return llvm::createStringError(c.str() + ": oneDNN: " + error.what());
  }
}

std::string bench::getOneDNNVersion() {
  const dnnl_version_t *version = dnnl_version();
  return llvm::formatv("{0}.{1}.{2}", version->major, version->minor,
                       version->patch);
}
