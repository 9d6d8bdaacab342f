// Forms of .npy files, made by Inputs/npy-files.py.
//
// RUN: rm -rf %t && mkdir %t && %python %S/Inputs/npy-files.py %t && cd %t
//
// RUN: bn-runner %s --arg=good-version2.npy | FileCheck %s --check-prefix=GOOD
// RUN: bn-runner %s --arg=good-version3.npy | FileCheck %s --check-prefix=GOOD
// RUN: bn-runner %s --arg=good-python2.npy | FileCheck %s --check-prefix=GOOD
// RUN: bn-runner %s --arg=good-quotes.npy | FileCheck %s --check-prefix=GOOD
// RUN: bn-runner %s --arg=good-spaces.npy | FileCheck %s --check-prefix=GOOD
// GOOD: values [1, 2, 3]
//
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=missing.npy | FileCheck %s --check-prefix=MISSING
// MISSING: argument #0 (--arg=missing.npy): 'missing.npy' cannot be read: No such file or directory
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=. | FileCheck %s --check-prefix=SPECIAL
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-pipe.npy | FileCheck %s --check-prefix=SPECIAL
// SPECIAL: it is not a regular file
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-empty.npy | FileCheck %s --check-prefix=NOT-NPY
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-magic.npy | FileCheck %s --check-prefix=NOT-NPY
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-text.npy | FileCheck %s --check-prefix=NOT-NPY
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=%s | FileCheck %s --check-prefix=NOT-NPY
// NOT-NPY: it is not a .npy file
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-version.npy | FileCheck %s --check-prefix=VERSION
// VERSION: its format version is 4.0, expected 1.0, 2.0 or 3.0
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-minor-version.npy | FileCheck %s --check-prefix=MINOR
// MINOR: its format version is 1.1, expected 1.0, 2.0 or 3.0
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-truncated-preamble.npy | FileCheck %s --check-prefix=PREAMBLE
// PREAMBLE: it is truncated
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-truncated-header.npy | FileCheck %s --check-prefix=SHORT-HEADER
// SHORT-HEADER: its header should have 58 bytes, more than there are
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-header-length.npy | FileCheck %s --check-prefix=LONG-HEADER
// LONG-HEADER: its header should have 4294967295 bytes, more than there are
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-truncated-data.npy | FileCheck %s --check-prefix=SHORT
// SHORT: its header says 3xf32, 12 bytes, but 11 bytes follow
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-trailing.npy | FileCheck %s --check-prefix=LONG
// LONG: its header says 3xf32, 12 bytes, but 13 bytes follow
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-large.npy | FileCheck %s --check-prefix=LARGE
// LARGE: its header says 1099511627776xf32, 4398046511104 bytes, but 12 bytes follow
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-huge.npy | FileCheck %s --check-prefix=HUGE
// HUGE: more bytes than can be addressed, but 12 bytes follow
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-huge-empty.npy | FileCheck %s --check-prefix=EMPTY-HUGE
// EMPTY-HUGE: more bytes than can be addressed, but 0 bytes follow
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-negative.npy | FileCheck %s --check-prefix=SHAPE
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-number.npy | FileCheck %s --check-prefix=SHAPE
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-shape-overflow.npy | FileCheck %s --check-prefix=SHAPE
// SHAPE: its 'shape' is not a tuple of sizes
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-no-dictionary.npy | FileCheck %s --check-prefix=DICTIONARY
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-open-dictionary.npy | FileCheck %s --check-prefix=DICTIONARY
// DICTIONARY: its header is not a dictionary
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-after-dictionary.npy | FileCheck %s --check-prefix=AFTER
// AFTER: its header goes on after the dictionary
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-no-shape.npy | FileCheck %s --check-prefix=LACKS
// LACKS: its header lacks one of 'descr', 'fortran_order' and 'shape'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-unknown-key.npy | FileCheck %s --check-prefix=KEY
// KEY: its header has an unknown key 'order'
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-order.npy | FileCheck %s --check-prefix=ORDER
// ORDER: its 'fortran_order' is neither True nor False
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-fortran.npy | FileCheck %s --check-prefix=FORTRAN
// FORTRAN: its elements are in Fortran order, expected C order
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-big-endian.npy | FileCheck %s --check-prefix=ENDIAN
// ENDIAN: its elements ('>f4') are big-endian, expected little-endian
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-complex.npy | FileCheck %s --check-prefix=COMPLEX
// COMPLEX: its element type '<c8' is none of
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-record.npy | FileCheck %s --check-prefix=RECORD
// RUN: %python %S/Inputs/fails.py 2 bn-runner %s --arg=bad-open-string.npy | FileCheck %s --check-prefix=RECORD
// RECORD: its 'descr' is not a string; arrays of records are not supported

func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  return %x : tensor<3xf32>
}
