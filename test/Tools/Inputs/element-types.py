"""element-types.py BN_RUNNER PROGRAM DIR: files of every element type.

Each function of the program returns its argument; what comes out must be the
bytes that went in, under the same descriptor.
"""

import subprocess
import sys

import files
import numpy as np

# Function, descriptors it reads, the one it writes, and storage.
CASES = [
    ("f16", ["<f2"], "<f2", "<u2"),
    ("bf16", ["<V2", "|V2"], "<V2", "<u2"),
    ("f32", ["<f4"], "<f4", "<u4"),
    ("f64", ["<f8"], "<f8", "<u8"),
    ("i1", ["|b1"], "|b1", "?"),
    ("i8", ["|i1", "|u1"], "|i1", "u1"),
    ("i16", ["<i2", "<u2"], "<i2", "<u2"),
    ("i32", ["<i4", "<u4"], "<i4", "<u4"),
    ("i64", ["<i8", "<u8"], "<i8", "<u8"),
    ("index", ["<i8"], "<i8", "<u8"),
]

runner, program, directory = sys.argv[1:]
random = np.random.default_rng(1)
for function, descrs, written, storage in CASES:
    for descr in descrs:
        limit = 2 if storage == "?" else 2 ** (8 * np.dtype(storage).itemsize) - 1
        array = random.integers(0, limit, (3, 5), np.uint64).astype(storage)
        files.write(f"{directory}/in.npy", array, descr)
        subprocess.run(
            [
                runner,
                program,
                f"--entry={function}",
                f"--arg={directory}/in.npy",
                f"--out={directory}/out.npy",
            ],
            check=True,
        )
        found, result = files.read(f"{directory}/out.npy", storage)
        assert found == written, (function, found)
        assert result.shape == array.shape and result.tobytes() == array.tobytes(), function
    print(function, "ok")
