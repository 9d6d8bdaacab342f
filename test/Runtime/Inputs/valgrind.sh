#!/bin/sh
# valgrind.sh CC OMP DATA CHANNELS DIMS KIND BYTES [short]
#
# Runs every-op.mlir on such types under valgrind, on arrays that vectors fit and
# arrays that they do not. Compiled for AVX2, as valgrind knows no AVX-512.
set -eu
cc=$1 omp=$2 data=$3 channels=$4 dims=$5 kind=$6 bytes=$7 short=${8:-}
inputs=$(dirname "$0")

sed "s/DATA/$data/; s/CHANNELS/$channels/; s/DIMS/$dims/; s/KIND/$kind/" \
  "$inputs/every-op.mlir" >program.mlir
bn-runner program.mlir --emit=llvm -o code.ll
llc -O3 -mcpu=x86-64-v3 -relocation-model=pic -filetype=obj code.ll -o code.o
$cc -std=gnu11 -Wall -Wextra -Werror "$inputs/call.c" code.o -o call $omp -lm

shape() { echo "$1" | sed 's/x[a-z].*//; s/x/,/g'; }
for alignment in 64 8; do
  OMP_NUM_THREADS=2 valgrind --quiet --error-exitcode=9 --partial-loads-ok=no \
    --redzone-size=128 ./call "$(shape "$data")" "$(shape "$channels")" "$bytes" $alignment $short
done
