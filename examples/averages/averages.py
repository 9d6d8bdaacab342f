"""Runs averages.mlir on batches, one call of bn-runner each, and checks it.

    averages.py FOLDER

The arrays go through FOLDER. Every result is compared with the same formulas in
float64. Source: `batchnorm_forward` of Stanford's CS231n assignments.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

EPSILON, MOMENTUM, STEPS, BATCH = 1e-5, 0.9, 40, 256
# Error allowed, relative to the largest value of a result.
TOLERANCE = 1e-6


def layer(folder, training, x, gamma, beta, running_mean, running_variance):
    """Output and running averages from the compiled program."""
    arguments = [f"--arg={int(training)}"]
    for index, array in enumerate((x, gamma, beta, running_mean, running_variance)):
        np.save(folder / f"{index}.npy", array)
        arguments.append(f"--arg={folder}/{index}.npy")
    outputs = [folder / f"{name}.npy" for name in ("y", "mean", "variance")]
    subprocess.run(
        ["bn-runner", "averages.mlir", *arguments, *(f"--out={path}" for path in outputs)],
        check=True,
    )
    return [np.load(path) for path in outputs]


@np.errstate(invalid="ignore")
def reference(training, x, gamma, beta, running_mean, running_variance):
    """The same in float64."""
    x, gamma, beta, running_mean, running_variance = (
        array.astype(np.float64) for array in (x, gamma, beta, running_mean, running_variance)
    )
    mean, variance = running_mean, running_variance
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
        running_mean = MOMENTUM * running_mean + (1 - MOMENTUM) * mean
        running_variance = MOMENTUM * running_variance + (1 - MOMENTUM) * variance
    y = gamma * (x - mean) / np.sqrt(variance + EPSILON) + beta
    return y, running_mean, running_variance


def checked(*arguments):
    """The results of `layer`, once they are as good as the reference's."""
    results = layer(*arguments)
    for name, result, expected in zip(
        ("output", "running mean", "running variance"), results, reference(*arguments[1:])
    ):
        finite = np.isfinite(expected)
        if not np.array_equal(np.isfinite(result), finite):
            sys.exit(f"error: {name} is NaN or Inf in other places than the reference")
        error = np.abs(result - expected)[finite].max() / np.abs(expected[finite]).max()
        if not error <= TOLERANCE:
            sys.exit(f"error: {name} is off by {error:.1e} of its largest value")
    return results


def row(label, *arrays):
    print(f"{label:22}", *(
        np.array2string(array, precision=3, floatmode="fixed", sign=" ", suppress_small=True)
        for array in arrays
    ))  # fmt: skip


def main():
    folder = Path(sys.argv[1])
    random = np.random.default_rng(0)
    true_mean, deviation = np.float32([5, -2, 0]), np.float32([2, 0.5, 1])

    def batch(size):
        return (true_mean + deviation * random.standard_normal((size, 3))).astype(np.float32)

    gamma, beta = np.ones(3, np.float32), np.zeros(3, np.float32)
    averages = [np.zeros(3, np.float32), np.ones(3, np.float32)]
    print(f"{'':22} {'running mean':24} running variance")
    for step in range(STEPS + 1):
        if step % 10 == 0:
            row(f"after {step} batches", *averages)
        if step < STEPS:
            _, *averages = checked(folder, True, batch(BATCH), gamma, beta, *averages)
    row("the truth", true_mean, deviation**2)

    output, *kept = checked(folder, False, batch(BATCH), gamma, beta, *averages)
    if not np.array_equal(kept, averages):
        sys.exit("error: testing changed the running averages")
    print()
    row("test: output's mean", output.mean(axis=0))
    row("      and variance", output.var(axis=0))

    for value in (np.nan, np.inf):
        bad = batch(BATCH)
        bad[7, 1] = value
        output, *spoilt = checked(folder, True, bad, gamma, beta, *averages)
        print(f"\none {value} in channel 1 of a batch: it shows there, and nowhere else")
        row("      output's mean", output.mean(axis=0))
        row("      running averages", *spoilt)
    print(f"\nall results as in float64, to {TOLERANCE:.0e} of their largest value")


if __name__ == "__main__":
    main()
