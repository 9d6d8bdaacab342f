"""Steps of the trainer in examples/digits, taken again in float64.

    digits.py EXAMPLE BEFORE AFTER

BEFORE and AFTER are folders that the trainer saved its parameters and running
statistics in, before the first step and after some. The images of every step,
the gradient of every layer (docs/Math.md) and the update are written out here.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

EPSILON, MOMENTUM, RATE = 1e-5, 0.9, 0.1
BATCH, SEED = 64, 1
PARAMETERS = ["w1", "g1", "b1", "w2", "g2", "b2", "w3", "b3"]
STATISTICS = ["mean1", "variance1", "mean2", "variance2"]
TOLERANCE = 2e-6
"""Error allowed, relative to the largest value of an array."""


def batches(count):
    """The numbers of the images of every step: of all but every fifth, shuffled
    for every epoch; those that fill no batch are left out. RandomState is the
    generator that C++ calls mt19937."""
    random = np.random.RandomState(SEED)
    order = np.array([number for number in range(count) if number % 5])
    while True:
        for last in range(len(order) - 1, 0, -1):
            other = int(random.randint(0, 2**32, dtype=np.uint32)) % (last + 1)
            order[[last, other]] = order[[other, last]]
        for first in range(0, len(order) - BATCH + 1, BATCH):
            yield order[first : first + BATCH]


def normalise(a, gamma, beta):
    mean, variance = a.mean(axis=0), a.var(axis=0)
    inverse = 1 / np.sqrt(variance + EPSILON)
    normed = (a - mean) * inverse
    return gamma * normed + beta, (mean, variance, inverse, normed)


def normalise_backward(delta, gamma, inverse, normed):
    dbeta, dgamma = delta.sum(axis=0), (delta * normed).sum(axis=0)
    return gamma * inverse * (delta - (dbeta + normed * dgamma) / len(delta)), dgamma, dbeta


def step(x, labels, state):
    """The loss before one step, and the state after it."""
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


def main():
    parser = argparse.ArgumentParser()
    for folder in ["example", "before", "after"]:
        parser.add_argument(folder, type=Path)
    options = parser.parse_args()

    def load(folder, names):
        return {name: np.load(folder / f"{name}.npy") for name in names}

    images, digits = load(options.example, ["images", "labels"]).values()
    x, labels = images.reshape(len(images), -1) / 16, np.eye(10)[digits]
    before = load(options.before, PARAMETERS + STATISTICS)
    state = {name: array.astype(np.float64) for name, array in before.items()}
    after = load(options.after, [*state, "losses"])
    losses = []
    for _, numbers in zip(after["losses"], batches(len(images))):
        loss, state = step(x[numbers], labels[numbers], state)
        losses.append(loss)

    worst = 0
    for name, expected in {**state, "losses": losses}.items():
        error = np.max(np.abs(after[name] - expected)) / np.max(np.abs(expected))
        if not error <= TOLERANCE:
            sys.exit(f"error: {name} after {len(losses)} steps is off by {error:.1e} of its largest value")
        worst = max(worst, error)
    print(f"{len(losses)} steps: all {len(after)} arrays agree, worst error {worst:.1e}")


if __name__ == "__main__":
    main()
