//===- LossCurve.h - A picture of how training went -------------*- C++ -*-===//

#ifndef BN_EXAMPLES_DIGITS_LOSSCURVE_H
#define BN_EXAMPLES_DIGITS_LOSSCURVE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

/// Writes an SVG of the loss of every step, on a logarithmic scale.
void writeLossCurve(llvm::ArrayRef<float> losses, llvm::StringRef title,
                    llvm::raw_ostream &os);

#endif // BN_EXAMPLES_DIGITS_LOSSCURVE_H
