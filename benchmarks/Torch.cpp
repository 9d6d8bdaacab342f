//===- Torch.cpp - PyTorch's batch normalization --------------------------===//

#include "Torch.h"
#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Npy.h"
#include "bn/Runtime/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bench;
using runtime::Array;
namespace json = llvm::json;

extern char **environ;

/// The variables of this process, and what makes PyTorch's memory like that of
/// its peers: kept from call to call, in huge pages. Left alone, it gives the
/// results of a call back to the system, and the next one spends most of its
/// time on new pages.
static std::vector<const char *> getEnvironment() {
  std::vector<const char *> variables;
  for (char **variable = environ; *variable; ++variable)
    variables.push_back(*variable);
  variables.push_back("GLIBC_TUNABLES=glibc.malloc.hugetlb=1:"
                      "glibc.malloc.mmap_max=0:"
                      "glibc.malloc.trim_threshold=1099511627776");
  variables.push_back(nullptr);
  return variables;
}

llvm::Expected<std::unique_ptr<TorchWorker>> TorchWorker::start() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return llvm::errorCodeToError(llvm::errnoAsErrorCode());
  std::unique_ptr<TorchWorker> worker(new TorchWorker());
  worker->socket = ends[0];
  llvm::SmallString<64> folder;
  if (llvm::sys::fs::createUniqueDirectory("/dev/shm/bn-bench", folder) &&
      llvm::sys::fs::createUniqueDirectory("bn-bench", folder))
    return llvm::createStringError("no folder for temporary files");
  worker->folder = folder.str();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const char *arguments[] = {BN_BENCH_PYTHON, BN_BENCH_TORCH_WORKER, nullptr};
  int failure = posix_spawn(&worker->process, arguments[0], &actions, nullptr,
                            const_cast<char **>(arguments),
                            const_cast<char **>(getEnvironment().data()));
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure != 0) {
    worker->process = -1;
    return llvm::createStringError("cannot run " BN_BENCH_PYTHON);
  }
  llvm::Expected<json::Object> hello = worker->receive();
  if (!hello)
    return hello.takeError();
  worker->version = hello->getString("version").value_or("").str();
  return worker;
}

TorchWorker::~TorchWorker() {
  // The end of its input ends it.
  if (socket >= 0)
    close(socket);
  if (process > 0)
    waitpid(process, nullptr, 0);
  if (!folder.empty())
    llvm::sys::fs::remove_directories(folder);
}

llvm::Expected<json::Object> TorchWorker::receive() {
  std::string line;
  char c;
  while (recv(socket, &c, 1, 0) == 1 && c != '\n')
    line += c;
  llvm::Expected<json::Value> answer = json::parse(line);
  if (!answer || !answer->getAsObject()) {
    llvm::consumeError(answer.takeError());
    return llvm::createStringError("PyTorch's process ended");
  }
  json::Object object = std::move(*answer->getAsObject());
  if (auto error = object.getString("error"))
    return llvm::createStringError("PyTorch: " + *error);
  return object;
}

llvm::Expected<json::Object> TorchWorker::ask(json::Object request) {
  std::string line = llvm::formatv("{0}\n", json::Value(std::move(request)));
  // Whoever is gone does not answer.
  send(socket, line.data(), line.size(), MSG_NOSIGNAL);
  return receive();
}

std::string TorchWorker::getPath(llvm::StringRef kind, size_t index) const {
  return llvm::formatv("{0}/{1}{2}.npy", folder, kind, index);
}

llvm::Error TorchWorker::load(const Case &c, const Arrays &arguments) {
  for (auto [index, array] : llvm::enumerate(arguments)) {
    auto file = runtime::OutputFile::create(getPath("argument", index));
    if (!file)
      return file.takeError();
    writeNpy(array, file->os());
    if (llvm::Error error = file->keep())
      return error;
  }
  llvm::Error error =
      ask(json::Object{{"do", "load"},
                       {"folder", folder},
                       {"pass", getName(c.pass)},
                       {"channels_last", c.layout == Layout::ChannelsLast},
                       {"epsilon", kEpsilon},
                       {"threads", runtime::getNumThreads()}})
          .takeError();
  // They may be in memory.
  for (size_t index = 0; index < arguments.size(); ++index)
    llvm::sys::fs::remove(getPath("argument", index));
  return error;
}

llvm::Error TorchWorker::run(Arrays &results) {
  if (auto answer = ask(json::Object{{"do", "run"}}); !answer)
    return answer.takeError();
  for (auto [index, result] : llvm::enumerate(results)) {
    std::string path = getPath("result", index);
    auto file = runtime::NpyFile::open(path);
    if (!file)
      return file.takeError();
    if (file->getType().str() != result.getType().str())
      return llvm::createStringError("PyTorch: a result has shape " +
                                     file->getType().str() + ", expected " +
                                     result.getType().str());
    if (llvm::Error error = file->read(result))
      return error;
    llvm::sys::fs::remove(path);
  }
  return llvm::Error::success();
}

llvm::Error TorchWorker::time(std::vector<double> &samples) {
  auto answer =
      ask(json::Object{{"do", "time"}, {"slot", kSlot}, {"warm_up", kWarmUp}});
  if (!answer)
    return answer.takeError();
  if (const json::Array *times = answer->getArray("samples"))
    for (const json::Value &time : *times)
      samples.push_back(time.getAsNumber().value_or(0));
  return llvm::Error::success();
}

llvm::Expected<std::optional<Candidate>>
TorchWorker::make(const Case &c, const Arrays &arguments, Arrays &results) {
  if (c.layout == Layout::Blocked || c.neighbour != Neighbour::None ||
      c.type != runtime::ElementType::Float32)
    return std::nullopt;
  if (llvm::Error error = load(c, arguments))
    return error;
  return Candidate{
      [this, &results] { return run(results); },
      [this](std::vector<double> &samples) { return time(samples); }};
}
