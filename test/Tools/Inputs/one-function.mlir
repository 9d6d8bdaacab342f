func.func private @hidden() -> i32 {
  %0 = arith.constant 7 : i32
  return %0 : i32
}
func.func @the_only_one() -> i32 {
  %0 = func.call @hidden() : () -> i32
  return %0 : i32
}
