//===- NpyHeader.h - The dictionary in a .npy file --------------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_NPYHEADER_H
#define BN_LIB_RUNTIME_NPYHEADER_H

#include "bn/Runtime/ValueType.h"
#include "llvm/Support/Error.h"

namespace mlir::bn::runtime {

/// Parses a Python literal like
///   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
/// The message of a failure does not name the file.
llvm::Expected<ValueType> parseNpyHeader(StringRef text);

/// The dictionary for `type`, without padding.
std::string printNpyHeader(const ValueType &type);

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_NPYHEADER_H
