//===- OneDNN.cpp - oneDNN's batch normalization --------------------------===//

#include "Candidates.h"
#include "llvm/Support/FormatVariadic.h"
#include <dnnl.hpp>

using namespace bench;
using dnnl::memory;
using dnnl::normalization_flags;
using dnnl::prop_kind;
using runtime::Array;
using runtime::ElementType;

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

/// No value: this library has no such type.
static std::optional<memory::data_type> getDataType(ElementType type) {
  switch (type) {
  case ElementType::Float32:
    return memory::data_type::f32;
  case ElementType::BFloat16:
    return memory::data_type::bf16;
  case ElementType::Float16:
    return memory::data_type::f16;
  default:
    return std::nullopt;
  }
}

/// Whether it is the code that only says what others must compute.
static bool isReference(const dnnl::primitive_desc_base &desc) {
  return llvm::StringRef(desc.impl_info_str()).starts_with("ref");
}

static std::optional<Candidate> makeRun(const Case &c, Arrays &arguments,
                                        Arrays &results) {
  std::optional<memory::data_type> element = getDataType(c.type);
  if (!element || c.neighbour != Neighbour::None)
    return std::nullopt;
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  memory::desc type({c.images, c.channels, c.height, c.height}, *element,
                    getTag(c.layout));
  memory::desc channelType({c.channels}, memory::data_type::f32,
                           memory::format_tag::a);
  auto wrap = [&](Array &array, bool isData) {
    return memory(isData ? type : channelType, engine, array.getData());
  };
  auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
  dnnl::batch_normalization_forward::primitive_desc forward(
      {prop_kind::forward_training, type, float(kEpsilon), flags}, engine);
  if (isReference(forward))
    return std::nullopt;

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
    dnnl::batch_normalization_backward::primitive_desc backward(
        {prop_kind::backward, type, type, float(kEpsilon), flags}, engine,
        forward);
    if (isReference(backward))
      return std::nullopt;
    primitive = dnnl::batch_normalization_backward(backward);
  }
  return makeCandidate(
      [primitive, operands, stream = dnnl::stream(engine)]() mutable {
        primitive.execute(stream, operands);
        stream.wait();
        return llvm::Error::success();
      });
}

llvm::Expected<std::optional<Candidate>>
bench::makeOneDNN(const Case &c, Arrays &arguments, Arrays &results) {
  try {
    return makeRun(c, arguments, results);
  } catch (const dnnl::error &error) {
    if (error.status == dnnl_unimplemented)
      return std::nullopt;
    return llvm::createStringError(c.str() + ": oneDNN: " + error.what());
  }
}

std::string bench::getOneDNNVersion() {
  const dnnl_version_t *version = dnnl_version();
  return llvm::formatv("{0}.{1}.{2}", version->major, version->minor,
                       version->patch);
}
