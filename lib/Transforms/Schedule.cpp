//===- Schedule.cpp - Choose and force schedules --------------------------===//

#include "bn/Transforms/CostModel.h"
#include "bn/Transforms/Passes.h"

namespace mlir::bn {
#define GEN_PASS_DEF_SCHEDULEPASS
#include "bn/Transforms/Passes.h.inc"
} // namespace mlir::bn

using namespace mlir;
using namespace mlir::bn;

namespace {
struct SchedulePass : bn::impl::SchedulePassBase<SchedulePass> {
  using SchedulePassBase::SchedulePassBase;

  void runOnOperation() override {
    if (!kind.empty() && !symbolizeSchedule(kind)) {
      emitError(getOperation()->getLoc())
          << R"(expected kind to be "channels" or "rows", but got ")" << kind
          << '"';
      return signalPassFailure();
    }
    getOperation()->walk([&](ChannelwiseOpInterface op) {
      StringRef name =
          kind.empty() ? stringifySchedule(getSchedule(op).schedule) : kind;
      op->setAttr(kScheduleAttrName, StringAttr::get(&getContext(), name));
    });
  }
};
} // namespace
