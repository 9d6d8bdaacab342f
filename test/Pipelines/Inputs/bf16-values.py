"""bf16-values.py PROGRAM DIR: what programs make of all bf16 numbers.

The oracle's modules must be on PYTHONPATH, bn-runner on PATH. Compares bits; any
NaN is as good as another.
"""

import subprocess
import sys
from pathlib import Path

import npy
import numpy as np
from element_types import TYPES

SIZE = 65537
"""One more than there are bit patterns: no multiple of a vector's length."""

BF16 = TYPES["bf16"]


def add(x, y):
    """Rounded to f32, then to bf16."""
    return BF16.round(x.astype("<f4") + y.astype("<f4"))


def relu(x, y):
    total = add(x, y)
    return np.where(total == 0, 0, np.maximum(total, 0))


EXPECTED = {"add": add, "relu": relu, "mask": lambda x, y: np.where(x > 0, y, 0)}

# Signalling NaNs are numbers like others here.
np.seterr(invalid="ignore", over="ignore")
program, directory = sys.argv[1], Path(sys.argv[2])
places = np.arange(SIZE)
x, y = (BF16.decode((places * factor % 65536).astype("<u2")) for factor in (1, 40503))
npy.write(directory / "x.npy", BF16, x)
npy.write(directory / "y.npy", BF16, y)
for name, expected in EXPECTED.items():
    subprocess.run(
        [
            "bn-runner",
            program,
            f"--entry={name}",
            f"--arg={directory}/x.npy",
            f"--arg={directory}/y.npy",
            f"--out={directory}/out.npy",
        ],
        check=True,
    )
    stored = npy.read(directory / "out.npy", BF16, (SIZE,))
    want = expected(x, y)
    same = np.where(np.isnan(want), np.isnan(BF16.decode(stored)), stored == BF16.encode(want))
    wrong = np.flatnonzero(~same)
    assert not wrong.size, (name, wrong.size, x[wrong[0]], y[wrong[0]], stored[wrong[0]])
    print(name, "ok", flush=True)
