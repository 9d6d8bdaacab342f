//===- Fill.h - Arrays without a file ---------------------------*- C++ -*-===//

#ifndef BN_RUNTIME_FILL_H
#define BN_RUNTIME_FILL_H

#include "bn/Runtime/Array.h"

namespace mlir::bn::runtime {

/// Sets every element to `value`, rounded to the element type.
void fillConstant(Array &array, double value);

/// Fills an array of floats with pseudo-random numbers of mean 0 and variance
/// 1, distributed nearly normally: each is a scaled sum of four uniform numbers
/// and lies in [-3.47, 3.47]. Element i depends on `seed` and i only, and is
/// the same on every machine (up to its rounding to the element type).
void fillRandom(Array &array, uint64_t seed);

/// Sets every element of an array of floats to that of `source`, an array of as
/// many floats, rounded to the element type.
void fillConverted(Array &array, const Array &source);

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_FILL_H
