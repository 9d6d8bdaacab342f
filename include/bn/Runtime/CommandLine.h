//===- CommandLine.h - What bn-runner is asked to do ------------*- C++ -*-===//

#ifndef BN_RUNTIME_COMMANDLINE_H
#define BN_RUNTIME_COMMANDLINE_H

#include "bn/Runtime/Program.h"

namespace mlir::bn::runtime {

/// The command line of bn-runner, as given: nothing has been opened yet.
struct CommandLine {
  std::string program;
  /// Empty where the default is meant.
  std::string entry;
  /// Descriptions as in Argument.h.
  SmallVector<std::string> arguments;
  SmallVector<std::string> outputs;
  std::optional<unsigned> threads;
  std::optional<unsigned> benchRuns;
  std::optional<EmitKind> emit;
  std::string emitPath;
  bool help = false;

  /// Parses what follows the name of the tool. Fails with BadInput.
  static llvm::Expected<CommandLine> parse(ArrayRef<const char *> words);

  static StringRef getUsage();
};

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_COMMANDLINE_H
