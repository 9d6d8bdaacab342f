//===- Number.h - Numbers as text -------------------------------*- C++ -*-===//

#ifndef BN_LIB_RUNTIME_NUMBER_H
#define BN_LIB_RUNTIME_NUMBER_H

#include "bn/Runtime/ValueType.h"

namespace mlir::bn::runtime {

/// Whether `text` is a number of some type: an integer, a float, `inf`, `nan`,
/// `true` or `false`.
bool looksLikeNumber(StringRef text);

/// Stores the number `text` at `data` as an element of type `type`. Floats are
/// rounded to nearest, once; false where the type has no such number.
bool parseNumber(StringRef text, ElementType type, void *data);

/// Prints the element at `data`: integers exactly, floats to six digits.
void printNumber(ElementType type, const void *data, llvm::raw_ostream &os);

} // namespace mlir::bn::runtime

#endif // BN_LIB_RUNTIME_NUMBER_H
