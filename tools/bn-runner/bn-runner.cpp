//===- bn-runner.cpp - Compiles and runs a program ------------------------===//
//
// CommandLine::getUsage says how it is used, runtime::runCommandLine what
// happens.
//
//===----------------------------------------------------------------------===//

#include "bn/Runtime/Error.h"
#include "bn/Runtime/Runner.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <unistd.h>

using namespace mlir::bn::runtime;

static llvm::Error runMain(llvm::ArrayRef<const char *> words) {
  auto line = CommandLine::parse(words);
  if (!line)
    return line.takeError();
  if (!line->help)
    return runCommandLine(*line);
  llvm::outs() << CommandLine::getUsage();
  return llvm::Error::success();
}

/// Left to its destructor, the stream would end the process in its own way.
static llvm::Error closeStandardOutput() {
  llvm::outs().flush();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return code ? badInput("cannot write standard output: " + code.message())
              : llvm::Error::success();
}

int main(int argc, char **argv) {
  // What LLVM cannot report as an error, like an instruction that no pattern
  // selects, ends here: one line too, and no stack dump.
  llvm::install_fatal_error_handler(
      [](void *, const char *message, bool) {
        _exit(reportError(rejected(message), llvm::errs()));
      },
      nullptr);
  // Compiled code has reported by then what it found wrong when it ran.
  std::signal(SIGABRT,
              [](int) { _exit(static_cast<int>(ErrorKind::BadInput)); });
  llvm::Error error = runMain(llvm::ArrayRef(argv, argc).drop_front());
  error = llvm::joinErrors(std::move(error), closeStandardOutput());
  return error ? reportError(std::move(error), llvm::errs()) : 0;
}
