/* Calls @main of bn-runner-c.mlir on an array that is wrong in the way asked
   for, and prints its results; `main` is also the name of a function there. */

#include "code.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  static float x[4 * 3 * 5], y[4 * 3 * 5 + 1], mean[4];
  float gamma[4] = {1, -2, 0, 0}, beta[4] = {0, 1, 5, 0};
  bn_f32_3d input = bn_f32_3d_of(x, 4, 3, 5), output = bn_f32_3d_of(y, 4, 3, 5);
  bn_f32_1d g = bn_f32_1d_of(gamma, 3), b = bn_f32_1d_of(beta, 3),
            m = bn_f32_1d_of(mean, 3);
  const char *wrong = argc > 1 ? argv[1] : "";
  for (int i = 0; i < 4 * 3 * 5; ++i)
    x[i] = (float)(i * i % 17);

  if (strcmp(wrong, "operand") == 0)
    b.sizes[0] = 4;
  else if (strcmp(wrong, "result") == 0)
    output = bn_f32_3d_of(y, 5, 3, 4);
  else if (strcmp(wrong, "static") == 0)
    m.sizes[0] = 4;
  else if (strcmp(wrong, "strides") == 0)
    input.strides[0] = 16;
  else if (strcmp(wrong, "offset") == 0)
    input.offset = 1;
  else if (strcmp(wrong, "in-place") == 0)
    output = input;
  else if (strcmp(wrong, "overlap") == 0)
    m.aligned = y + 4 * 3 * 5 - 1;
  else if (strcmp(wrong, "address") == 0)
    output.aligned = (float *)((char *)y + 2);
  else if (strcmp(wrong, "unaligned") == 0)
    output.aligned = y + 1; /* as good as any other */

  _mlir_ciface_main(&input, &g, &b, &output, &m);
  printf("mean");
  for (int c = 0; c < 3; ++c)
    printf(" %.4f", mean[c]);
  printf("\noutput");
  for (int i = 0; i < 4 * 3 * 5; ++i)
    printf(" %.4f", output.aligned[i]);
  printf("\n");
  return 0;
}
