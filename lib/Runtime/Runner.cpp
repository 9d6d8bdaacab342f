//===- Runner.cpp - Does what a command line asks for ---------------------===//

#include "bn/Runtime/Runner.h"
#include "bn/Runtime/Argument.h"
#include "bn/Runtime/Benchmark.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/OutputFile.h"
#include "bn/Runtime/Summary.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

/// Parses the arguments; `types` are their types in the function's view.
static llvm::Expected<std::vector<Argument>>
parseArguments(const CommandLine &line, const Signature &signature,
               SmallVectorImpl<ValueType> &types) {
  if (line.arguments.size() != signature.arguments.size())
    return badInput("expected --arg " + Twine(signature.arguments.size()) +
                    " times, once for each argument of @" + signature.name +
                    ", got " + Twine(line.arguments.size()));
  std::vector<Argument> arguments;
  for (auto [spec, declared] : llvm::zip(line.arguments, signature.arguments)) {
    auto argument = Argument::parse(spec, arguments.size());
    if (!argument)
      return argument.takeError();
    auto type = argument->resolve(declared);
    if (!type)
      return type.takeError();
    arguments.push_back(std::move(*argument));
    types.push_back(std::move(*type));
  }
  return arguments;
}

static llvm::Expected<std::vector<Array>>
loadArguments(std::vector<Argument> &arguments, ArrayRef<ValueType> types) {
  std::vector<Array> arrays;
  for (auto [argument, type] : llvm::zip(arguments, types)) {
    auto array = argument.load(type);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  return arrays;
}

/// Opens the output files, before any time is spent on what goes there.
static llvm::Expected<std::vector<OutputFile>>
openOutputs(const CommandLine &line, const Signature &signature) {
  if (line.outputs.size() > signature.results.size())
    return badInput("expected --out at most " +
                    Twine(signature.results.size()) +
                    " times, once for each result of @" + signature.name +
                    ", got " + Twine(line.outputs.size()));
  std::vector<OutputFile> files;
  for (StringRef path : line.outputs) {
    auto file = OutputFile::create(path);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
  }
  return files;
}

static llvm::Expected<Code> generate(const CommandLine &line,
                                     const Program &program) {
  if (line.entry.empty() && line.arguments.empty())
    return program.emit(*line.emit);
  auto signature = program.getSignature(line.entry);
  if (!signature)
    return signature.takeError();
  // Without arguments, what is dynamic stays so.
  SmallVector<ValueType> types = signature->arguments;
  if (!line.arguments.empty()) {
    types.clear();
    if (auto arguments = parseArguments(line, *signature, types); !arguments)
      return arguments.takeError();
  }
  return program.emit(*line.emit, *signature, types);
}

static llvm::Error emit(const CommandLine &line, const Program &program) {
  auto file = OutputFile::create(line.emitPath);
  if (!file)
    return file.takeError();
  auto code = generate(line, program);
  if (!code)
    return code.takeError();
  file->os().write(code->data(), code->size());
  return file->keep();
}

static llvm::Error run(const CommandLine &line, const Program &program) {
  auto signature = program.getSignature(line.entry);
  if (!signature)
    return signature.takeError();
  SmallVector<ValueType> types;
  auto arguments = parseArguments(line, *signature, types);
  if (!arguments)
    return arguments.takeError();
  auto outputs = openOutputs(line, *signature);
  if (!outputs)
    return outputs.takeError();

  double start = getMilliseconds();
  auto kernel = program.compile(*signature, types);
  if (!kernel)
    return kernel.takeError();
  double compileTime = getMilliseconds() - start;

  auto inputs = loadArguments(*arguments, types);
  if (!inputs)
    return inputs.takeError();
  auto results = (*kernel)->allocateResults();
  if (!results)
    return results.takeError();
  if (line.threads)
    setNumThreads(*line.threads);
  auto invoke = [&] { return (*kernel)->invoke(*inputs, *results); };
  if (line.benchRuns) {
    auto times = benchmark(invoke, *line.benchRuns);
    if (!times)
      return times.takeError();
    printBenchmark(**kernel, *times, compileTime, llvm::outs());
  } else if (llvm::Error error = invoke()) {
    return error;
  }

  for (auto [file, result] : llvm::zip(*outputs, *results))
    writeNpy(result, file.os());
  if (llvm::Error error = keepAll(*outputs))
    return error;
  // Where a benchmark's line of JSON is wanted, nothing else is.
  for (size_t i = outputs->size(); i < results->size() && !line.benchRuns;
       ++i) {
    llvm::outs() << "result #" << i << ": ";
    printSummary((*results)[i], llvm::outs());
    llvm::outs() << "\n";
  }
  return llvm::Error::success();
}

llvm::Error runtime::runCommandLine(const CommandLine &line) {
  auto program = Program::load(line.program);
  if (!program)
    return program.takeError();
  return line.emit ? emit(line, **program) : run(line, **program);
}
