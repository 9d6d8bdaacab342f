"""Trains network.mlir a few steps and checks every parameter.

    training.py FOLDER

The gradient is made by bn-opt, a step runs as one compiled program, and the
arrays go through FOLDER. The same steps are taken in float64, with the gradient
of each layer written out (docs/Math.md).
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

EPSILON, MOMENTUM, RATE, STEPS, BATCH = 1e-5, 0.9, 0.5, 5, 96
PARAMETERS = ["w1", "g1", "b1", "w2", "g2", "b2", "w3", "b3"]
STATISTICS = ["mean1", "variance1", "mean2", "variance2"]
# Error allowed, relative to the largest value of an array.
TOLERANCE = 5e-6


def compile_step(folder):
    """The file of a program whose `step` holds the gradient that bn-opt made."""
    here = Path(__file__).parent
    wrt = ",".join(str(2 + i) for i in range(len(PARAMETERS)))
    gradient = subprocess.run(
        ["bn-opt", here / "network.mlir", f"--bn-differentiate=entry=loss wrt={wrt}"],
        check=True, capture_output=True, text=True,
    ).stdout
    whole, program = folder / "whole.mlir", folder / "step.mlir"
    # Into the module, before the brace that ends it.
    whole.write_text(gradient.rstrip().removesuffix("}") + (here / "step.mlir").read_text() + "}\n")
    subprocess.run(
        ["bn-opt", whole, "--inline", "--canonicalize", "--cse", "-o", program], check=True
    )
    return program


def step(folder, program, x, labels, state):
    """The loss, and the state after one step, from the compiled program."""
    arguments, outputs = [], [folder / "loss.npy"]
    for name, array in {"x": x, "labels": labels, **state}.items():
        np.save(folder / f"{name}.npy", array)
        arguments.append(f"--arg={folder}/{name}.npy")
    outputs += [folder / f"new-{name}.npy" for name in state]
    subprocess.run(
        ["bn-runner", program, "--entry=step", *arguments, f"--arg={RATE}",
         *(f"--out={path}" for path in outputs)],
        check=True,
    )
    loss, *arrays = [np.load(path) for path in outputs]
    return loss, dict(zip(state, arrays, strict=True))


def normalise(a, gamma, beta):
    mean, variance = a.mean(axis=0), a.var(axis=0)
    inverse = 1 / np.sqrt(variance + EPSILON)
    normed = (a - mean) * inverse
    return gamma * normed + beta, (mean, variance, inverse, normed)


def normalise_backward(delta, gamma, inverse, normed):
    dbeta, dgamma = delta.sum(axis=0), (delta * normed).sum(axis=0)
    return gamma * inverse * (delta - (dbeta + normed * dgamma) / len(delta)), dgamma, dbeta


def reference(x, labels, state):
    """The same step in float64."""
    p = dict(state)
    y1, (mean1, variance1, inverse1, normed1) = normalise(x @ p["w1"], p["g1"], p["b1"])
    h1 = np.maximum(y1, 0)
    y2, (mean2, variance2, inverse2, normed2) = normalise(h1 @ p["w2"], p["g2"], p["b2"])
    h2 = np.maximum(y2, 0)
    logits = h2 @ p["w3"] + p["b3"]
    sums = np.exp(logits).sum(axis=1, keepdims=True)
    loss = (np.log(sums[:, 0]) - (logits * labels).sum(axis=1)).mean()

    delta = (np.exp(logits) / sums - labels) / len(x)
    gradients = {"w3": h2.T @ delta, "b3": delta.sum(axis=0)}
    delta = (delta @ p["w3"].T) * (y2 > 0)
    delta, gradients["g2"], gradients["b2"] = normalise_backward(delta, p["g2"], inverse2, normed2)
    gradients["w2"] = h1.T @ delta
    delta = (delta @ p["w2"].T) * (y1 > 0)
    delta, gradients["g1"], gradients["b1"] = normalise_backward(delta, p["g1"], inverse1, normed1)
    gradients["w1"] = x.T @ delta

    for name in PARAMETERS:
        p[name] = state[name] - RATE * gradients[name]
    unbiased = len(x) / (len(x) - 1)
    sample = [mean1, variance1 * unbiased, mean2, variance2 * unbiased]
    for name, value in zip(STATISTICS, sample, strict=True):
        p[name] = MOMENTUM * state[name] + (1 - MOMENTUM) * value
    return loss, p


def initial_state(random):
    """Weights of variance 2 / inputs, and layers that normalise only."""
    shapes = {"w1": (64, 64), "w2": (64, 64), "w3": (64, 10), "b3": (10,)}
    shapes |= {name: (64,) for name in ["g1", "b1", "g2", "b2", *STATISTICS]}
    state = {}
    for name in PARAMETERS + STATISTICS:
        if name.startswith("w"):
            value = random.normal(0, np.sqrt(2 / 64), shapes[name])
        else:
            ones = name.startswith(("g", "variance"))
            value = np.full(shapes[name], float(ones))
        state[name] = value.astype(np.float32)
    return state


def main():
    folder = Path(sys.argv[1])
    random = np.random.default_rng(3)
    state = initial_state(random)
    expected = {name: array.astype(np.float64) for name, array in state.items()}
    program = compile_step(folder)
    for number in range(STEPS):
        x = random.uniform(0, 1, (BATCH, 64)).astype(np.float32)
        labels = np.eye(10, dtype=np.float32)[random.integers(0, 10, BATCH)]
        loss, state = step(folder, program, x, labels, state)
        expected_loss, expected = reference(x.astype(np.float64), labels, expected)
        worst = 0
        for name, got, want in [
            ("loss", loss, expected_loss), *((name, state[name], expected[name]) for name in state)
        ]:
            error = np.max(np.abs(got - want)) / np.max(np.abs(want))
            if not error <= TOLERANCE:
                sys.exit(f"error: {name} after step {number + 1} is off by {error:.1e} of its largest value")
            worst = max(worst, error)
        print(f"step {number + 1}: loss {loss:.4f}, all parameters agree, worst error {worst:.1e}")


if __name__ == "__main__":
    main()
