/* Calls @main of bn-runner-no-memory.mlir where there is no memory: linked with
   --wrap=malloc, so that the object file gets this one. */

#include "code.h"
#include <stddef.h>
#include <stdio.h>

static int calls;

void *__wrap_malloc(size_t size) {
  (void)size;
  ++calls;
  return NULL;
}

int main(int argc, char **argv) {
  static float x[12], y[12];
  float p[3] = {1, 1, 1};
  (void)argv;
  int rows = argc > 1 ? 0 : 4; /* any word: arrays without elements */
  bn_f32_2d input = bn_f32_2d_of(x, rows, 3), output = bn_f32_2d_of(y, rows, 3);
  bn_f32_1d parameter = bn_f32_1d_of(p, 3);
  _mlir_ciface_main(&input, &parameter, &output);
  printf("allocated %d times\n", calls);
  return 0;
}
