//===- Nesting.h - Programs that MLIR's parser cannot take ------*- C++ -*-===//

#ifndef BN_IR_NESTING_H
#define BN_IR_NESTING_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace mlir::bn {

/// An error where brackets are nested more than 256 deep. That is no program,
/// and MLIR's parser, which recurses, would overflow its stack.
llvm::Error checkNesting(llvm::MemoryBufferRef source);

} // namespace mlir::bn

#endif // BN_IR_NESTING_H
