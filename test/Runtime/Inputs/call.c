/* Calls @main of every-op.mlir on arrays of exactly as many bytes as they need, and
   prints a sum of all results.

   call DATA CHANNELS BYTES ALIGNMENT [short]
     DATA, CHANNELS   shapes, like 3,5,7 and 5
     BYTES            of an element of the data; the others have at least 4
     ALIGNMENT        of all arrays
     short            the last result is a byte too short: for tests of the test */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUM_ARGUMENTS 6
#define NUM_ARRAYS 28
static const char kinds[NUM_ARRAYS + 1] = "dddccc" /* results: */ "dccd" "dcc" "dcccc" "dcd" "dcccd" "cc";

/* MLIR's memref descriptor; strides follow the sizes. */
typedef struct {
  void *allocated, *aligned;
  int64_t offset, sizes_and_strides[16];
} memref;

void _mlir_ciface_main(memref *, memref *, memref *, memref *, memref *, memref *, memref *,
                       memref *, memref *, memref *, memref *, memref *, memref *, memref *,
                       memref *, memref *, memref *, memref *, memref *, memref *, memref *,
                       memref *, memref *, memref *, memref *, memref *, memref *, memref *);

/* Returns the number of bytes. */
static size_t describe(memref *array, const char *shape, size_t bytes) {
  int rank = 0;
  for (char *end; *shape; shape = *end ? end + 1 : end)
    array->sizes_and_strides[rank++] = strtoll(shape, &end, 10);
  for (int i = rank; i-- > 0;) {
    array->sizes_and_strides[rank + i] =
        i + 1 < rank ? array->sizes_and_strides[i + 1] * array->sizes_and_strides[rank + i + 1] : 1;
  }
  return bytes * array->sizes_and_strides[0] * array->sizes_and_strides[rank];
}

/* A number from 1 to 2 of f16 or bf16, f32 or f64, the last bytes of which are random. */
static void fill(unsigned char *data, size_t count, size_t bytes) {
  for (size_t i = 0; i < count; ++i) {
    double f64 = 1 + rand() / (2.0 * RAND_MAX);
    float f32 = (float)f64;
    uint16_t narrow = 0x3f80 | (rand() & 0x7f);
    const void *value = bytes == 8 ? (void *)&f64 : bytes == 4 ? (void *)&f32 : (void *)&narrow;
    memcpy(data + i * bytes, value, bytes);
  }
}

int main(int argc, char **argv) {
  static memref a[NUM_ARRAYS];
  size_t sizes[NUM_ARRAYS];
  if (argc < 5)
    return 2;
  size_t data_bytes = strtoul(argv[3], NULL, 10);
  for (int i = 0; i < NUM_ARRAYS; ++i) {
    int is_data = kinds[i] == 'd';
    size_t bytes = is_data || data_bytes > 4 ? data_bytes : 4;
    sizes[i] = describe(&a[i], argv[is_data ? 1 : 2], bytes);
    int is_short = argc > 5 && i + 1 == NUM_ARRAYS;
    if (posix_memalign(&a[i].aligned, strtoul(argv[4], NULL, 10), sizes[i] - is_short))
      return 2;
    a[i].allocated = a[i].aligned;
    if (i < NUM_ARGUMENTS)
      fill(a[i].aligned, sizes[i] / bytes, bytes);
  }
  _mlir_ciface_main(&a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &a[6], &a[7], &a[8], &a[9], &a[10],
                    &a[11], &a[12], &a[13], &a[14], &a[15], &a[16], &a[17], &a[18], &a[19], &a[20],
                    &a[21], &a[22], &a[23], &a[24], &a[25], &a[26], &a[27]);
  unsigned sum = 0;
  for (int i = NUM_ARGUMENTS; i < NUM_ARRAYS; ++i)
    for (size_t byte = 0; byte < sizes[i]; ++byte)
      sum += ((unsigned char *)a[i].aligned)[byte];
  printf("%u\n", sum);
  return 0;
}
