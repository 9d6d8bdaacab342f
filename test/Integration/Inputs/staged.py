"""The closed and the staged form of training_backprop, compiled and compared.

    staged.py --tmp=FOLDER

Where `mean` is the mean of `input`, they agree. Elsewhere the staged form keeps
what the closed one has cancelled as 0: its input_delta is larger by

    (gamma * s * gamma_delta * sum(x_hat) - 2 * variance_delta * sum(input - mean)) / M²

(docs/Math.md, (C2)). Source of the setting 512 x 4, epsilon 2e-5: the published
derivation of the closed form.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

# Difference allowed, relative to the largest value: the staged form keeps
# data-sized gradients in the type of the data.
TOLERANCE = {"f64": 1e-14, "f32": 2e-6}
SETTINGS = [((512, 4), 2e-5, False), ((512, 4), 2e-5, True), ((16, 12, 28, 28), 1e-5, True)]
"""Shape, epsilon, and whether gradients arrive through mean and variance."""

RESULTS = ("input_delta", "gamma_delta", "beta_delta")


def program(shape, element, epsilon, pair):
    data = f"tensor<{'x'.join(map(str, shape))}x{element}>"
    channel = f"tensor<{shape[1]}x{element}>"
    arguments = ", %mean_delta: {0}, %variance_delta: {0}".format(channel) if pair else ""
    operands = ", %mean_delta, %variance_delta" if pair else ""
    return f"""
func.func @main(%x: {data}, %gamma: {channel}, %mean: {channel}, %variance: {channel},
                %delta: {data}{arguments}) -> ({data}, {channel}, {channel}) {{
  %0:3 = bn.training_backprop %x, %gamma, %gamma, %mean, %variance, %delta{operands}
      epsilon = {epsilon:e} : {data}, {channel}
  return %0#0, %0#1, %0#2 : {data}, {channel}, {channel}
}}
"""


def compare(folder, shape, epsilon, pair, element, mean_offset):
    """Returns an error message, or None."""
    dtype = {"f64": np.float64, "f32": np.float32}[element]
    random = np.random.default_rng(0)
    x, delta = (random.random(shape).astype(dtype) for _ in range(2))
    gamma, mean_delta, variance_delta = (random.random(shape[1]).astype(dtype) for _ in range(3))
    given = (mean_delta, variance_delta) if pair else ()
    dims = tuple(dim for dim in range(len(shape)) if dim != 1)
    wide = x.astype(np.float64)
    mean = (wide.mean(dims) + mean_offset).astype(dtype)
    variance = wide.var(dims).astype(dtype)

    arguments = []
    for index, array in enumerate((x, gamma, mean, variance, delta, *given)):
        np.save(folder / f"{index}.npy", array)
        arguments.append(f"--arg={folder}/{index}.npy")
    results = {}
    for form in ("closed", "staged"):
        text = subprocess.run(
            ["bn-opt", f"--convert-bn-to-linalg=form={form}"],
            input=program(shape, element, epsilon, pair), text=True, check=True, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip
        (folder / f"{form}.mlir").write_text(text)
        outputs = [f"--out={folder}/{form}-{name}.npy" for name in RESULTS]
        subprocess.run(["bn-runner", folder / f"{form}.mlir", *arguments, *outputs], check=True)
        results[form] = [
            np.load(folder / f"{form}-{name}.npy").astype(np.float64) for name in RESULTS
        ]

    def spread(channel):
        return channel.astype(np.float64).reshape(-1, *(1 for _ in shape[2:]))

    count = x.size // shape[1]
    s = 1 / np.sqrt(spread(variance) + epsilon)
    centered = (wide - spread(mean)).sum(dims, keepdims=True)[0]
    gap = (
        spread(gamma) * s * spread(results["closed"][1]) * s - 2 * pair * spread(variance_delta)
    ) * centered / count**2
    largest = [np.abs(result).max() for result in results["closed"]]
    # Far beyond rounding, or it would show nothing.
    if mean_offset and np.abs(gap).max() < 1e-3 * largest[0]:
        return f"the forms hardly differ: {np.abs(gap).max():.1e}"
    for name, closed, staged, extra, size in zip(
        RESULTS, results["closed"], results["staged"], (gap, 0, 0), largest, strict=True
    ):
        error = np.abs(staged - closed - extra).max() / size
        if not error <= TOLERANCE[element]:
            return f"{name} of the staged form is off by {error:.1e} of its largest value"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tmp", type=Path, required=True, help="folder for programs and arrays")
    folder = parser.parse_args().tmp
    folder.mkdir(parents=True, exist_ok=True)
    failures = 0
    for shape, epsilon, pair in SETTINGS:
        for element in TOLERANCE:
            for mean_offset in (0, 0.1):
                problem = compare(folder, shape, epsilon, pair, element, mean_offset)
                failures += problem is not None
                print(f"{shape} {element}{', pair' * pair}, mean off by {mean_offset}: {problem or 'as derived'}")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
