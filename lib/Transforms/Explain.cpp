//===- Explain.cpp - Say how ops will run, and why ------------------------===//

#include "Utils.h"
#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"

namespace mlir::bn {
#define GEN_PASS_DEF_EXPLAINPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

/// The number of data tensors among `specs`.
static int64_t countData(ArrayRef<ValueSpec> specs) {
  return llvm::count_if(specs,
                        [](const ValueSpec &spec) { return spec.isData; });
}

/// Operands that an op of f64 data reads for their means before it sums up
/// deviations from them.
static int64_t countMeans(ChannelwiseOpInterface op) {
  if (!op.getInput().getType().getElementType().isF64())
    return 0;
  return isa<TrainingDoubleBackpropOp>(*op)         ? 2
         : isa<TrainingOp, TrainingBackpropOp>(*op) ? 1
                                                    : 0;
}

/// Reads and writes of memory, in sizes of the data; and the bytes, if known.
static std::string describeTraffic(ChannelwiseOpInterface op,
                                   Schedule schedule) {
  int64_t reads = countData(op.getOperandSpecs()),
          writes = countData(op.getResultSpecs());
  // Whatever has results of channels sums them up first.
  if (schedule == Schedule::Rows &&
      writes < int64_t(op.getResultSpecs().size()))
    reads = 2 * reads + countMeans(op);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "reads the data " << reads << " times and writes them " << writes
     << " times";
  if (auto bytes = getTotalBytes(op.getInput().getType()))
    os << ", " << llvm::SaturatingMultiply<uint64_t>(reads + writes, *bytes)
       << " bytes";
  return text;
}

namespace {
struct Explain : bn::impl::ExplainPassBase<Explain> {
  void runOnOperation() override {
    getOperation()->walk([&](ChannelwiseOpInterface op) {
      ScheduleChoice choice = getSchedule(op);
      op->emitRemark("runs in ")
          << stringifySchedule(choice.schedule) << ", as " << choice.reason
          << ": " << describeTraffic(op, choice.schedule);
    });
    markAllAnalysesPreserved();
  }
};
} // namespace
