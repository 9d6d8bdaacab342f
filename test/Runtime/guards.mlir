// Pages that cannot be accessed, right before and right behind every array: no op
// reads or writes beside one, and results do not depend on addresses.
//
// DEFINE: %{guards} = bn-runtime-test guards
// RUN: sed 's/DATA/3x5x7xf32/; s/CHANNELS/5xf32/; s/DIMS/1/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/2x3x1037xf32/; s/CHANNELS/3xf32/; s/DIMS/1/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/41x3x7xf32/; s/CHANNELS/3xf32/; s/DIMS/1/; s/KIND/rows/' %s | %{guards}
// RUN: sed 's/DATA/5x9x19xf32/; s/CHANNELS/19xf32/; s/DIMS/2/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/3x33x64xf32/; s/CHANNELS/64xf32/; s/DIMS/2/; s/KIND/rows/' %s | %{guards}
// RUN: sed 's/DATA/5x2x9x8xf32/; s/CHANNELS/2x8xf32/; s/DIMS/1, 3/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/7x11x3xf32/; s/CHANNELS/7xf32/; s/DIMS/0/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/3x5x37xf16/; s/CHANNELS/5xf32/; s/DIMS/1/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/5x9x27xbf16/; s/CHANNELS/27xf32/; s/DIMS/2/; s/KIND/rows/' %s | %{guards}
// RUN: sed 's/DATA/3x5x13xf64/; s/CHANNELS/5xf64/; s/DIMS/1/; s/KIND/channels/' %s | %{guards}
// RUN: sed 's/DATA/4x5x11xf64/; s/CHANNELS/11xf64/; s/DIMS/2/; s/KIND/channels/' %s | %{guards}

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
