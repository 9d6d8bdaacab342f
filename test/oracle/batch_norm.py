"""Batch normalisation in wide arithmetic: what every op of the dialect means.

Each function takes arrays of `WIDE` values and returns a tuple of them, in the
order of the op's operands and results. It shares no code with the compiler and
prefers the plain formula to a fast one.

Notation
    input, output, delta, and their     "data": any rank
    derivatives and cotangents
    everything else                     "parameters": one value per channel, of
                                        shape [input.shape[d] for d in channel_dims]
    M       number of elements per channel (product of the other dims)
    sum     over all dims that are not channel dims
    s       1 / sqrt(variance + epsilon)
    x_hat   (input - mean) * s
An operand `<name>_delta` is the derivative of some scalar loss by `<name>`,
`<name>_cotangent` that of a second loss by the result `<name>_delta`.
"""

from dataclasses import dataclass
from typing import Callable

import numpy as np

from channels import Channels
from double_backprop import (
    inference_double_backprop,
    training_double_backprop,
)
from element_types import WIDE


def inverse_deviation(variance, epsilon):
    """s = 1 / sqrt(variance + epsilon)"""
    return 1 / np.sqrt(variance + WIDE(epsilon))


# Forward


def training(input, gamma, beta, *, epsilon, channel_dims):
    """Normalises with the statistics of `input` itself.

    mean     = sum(input) / M
    variance = sum((input - mean)^2) / M                  (biased)
    output   = gamma * x_hat + beta

    `output` follows from the exact statistics, not from their rounded copies.
    Source: Ioffe and Szegedy 2015, algorithm 1.
    """
    c = Channels(input.shape, channel_dims)
    rounded = c.mean(input)
    centered = input - c.expand(rounded)
    # Where the mean is far from zero, what rounding it loses shows in `output`.
    rest = c.mean(centered)
    centered = centered - c.expand(rest)
    variance = c.mean(centered**2)
    (output,) = inference(
        centered, gamma, beta, np.zeros_like(rest), variance, epsilon=epsilon, channel_dims=channel_dims
    )
    return output, np.where(np.isinf(rounded), rounded, rounded + rest), variance


def inference(input, gamma, beta, mean, variance, *, epsilon, channel_dims):
    """Normalises with given statistics.

    output = gamma * x_hat + beta
    Source: Ioffe and Szegedy 2015, algorithm 2.
    """
    c = Channels(input.shape, channel_dims)
    centered = input - c.expand(mean)
    scale = gamma * inverse_deviation(variance, epsilon)
    return (centered * c.expand(scale) + c.expand(beta),)


# Gradients


def training_backprop(
    input,
    gamma,
    beta,
    mean,
    variance,
    delta,
    mean_delta=None,
    variance_delta=None,
    *,
    epsilon,
    channel_dims,
):
    """Gradient of `training`; mean and variance are its results.

    beta_delta  = sum(delta)
    gamma_delta = sum(delta * x_hat)
    input_delta = gamma * s * (delta - (beta_delta + x_hat * gamma_delta) / M)
                + mean_delta / M + 2 * variance_delta * (input - mean) / M

    `beta` plays no part. The closed form is that of nGraph's
    BatchNormTrainingBackprop; `staged.py` holds the step-by-step derivations.
    """
    c = Channels(input.shape, channel_dims)
    m = WIDE(c.count)
    s = inverse_deviation(variance, epsilon)
    centered = input - c.expand(mean)
    x_hat = centered * c.expand(s)
    beta_delta = c.sum(delta)
    gamma_delta = c.sum(delta * x_hat)
    common = (c.expand(beta_delta) + x_hat * c.expand(gamma_delta)) / m
    input_delta = c.expand(gamma * s) * (delta - common)
    if mean_delta is not None:
        input_delta = input_delta + c.expand(mean_delta) / m
    if variance_delta is not None:
        input_delta = input_delta + 2 * c.expand(variance_delta) * centered / m
    return input_delta, gamma_delta, beta_delta


def inference_backprop(input, gamma, mean, variance, delta, *, epsilon, channel_dims):
    """Gradient of `inference`; mean and variance are independent variables.

    input_delta    = gamma * s * delta
    gamma_delta    = sum(delta * x_hat)
    beta_delta     = sum(delta)
    mean_delta     = -gamma * s * beta_delta
    variance_delta = -1/2 * gamma * s^2 * gamma_delta
    Source: Chainer, FixedBatchNormalizationGrad.
    """
    c = Channels(input.shape, channel_dims)
    s = inverse_deviation(variance, epsilon)
    x_hat = (input - c.expand(mean)) * c.expand(s)
    beta_delta = c.sum(delta)
    gamma_delta = c.sum(delta * x_hat)
    return (
        c.expand(gamma * s) * delta,
        gamma_delta,
        beta_delta,
        -gamma * s * beta_delta,
        -gamma * s**2 * gamma_delta / 2,
    )


# The table of ops

DATA = {"input", "output", "delta", "input_delta", "input_cotangent", "delta_delta"}
"""Operands and results with the shape of the input; all others are parameters."""


@dataclass(frozen=True)
class Op:
    """An op of the dialect: `optional` operands come together or not at all."""

    name: str
    evaluate: Callable
    operands: tuple
    results: tuple
    optional: tuple = ()

    def __call__(self, operands, **attributes):
        """Results by name for operands by name."""
        with np.errstate(all="ignore"):
            values = self.evaluate(**operands, **attributes)
        return dict(zip(self.results, values, strict=True))


OPS = {
    op.name: op
    for op in (
        Op(
            "training",
            training,
            ("input", "gamma", "beta"),
            ("output", "mean", "variance"),
        ),
        Op(
            "inference",
            inference,
            ("input", "gamma", "beta", "mean", "variance"),
            ("output",),
        ),
        Op(
            "training_backprop",
            training_backprop,
            ("input", "gamma", "beta", "mean", "variance", "delta"),
            ("input_delta", "gamma_delta", "beta_delta"),
            ("mean_delta", "variance_delta"),
        ),
        Op(
            "inference_backprop",
            inference_backprop,
            ("input", "gamma", "mean", "variance", "delta"),
            ("input_delta", "gamma_delta", "beta_delta", "mean_delta", "variance_delta"),
        ),
        Op(
            "training_double_backprop",
            training_double_backprop,
            (
                "input", "gamma", "mean", "variance", "delta",
                "input_cotangent", "gamma_cotangent", "beta_cotangent",
            ),
            ("input_delta", "gamma_delta", "delta_delta"),
        ),
        Op(
            "inference_double_backprop",
            inference_double_backprop,
            (
                "input", "gamma", "mean", "variance", "delta",
                "input_cotangent", "gamma_cotangent", "beta_cotangent",
                "mean_cotangent", "variance_cotangent",
            ),
            ("input_delta", "gamma_delta", "mean_delta", "variance_delta", "delta_delta"),
        ),
    )  # fmt: skip
}


def term_sizes(op, operands, **attributes):
    """For each result, the size of the terms that its formula adds up.

    The same formulas with every factor and term replaced by its absolute
    value. A result much smaller than its terms is a cancellation: no
    floating-point evaluation can be accurate relative to the result then.
    """
    if op.name.endswith("_double_backprop"):
        return op(operands, **attributes, absolute=True)
    c = Channels(operands["input"].shape, attributes["channel_dims"])
    exact = op(operands, **attributes)
    mean = operands.get("mean", exact.get("mean"))
    variance = operands.get("variance", exact.get("variance"))
    distance = np.abs(operands["input"] - c.expand(mean))
    positive = {"input": c.expand(mean) + distance, "mean": mean, "variance": variance}
    gamma = np.abs(operands["gamma"])
    if "delta" not in operands:
        positive |= {"gamma": gamma, "beta": np.abs(operands["beta"])}
        sizes = OPS["inference"](positive, **attributes)
        sizes |= {"mean": c.mean(np.abs(operands["input"])), "variance": variance}
        return {name: sizes[name] for name in op.results}
    positive |= {"gamma": gamma, "delta": np.abs(operands["delta"])}
    sizes = OPS["inference_backprop"](positive, **attributes)
    m = WIDE(c.count)
    if "mean_delta" in operands:
        sizes["input_delta"] = (
            sizes["input_delta"]
            + c.expand(np.abs(operands["mean_delta"])) / m
            + 2 * c.expand(np.abs(operands["variance_delta"])) * distance / m
        )
    return {name: np.abs(sizes[name]) for name in op.results}
