//===- CommandLine.cpp - What bn-runner is asked to do --------------------===//

#include "bn/Runtime/CommandLine.h"
#include "bn/Runtime/Error.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

/// OpenMP ends the process where it cannot start as many threads as it is told.
static constexpr unsigned kMaxThreads = 1024;
static constexpr unsigned kMaxRuns = 1000000;

StringRef CommandLine::getUsage() {
  return R"(usage: bn-runner PROGRAM.mlir [OPTION]...

Compiles a public function of PROGRAM.mlir for this machine and runs it once.

  --entry=NAME    the function; by default main, or the only public one
  --arg=SPEC      one for each argument of the function, in order; SPEC is
                    PATH.npy          an array in a file
                    NUMBER            a scalar or an index
                    zeros, ones       where the argument's type is static,
                    random, random(SEED)
                                      or zeros(TYPE), ones(TYPE), random(TYPE),
                                      random(TYPE, seed=SEED) with a type like
                                      50x256x56x56xf32; random numbers have
                                      mean 0 and variance 1
                  dynamic dims take the shapes given here
  --out=PATH.npy  one for each result, in order; results without a file are
                  summarised on standard output
  --threads=N     run on N threads
  --bench=N       run once to warm up, then N times; print one line of JSON
                  instead of summaries
  --emit=KIND -o FILE
                  write the code (llvm, asm or obj), or its interface in C
                  (header), instead of running it; without --entry and --arg,
                  of all public functions
  --help          print this

Files of bfloat16 have the type <V2, as ml_dtypes writes them. An output file
appears whole or not at all; - is standard output.

exit code: 0, or 1 where the program is rejected, 2 where the usage or an input
file is bad
)";
}

static llvm::Error parseCount(StringRef option, StringRef text, unsigned limit,
                              std::optional<unsigned> &count) {
  unsigned value;
  if (text.getAsInteger(10, value) || value < 1 || value > limit)
    return badInput(option + ": expected a number from 1 to " + Twine(limit) +
                    ", got '" + text + "'");
  count = value;
  return llvm::Error::success();
}

static llvm::Error parseEmitKind(StringRef text,
                                 std::optional<EmitKind> &kind) {
  kind = llvm::StringSwitch<std::optional<EmitKind>>(text)
             .Case("llvm", EmitKind::LLVMIR)
             .Case("asm", EmitKind::Assembly)
             .Case("obj", EmitKind::Object)
             .Case("header", EmitKind::Header)
             .Default(std::nullopt);
  if (!kind)
    return badInput("--emit: expected llvm, asm, obj or header, got '" + text +
                    "'");
  return llvm::Error::success();
}

/// One option with its value.
static llvm::Error parseOption(StringRef option, StringRef value,
                               CommandLine &line) {
  if (value.empty())
    return badInput(option + ": expected a value, as in " + option +
                    (option == "-o" ? " FILE" : "=VALUE"));
  if (option == "--arg")
    line.arguments.push_back(value.str());
  else if (option == "--out")
    line.outputs.push_back(value.str());
  else if (option == "--threads" && !line.threads)
    return parseCount(option, value, kMaxThreads, line.threads);
  else if (option == "--bench" && !line.benchRuns)
    return parseCount(option, value, kMaxRuns, line.benchRuns);
  else if (option == "--emit" && !line.emit)
    return parseEmitKind(value, line.emit);
  else if (option == "--entry" && line.entry.empty())
    line.entry = value.str();
  else if (option == "-o" && line.emitPath.empty())
    line.emitPath = value.str();
  else
    return badInput(option + ": given twice");
  return llvm::Error::success();
}

/// What no single option can tell.
static llvm::Error checkTogether(const CommandLine &line) {
  if (line.program.empty())
    return badInput("no program, expected bn-runner PROGRAM.mlir [OPTION]...");
  if (line.emit.has_value() != !line.emitPath.empty())
    return badInput("--emit=KIND and -o FILE go together, got only " +
                    Twine(line.emit ? "--emit" : "-o"));
  if (line.emit && (!line.outputs.empty() || line.benchRuns || line.threads))
    return badInput("--emit runs nothing, so it takes no --out, --bench or "
                    "--threads");
  for (auto [index, path] : llvm::enumerate(line.outputs))
    if (path != "-" &&
        llvm::is_contained(ArrayRef(line.outputs).drop_front(index + 1), path))
      return badInput("--out=" + path + ": given for two results");
  return llvm::Error::success();
}

llvm::Expected<CommandLine> CommandLine::parse(ArrayRef<const char *> words) {
  CommandLine line;
  while (!words.empty()) {
    StringRef word = words.front();
    words = words.drop_front();
    auto [option, value] = word.split('=');
    bool takesValue = llvm::StringSwitch<bool>(option)
                          .Cases({"--entry", "--arg", "--out", "--threads",
                                  "--bench", "--emit"},
                                 true)
                          .Default(false);
    if (word == "--help" || word == "-h") {
      line.help = true;
      return line;
    }
    if (word == "-o") {
      option = word;
      value = words.empty() ? "" : words.front();
      words = words.drop_front(words.empty() ? 0 : 1);
      takesValue = true;
    }
    if (takesValue) {
      if (llvm::Error error = parseOption(option, value, line))
        return error;
    } else if (word.size() > 1 && word.starts_with("-")) {
      return badInput("unknown option '" + word + "', see bn-runner --help");
    } else if (line.program.empty() && !word.empty()) {
      line.program = word.str();
    } else {
      return badInput("expected one program, got '" + line.program + "' and '" +
                      word + "'");
    }
  }
  if (llvm::Error error = checkTogether(line))
    return error;
  return line;
}
