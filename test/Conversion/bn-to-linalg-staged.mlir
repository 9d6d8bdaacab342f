// The nine steps of the forward computation, backwards, one op for each value.
// RUN: bn-opt %s --convert-bn-to-linalg="form=staged" | FileCheck %s
// RUN: bn-opt %s --convert-bn-to-linalg | FileCheck %s --check-prefix=CLOSED
// RUN: not bn-opt %s --convert-bn-to-linalg="form=opened" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: for the --form option: Cannot find option named 'opened'!

//         CHECK-LABEL: func @backprop
//          CHECK-SAME:   %[[X:.*]]: tensor<512x4xf64>, %[[GAMMA:.*]]: tensor<4xf64>, %[[MEAN:.*]]: tensor<4xf64>, %[[VAR:.*]]: tensor<4xf64>, %[[DELTA:.*]]: tensor<512x4xf64>, %[[MD:.*]]: tensor<4xf64>, %[[VD:.*]]: tensor<4xf64>
//               CHECK:   %[[CENTERED:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[MEAN]] :
//               CHECK:     arith.subf
//               CHECK:   %[[INVERSE:.*]] = linalg.generic {{.*}} ins(%[[VAR]] :
//               CHECK:     math.sqrt
//               CHECK:   %[[XHAT:.*]] = linalg.generic {{.*}} ins(%[[CENTERED]], %[[INVERSE]] :
// Steps 9 and 8.
//               CHECK:   %[[BETA_DELTA:.*]] = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[DELTA]] :
//               CHECK:   %[[GAMMA_DELTA:.*]] = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[DELTA]], %[[XHAT]] :
//               CHECK:   %[[XHAT_DELTA:.*]] = linalg.generic {{.*}} ins(%[[DELTA]], %[[GAMMA]] :
// Step 7.
//               CHECK:   %[[INVERSE_DELTA:.*]] = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[XHAT_DELTA]], %[[CENTERED]] :
//               CHECK:   %[[DIRECT:.*]] = linalg.generic {{.*}} ins(%[[XHAT_DELTA]], %[[INVERSE]] :
// Steps 6 to 4.
//               CHECK:   %[[DEVIATION_DELTA:.*]] = linalg.generic {{.*}} ins(%[[INVERSE_DELTA]], %[[INVERSE]] :
//               CHECK:     arith.negf
//               CHECK:   %[[VAR_DELTA:.*]] = linalg.generic {{.*}} ins(%[[DEVIATION_DELTA]], %[[INVERSE]], %[[VD]] :
//               CHECK:   %[[SQUARE_DELTA:.*]] = linalg.generic {{.*}} ins(%[[VAR_DELTA]] :
//               CHECK:     arith.divf
// Step 3.
//               CHECK:   %[[SPREAD:.*]] = linalg.generic {{.*}} ins(%[[CENTERED]], %[[SQUARE_DELTA]] :
// Step 2.
//               CHECK:   %[[CENTERED_DELTA:.*]] = linalg.generic {{.*}} ins(%[[DIRECT]], %[[SPREAD]] :
//               CHECK:   %[[SUM:.*]] = linalg.generic {{.*}} ["reduction", "parallel"]} ins(%[[CENTERED_DELTA]] :
//               CHECK:   %[[MEAN_DELTA:.*]] = linalg.generic {{.*}} ins(%[[SUM]], %[[MD]] :
//               CHECK:     arith.subf
// Step 1.
//               CHECK:   %[[SHARE:.*]] = linalg.generic {{.*}} ins(%[[MEAN_DELTA]] :
//               CHECK:   %[[DX:.*]] = linalg.generic {{.*}} ins(%[[CENTERED_DELTA]], %[[SHARE]] :
//               CHECK:   return %[[DX]]

// CLOSED-COUNT-5: linalg.generic
//     CLOSED-NOT: linalg.generic
func.func @backprop(%x: tensor<512x4xf64>, %gamma: tensor<4xf64>, %mean: tensor<4xf64>, %variance: tensor<4xf64>,
                    %delta: tensor<512x4xf64>, %mean_delta: tensor<4xf64>, %variance_delta: tensor<4xf64>)
    -> tensor<512x4xf64> {
  %0:3 = bn.training_backprop %x, %gamma, %gamma, %mean, %variance, %delta, %mean_delta, %variance_delta
      epsilon = 2.0e-5 : tensor<512x4xf64>, tensor<4xf64>
  return %0#0 : tensor<512x4xf64>
}
