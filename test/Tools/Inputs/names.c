/* A program with a function `forward` and a call of `log` of its own. */

#include "code.h"
#include <math.h>
#include <stdio.h>

double forward(double x) { return x + 1; }

int main(int argc, char **argv) {
  (void)argv;
  float in[] = {1, 2, 3, 4}, out[4], logs[4];
  bn_f32_1d x = bn_f32_1d_of(in, 4), y = bn_f32_1d_of(out, 4),
            z = bn_f32_1d_of(logs, 4);
  _mlir_ciface_forward(&x, &y);
  _mlir_ciface_logf(&x, &z);
  printf("%g %g %g %g\n", forward(1), log(argc), out[3], logs[1]);
  return 0;
}
