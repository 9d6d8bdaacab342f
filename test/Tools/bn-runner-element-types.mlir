// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/element-types.py bn-runner %s %t | FileCheck %s

// RUN: bn-runner %s --entry=twice_f16 --arg=ones | FileCheck %s --check-prefix=TWICE
// RUN: bn-runner %s --entry=twice_bf16 --arg=ones | FileCheck %s --check-prefix=TWICE
// TWICE: values [2, 2, 2, 2]

// CHECK: f16 ok
// CHECK-NEXT: bf16 ok
// CHECK-NEXT: f32 ok
// CHECK-NEXT: f64 ok
// CHECK-NEXT: i1 ok
// CHECK-NEXT: i8 ok
// CHECK-NEXT: i16 ok
// CHECK-NEXT: i32 ok
// CHECK-NEXT: i64 ok
// CHECK-NEXT: index ok

func.func @f16(%x: tensor<3x5xf16>) -> tensor<3x5xf16> {
  return %x : tensor<3x5xf16>
}
func.func @bf16(%x: tensor<3x5xbf16>) -> tensor<3x5xbf16> {
  return %x : tensor<3x5xbf16>
}
func.func @f32(%x: tensor<3x5xf32>) -> tensor<3x5xf32> {
  return %x : tensor<3x5xf32>
}
func.func @f64(%x: tensor<3x5xf64>) -> tensor<3x5xf64> {
  return %x : tensor<3x5xf64>
}
func.func @i1(%x: tensor<3x5xi1>) -> tensor<3x5xi1> {
  return %x : tensor<3x5xi1>
}
func.func @i8(%x: tensor<3x5xi8>) -> tensor<3x5xi8> {
  return %x : tensor<3x5xi8>
}
func.func @i16(%x: tensor<3x5xi16>) -> tensor<3x5xi16> {
  return %x : tensor<3x5xi16>
}
func.func @i32(%x: tensor<3x5xi32>) -> tensor<3x5xi32> {
  return %x : tensor<3x5xi32>
}
func.func @i64(%x: tensor<3x5xi64>) -> tensor<3x5xi64> {
  return %x : tensor<3x5xi64>
}
func.func @index(%x: tensor<3x5xindex>) -> tensor<3x5xindex> {
  return %x : tensor<3x5xindex>
}
func.func @twice_f16(%x: tensor<4xf16>) -> tensor<4xf16> {
  %0 = arith.addf %x, %x : tensor<4xf16>
  return %0 : tensor<4xf16>
}
func.func @twice_bf16(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = arith.addf %x, %x : tensor<4xbf16>
  return %0 : tensor<4xbf16>
}
