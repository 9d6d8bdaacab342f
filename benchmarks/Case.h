//===- Case.h - What is timed -----------------------------------*- C++ -*-===//
//
// A case is one batch norm: its shape, memory layout and pass. An
// implementation turns a case into something that runs on the case's arrays.
//
//===----------------------------------------------------------------------===//

#ifndef BN_BENCHMARKS_CASE_H
#define BN_BENCHMARKS_CASE_H

#include "bn/Runtime/Array.h"
#include "llvm/Support/Error.h"
#include <functional>

namespace bench {

namespace runtime = mlir::bn::runtime;

enum class Layout { NCHW, ChannelsLast, Blocked };
enum class Pass { Forward, Backward };

inline constexpr double kEpsilon = 1e-5;

/// f32 batch normalization of N images of C channels of H x H pixels.
struct Case {
  int64_t images, channels, height;
  Layout layout;
  Pass pass;

  /// The data's shape in memory; blocked is N x C/8 x H x H x 8.
  llvm::SmallVector<int64_t> getDataShape() const;
  llvm::SmallVector<int64_t> getChannelDims() const;
  /// The shape of a parameter: the data's channel dims.
  llvm::SmallVector<int64_t> getChannelShape() const;
  /// Bytes that have to move: forward reads input and writes output; backward
  /// reads input and delta and writes input_delta.
  int64_t getNumBytes() const;
  std::string str() const;
};

llvm::StringRef getName(Layout layout);
llvm::StringRef getName(Pass pass);

using Arrays = std::vector<runtime::Array>;

/// input, gamma, beta; backward: input, gamma, beta, mean, variance, delta.
llvm::Expected<Arrays> makeArguments(const Case &c);
/// output, mean, variance; backward: input_delta, gamma_delta, beta_delta.
llvm::Expected<Arrays> makeResults(const Case &c);

/// One run on the arrays that it was made for.
using Run = std::function<llvm::Error()>;

/// The kernel that this compiler makes.
llvm::Expected<Run> makeOurs(const Case &c, Arrays &arguments, Arrays &results);
/// oneDNN's primitive on the same memory layout.
llvm::Expected<Run> makeOneDNN(const Case &c, Arrays &arguments,
                               Arrays &results);

/// Its version, like 2.6.3.
std::string getOneDNNVersion();

/// Bytes per millisecond of a triad, a = b + s * c, with non-temporal stores on
/// `threads` threads: what memory allows a kernel.
llvm::Expected<double> measureTriad(int threads);

} // namespace bench

#endif // BN_BENCHMARKS_CASE_H
