// Every op on arrays of types that a test puts in, with a schedule.

!data = tensor<DATA>
!channels = tensor<CHANNELS>

// Random variances may be negative, but are not below -50.
func.func @main(%x: !data, %d: !data, %u: !data, %p: !channels, %m: !channels, %v: !channels)
    -> (!data, !channels, !channels, !data, !data, !channels, !channels,
        !data, !channels, !channels, !channels, !channels, !data, !channels, !data,
        !data, !channels, !channels, !channels, !data, !channels, !channels) {
  %0:3 = bn.training %x, %p, %m epsilon = 50.0 channel_dims = [DIMS]
    {bn.schedule = "KIND"} : !data, !channels
  %1 = bn.inference %x, %p, %p, %m, %v epsilon = 50.0 channel_dims = [DIMS]
    {bn.schedule = "KIND"} : !data, !channels
  %2:3 = bn.training_backprop %x, %p, %p, %m, %v, %d, %p, %m epsilon = 50.0 channel_dims = [DIMS]
    {bn.schedule = "KIND"} : !data, !channels
  %3:5 = bn.inference_backprop %x, %p, %m, %v, %d epsilon = 50.0 channel_dims = [DIMS]
    {bn.schedule = "KIND"} : !data, !channels
  %4:3 = bn.training_double_backprop %x, %p, %m, %v, %d, %u, %p, %m epsilon = 50.0
    channel_dims = [DIMS] {bn.schedule = "KIND"} : !data, !channels
  %5:5 = bn.inference_double_backprop %x, %p, %m, %v, %d, %u, %p, %m, %v, %p epsilon = 50.0
    channel_dims = [DIMS] {bn.schedule = "KIND"} : !data, !channels
  %6:2 = bn.update_statistics %m, %v, %p, %m momentum = 0.9 : !channels
  return %0#0, %0#1, %0#2, %1, %2#0, %2#1, %2#2, %3#0, %3#1, %3#2, %3#3, %3#4, %4#0, %4#1, %4#2,
    %5#0, %5#1, %5#2, %5#3, %5#4, %6#0, %6#1
    : !data, !channels, !channels, !data, !data, !channels, !channels,
      !data, !channels, !channels, !channels, !channels, !data, !channels, !data,
      !data, !channels, !channels, !channels, !data, !channels, !channels
}
