"builtin.module"() ({
  "func.func"() <{function_type = (tensor<8x64x14x14xf32>, tensor<64xf32>) -> tensor<64xf32>, sym_name = "training"}> ({
  ^bb0(%arg18: tensor<8x64x14x14xf32>, %arg19: tensor<64xf32>):
    %10:3 = "bn.training"(%arg18, %arg19, %arg19) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> : (tensor<8x64x14x14xf32>, tensor<64xf32>, tensor<64xf32>) -> (tensor<8x64x14x14xf32>, tensor<64xf32>, tensor<64xf32>)
    "func.return"(%10#1) : (tensor<64xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<?x?x?x?xbf16>, tensor<?xf32>) -> tensor<?x?x?x?xbf16>, sym_name = "training_channels_last"}> ({
  ^bb0(%arg16: tensor<?x?x?x?xbf16>, %arg17: tensor<?xf32>):
    %9:3 = "bn.training"(%arg16, %arg17, %arg17) <{channel_dims = array<i64: 3>, epsilon = 0.000000e+00 : f64}> : (tensor<?x?x?x?xbf16>, tensor<?xf32>, tensor<?xf32>) -> (tensor<?x?x?x?xbf16>, tensor<?xf32>, tensor<?xf32>)
    "func.return"(%9#0) : (tensor<?x?x?x?xbf16>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<8x64xf16>, tensor<64xf32>) -> tensor<8x64xf16>, sym_name = "inference"}> ({
  ^bb0(%arg14: tensor<8x64xf16>, %arg15: tensor<64xf32>):
    %8 = "bn.inference"(%arg14, %arg15, %arg15, %arg15, %arg15) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> {note = "kept"} : (tensor<8x64xf16>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<8x64xf16>
    "func.return"(%8) : (tensor<8x64xf16>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<?x4xf32>, tensor<4xf32>, tensor<?xf32>) -> tensor<?x?xf32>, sym_name = "inference_of_each_type"}> ({
  ^bb0(%arg11: tensor<?x4xf32>, %arg12: tensor<4xf32>, %arg13: tensor<?xf32>):
    %7 = "bn.inference"(%arg11, %arg12, %arg13, %arg12, %arg12) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> : (tensor<?x4xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x?xf32>
    "func.return"(%7) : (tensor<?x?xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<4x2x6x6x8xf64>, tensor<2x8xf64>) -> tensor<4x2x6x6x8xf64>, sym_name = "training_backprop"}> ({
  ^bb0(%arg9: tensor<4x2x6x6x8xf64>, %arg10: tensor<2x8xf64>):
    %5:3 = "bn.training_backprop"(%arg9, %arg10, %arg10, %arg10, %arg10, %arg9) <{channel_dims = array<i64: 1, 4>, epsilon = 1.000000e-03 : f64}> : (tensor<4x2x6x6x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<4x2x6x6x8xf64>) -> (tensor<4x2x6x6x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>)
    %6:3 = "bn.training_backprop"(%arg9, %arg10, %arg10, %arg10, %arg10, %5#0, %5#1, %5#2) <{channel_dims = array<i64: 1, 4>, epsilon = 1.000000e-03 : f64}> : (tensor<4x2x6x6x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<4x2x6x6x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>) -> (tensor<4x2x6x6x8xf64>, tensor<2x8xf64>, tensor<2x8xf64>)
    "func.return"(%6#0) : (tensor<4x2x6x6x8xf64>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<8x4xf32>, tensor<4xf32>) -> tensor<4xf32>, sym_name = "inference_backprop"}> ({
  ^bb0(%arg7: tensor<8x4xf32>, %arg8: tensor<4xf32>):
    %4:5 = "bn.inference_backprop"(%arg7, %arg8, %arg8, %arg8, %arg7) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> : (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    "func.return"(%4#4) : (tensor<4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>, sym_name = "training_double_backprop"}> ({
  ^bb0(%arg5: tensor<8x4xf32>, %arg6: tensor<4xf32>):
    %3:3 = "bn.training_double_backprop"(%arg5, %arg6, %arg6, %arg6, %arg5, %arg5, %arg6, %arg6) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> : (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<8x4xf32>, tensor<4xf32>, tensor<8x4xf32>)
    "func.return"(%3#2) : (tensor<8x4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>, sym_name = "inference_double_backprop"}> ({
  ^bb0(%arg3: tensor<8x4xf32>, %arg4: tensor<4xf32>):
    %2:5 = "bn.inference_double_backprop"(%arg3, %arg4, %arg4, %arg4, %arg3, %arg3, %arg4, %arg4, %arg4, %arg4) <{channel_dims = array<i64: 1>, epsilon = 1.000000e-05 : f64}> : (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<8x4xf32>)
    "func.return"(%2#4) : (tensor<8x4xf32>) -> ()
  }) : () -> ()
  "func.func"() <{function_type = (tensor<4xf32>, tensor<?xf32>, index) -> tensor<4xf32>, sym_name = "update_statistics"}> ({
  ^bb0(%arg0: tensor<4xf32>, %arg1: tensor<?xf32>, %arg2: index):
    %0:2 = "bn.update_statistics"(%arg0, %arg0, %arg0, %arg0) <{momentum = 9.000000e-01 : f64}> : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    %1:2 = "bn.update_statistics"(%0#0, %arg1, %arg1, %0#1, %arg2) <{momentum = 5.000000e-01 : f64, unbiased}> : (tensor<4xf32>, tensor<?xf32>, tensor<?xf32>, tensor<4xf32>, index) -> (tensor<4xf32>, tensor<?xf32>)
    "func.return"(%1#0) : (tensor<4xf32>) -> ()
  }) : () -> ()
}) : () -> ()

