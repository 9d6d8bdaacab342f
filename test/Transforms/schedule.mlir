// RUN: bn-opt %s --bn-schedule | FileCheck %s --check-prefix=CHOSEN
// RUN: bn-opt %s --bn-schedule=kind=channels | FileCheck %s --check-prefix=FORCED
// RUN: not bn-opt %s --bn-schedule=kind=columns 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: bn-opt %s --bn-explain --verify-diagnostics -o %t

// UNKNOWN: error: expected kind to be "channels" or "rows", but got "columns"

// CHOSEN-LABEL: func @layouts
//       CHOSEN:   bn.training {{.*}}bn.schedule = "channels"
//       CHOSEN:   bn.training {{.*}}bn.schedule = "rows"
//       CHOSEN:   bn.inference {{.*}}bn.schedule = "rows"
// FORCED-LABEL: func @layouts
// FORCED-COUNT-3: bn.schedule = "channels"
func.func @layouts(%x: tensor<50x64x49xf32>, %y: tensor<50x49x64xf32>, %g: tensor<64xf32>,
                   %few: tensor<50x3x49xf32>, %h: tensor<3xf32>) {
  // expected-remark@+1 {{runs in channels, as elements of a channel are adjacent: reads the data 1 times and writes them 1 times, 1254400 bytes}}
  %0:3 = bn.training %x, %g, %g epsilon = 1.0e-05 : tensor<50x64x49xf32>, tensor<64xf32>
  // expected-remark@+1 {{runs in rows, as channels are innermost: reads the data 2 times and writes them 1 times, 1881600 bytes}}
  %1:3 = bn.training %y, %g, %g epsilon = 1.0e-05 channel_dims = [2] : tensor<50x49x64xf32>, tensor<64xf32>
  // expected-remark@+1 {{runs in rows, as there are few channels: reads the data 1 times and writes them 1 times, 58800 bytes}}
  %2 = bn.inference %few, %h, %h, %h, %h epsilon = 1.0e-05 : tensor<50x3x49xf32>, tensor<3xf32>
  return
}

// The means of f64 data are read for before the sums.
func.func @means(%x: tensor<50x49x64xf64>, %g: tensor<64xf64>) {
  // expected-remark@+1 {{reads the data 3 times and writes them 1 times, 5017600 bytes}}
  %y, %mean, %variance = bn.training %x, %g, %g epsilon = 1.0e-05 channel_dims = [2] : tensor<50x49x64xf64>, tensor<64xf64>
  // expected-remark@+1 {{reads the data 5 times and writes them 1 times, 7526400 bytes}}
  %d:3 = bn.training_backprop %x, %g, %g, %mean, %variance, %y epsilon = 1.0e-05 channel_dims = [2] : tensor<50x49x64xf64>, tensor<64xf64>
  return
}
