//===- RuntimeTest.h - What the tests of the runtime share ------*- C++ -*-===//

#ifndef BN_TEST_RUNTIMETEST_H
#define BN_TEST_RUNTIMETEST_H

#include "bn/Runtime/Kernel.h"
#include "bn/Runtime/Program.h"

namespace runtime_test {
using namespace mlir::bn::runtime;
using llvm::ArrayRef;
using llvm::StringRef;

/// Ends the process with the error.
extern llvm::ExitOnError check;
void expect(bool condition, const llvm::Twine &message);

/// A program of training and its gradient, on arrays of types like 2x3xf32.
std::string getTraining(StringRef data, StringRef channels, int64_t channelDim);

/// The function of a program, whose shapes are static.
std::unique_ptr<Kernel> compile(StringRef source);

using Bytes = std::vector<char>;
Bytes getBytes(const void *data, int64_t size);

/// Random arguments, always the same, and the results for them.
std::vector<Array> getInputs(const Kernel &kernel);
std::vector<Bytes> run(const Kernel &kernel);

void testThreads();
void testCycles(int64_t cycles);
void testGuards();
void testMemory();
void testLarge();
} // namespace runtime_test

#endif // BN_TEST_RUNTIMETEST_H
