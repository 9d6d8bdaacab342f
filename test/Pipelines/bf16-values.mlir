// Every number of bf16, whatever its place in a vector, with any other.
//
// RUN: rm -rf %t && mkdir %t
// RUN: env PYTHONPATH=%oracle %python %S/Inputs/bf16-values.py %s %t | FileCheck %s
// CHECK:      add ok
// CHECK-NEXT: relu ok
// CHECK-NEXT: mask ok

func.func @add(%x: tensor<65537xbf16>, %y: tensor<65537xbf16>) -> tensor<65537xbf16> {
  %0 = arith.addf %x, %y : tensor<65537xbf16>
  return %0 : tensor<65537xbf16>
}
func.func @relu(%x: tensor<65537xbf16>, %y: tensor<65537xbf16>) -> tensor<65537xbf16> {
  %sum = arith.addf %x, %y : tensor<65537xbf16>
  %zero = arith.constant dense<0.0> : tensor<65537xbf16>
  %0 = arith.maximumf %sum, %zero : tensor<65537xbf16>
  return %0 : tensor<65537xbf16>
}
func.func @mask(%x: tensor<65537xbf16>, %y: tensor<65537xbf16>) -> tensor<65537xbf16> {
  %zero = arith.constant dense<0.0> : tensor<65537xbf16>
  %on = arith.cmpf ogt, %x, %zero : tensor<65537xbf16>
  %0 = arith.select %on, %y, %zero : tensor<65537xi1>, tensor<65537xbf16>
  return %0 : tensor<65537xbf16>
}
