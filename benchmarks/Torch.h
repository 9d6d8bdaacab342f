//===- Torch.h - PyTorch's batch normalization ------------------*- C++ -*-===//

#ifndef BN_BENCHMARKS_TORCH_H
#define BN_BENCHMARKS_TORCH_H

#include "Candidates.h"
#include "llvm/Support/JSON.h"

namespace bench {

/// A process that runs torch_worker.py, which says how it is talked to. PyTorch
/// brings an OpenMP of its own, so it has a process of its own.
class TorchWorker {
public:
  /// Fails where PyTorch is missing.
  static llvm::Expected<std::unique_ptr<TorchWorker>> start();
  ~TorchWorker();

  llvm::StringRef getVersion() const { return version; }

  /// PyTorch's kernel on a copy of the arguments; none for blocked layouts,
  /// other types and neighbours. One at a time: it forgets the one before.
  llvm::Expected<std::optional<Candidate>>
  make(const Case &c, const Arrays &arguments, Arrays &results);

private:
  TorchWorker() = default;

  /// Sends a line and waits for the answer.
  llvm::Expected<llvm::json::Object> ask(llvm::json::Object request);
  llvm::Expected<llvm::json::Object> receive();
  std::string getPath(llvm::StringRef kind, size_t index) const;
  llvm::Error load(const Case &c, const Arrays &arguments);
  llvm::Error run(Arrays &results);
  llvm::Error time(std::vector<double> &samples);

  int socket = -1;
  pid_t process = -1;
  /// For arrays in files, in memory where there is such a place.
  std::string folder;
  std::string version;
};

} // namespace bench

#endif // BN_BENCHMARKS_TORCH_H
