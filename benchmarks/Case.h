//===- Case.h - What is timed -----------------------------------*- C++ -*-===//
//
// A case is one batch norm, perhaps with neighbours: its shape, memory layout,
// element type and pass.
//
//===----------------------------------------------------------------------===//

#ifndef BN_BENCHMARKS_CASE_H
#define BN_BENCHMARKS_CASE_H

#include "bn/Runtime/Array.h"

namespace bench {

namespace runtime = mlir::bn::runtime;

enum class Layout { NCHW, ChannelsLast, Blocked };
enum class Pass { Forward, Backward };

/// What a program computes beside the batch norm.
enum class Neighbour {
  None,
  ReLU,     ///< Forward: max(output, 0).
  Residual, ///< Forward: max(output + residual, 0).
  Mask,     ///< Backward: delta where the saved output is positive, else 0.
};

inline constexpr double kEpsilon = 1e-5;

/// Batch normalization of N images of C channels of H x H pixels. Parameters
/// and statistics are f32.
struct Case {
  int64_t images, channels, height;
  Layout layout;
  Pass pass;
  runtime::ElementType type = runtime::ElementType::Float32;
  Neighbour neighbour = Neighbour::None;

  /// The data's shape in memory; blocked is N x C/8 x H x W x 8.
  llvm::SmallVector<int64_t> getDataShape() const;
  llvm::SmallVector<int64_t> getChannelDims() const;
  /// The shape of a parameter: the data's channel dims.
  llvm::SmallVector<int64_t> getChannelShape() const;
  /// Bytes that have to move: forward reads input and writes output; backward
  /// reads input and delta and writes input_delta. Some neighbours read one
  /// array more.
  int64_t getNumBytes() const;
  /// Like `256x56x56 nchw backward mask`; without the type.
  std::string str() const;
};

llvm::StringRef getName(Layout layout);
llvm::StringRef getName(Pass pass);
llvm::StringRef getName(Neighbour neighbour);

using Arrays = std::vector<runtime::Array>;

/// input, gamma, beta; backward: input, gamma, beta, mean, variance, delta.
/// Last, what a neighbour reads: the residual or the saved output.
llvm::Expected<Arrays> makeArguments(const Case &c);
/// The same numbers in an array of another type for each.
llvm::Expected<Arrays> convertArguments(const Arrays &arguments, const Case &c);
/// output, mean, variance; backward: input_delta, gamma_delta, beta_delta.
llvm::Expected<Arrays> makeResults(const Case &c);

} // namespace bench

#endif // BN_BENCHMARKS_CASE_H
