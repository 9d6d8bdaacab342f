"""Makes the arrays of this example, and checks its results in float64.

    compare.py make FOLDER     writes x, gamma, beta and dy as .npy
    compare.py check FOLDER    compares y, dx, dgamma and dbeta with NumPy
"""

import sys

import numpy as np

EPSILON = 1e-5
# Error allowed, relative to the largest value of a result.
TOLERANCE = 4e-7


def make(folder):
    rng = np.random.default_rng(0)
    for name, shape in (("x", (8, 16, 14, 14)), ("gamma", 16), ("beta", 16),
                        ("dy", (8, 16, 14, 14))):
        np.save(f"{folder}/{name}.npy",
                rng.standard_normal(shape).astype(np.float32))


def check(folder):
    def load(name):
        array = np.load(f"{folder}/{name}.npy").astype(np.float64)
        return array[:, None, None] if array.ndim == 1 else array

    x, gamma, beta, dy = map(load, ("x", "gamma", "beta", "dy"))
    dims = (0, 2, 3)
    s = 1 / np.sqrt(x.var(dims, keepdims=True) + EPSILON)
    xhat = (x - x.mean(dims, keepdims=True)) * s
    dbeta = dy.sum(dims, keepdims=True)
    dgamma = (dy * xhat).sum(dims, keepdims=True)
    count = x.size // gamma.size
    expected = {
        "y": gamma * xhat + beta,
        "dx": gamma * s * (dy - (dbeta + xhat * dgamma) / count),
        "dgamma": dgamma[0],
        "dbeta": dbeta[0],
    }
    good = True
    for name, reference in expected.items():
        error = np.abs(load(name) - reference).max() / np.abs(reference).max()
        good &= error <= TOLERANCE
        print(f"{name:7} error {error:.1e} of its largest value, "
              f"{'as good as' if error <= TOLERANCE else 'WORSE than'} "
              f"{TOLERANCE:.0e}")
    return 0 if good else 1


if __name__ == "__main__":
    command, folder = sys.argv[1:]
    sys.exit(make(folder) if command == "make" else check(folder))
