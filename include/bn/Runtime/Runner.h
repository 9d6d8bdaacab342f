//===- Runner.h - Does what a command line asks for -------------*- C++ -*-===//

#ifndef BN_RUNTIME_RUNNER_H
#define BN_RUNTIME_RUNNER_H

#include "bn/Runtime/CommandLine.h"

namespace mlir::bn::runtime {

/// Loads the program, then runs, times or emits it. Prints summaries and times
/// to standard output; files are written whole or not at all.
llvm::Error runCommandLine(const CommandLine &line);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_RUNNER_H
