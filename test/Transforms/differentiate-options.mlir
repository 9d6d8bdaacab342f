// RUN: not bn-opt %s --bn-differentiate=wrt=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not bn-opt %s --bn-differentiate=wrt=x 2>&1 | FileCheck %s --check-prefix=WORD
// RUN: not bn-opt %s --bn-differentiate=wrt=0,2 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not bn-opt %s --bn-differentiate=wrt=0,1 2>&1 | FileCheck %s --check-prefix=INTEGER
// RUN: not bn-opt %s --bn-differentiate=wrt=0,0 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not bn-opt %s --bn-differentiate=entry=other 2>&1 | FileCheck %s --check-prefix=ENTRY

// NEGATIVE: [[@LINE+6]]:1: error: 'func.func' op option 'wrt': expected the number of one of the 2 arguments, counted from 0, but got '-1'
//     WORD: [[@LINE+5]]:1: error: 'func.func' op option 'wrt': expected the number of one of the 2 arguments, counted from 0, but got 'x'
//    LARGE: [[@LINE+4]]:1: error: 'func.func' op option 'wrt': expected the number of one of the 2 arguments, counted from 0, but got '2'
//  INTEGER: [[@LINE+3]]:1: error: 'func.func' op option 'wrt': expected a float or a ranked tensor of floats, but argument 1 is 'index'
//    TWICE: [[@LINE+2]]:1: error: 'func.func' op option 'wrt': expected each argument once, but got 0 again
//    ENTRY: error: option 'entry': expected a func.func of the module, but got 'other'
func.func @main(%x: f32, %i: index) -> f32 {
  return %x : f32
}
