"""Gradients of the gradients, step by step in reverse.

No formula of a second derivative enters here: a gradient op is written down as
steps on a tape, and the tape is taken backwards by the chain rule from one
cotangent for each of its results.
"""

import numpy as np

from channels import Channels
from element_types import WIDE


class Value:
    """One step: its array, and for each value it was made from the pullback to it."""

    def __init__(self, tape, array, *uses):
        self.tape, self.array, self.uses = tape, array, uses
        tape.values.append(self)

    def __add__(self, other):
        return Value(
            self.tape, self.array + other.array, (self, lambda d: d), (other, lambda d: d)
        )

    def __mul__(self, other):
        return Value(
            self.tape,
            self.array * other.array,
            (self, lambda d: d * other.array),
            (other, lambda d: d * self.array),
        )

    def __neg__(self):
        return self.times(self.tape.minus)

    def __sub__(self, other):
        return self + -other

    def times(self, number):
        return Value(self.tape, self.array * number, (self, lambda d: d * number))

    def expand(self):
        """A parameter spread to the shape of the data."""
        c = self.tape.channels
        return Value(self.tape, c.spread(self.array), (self, c.sum))

    def sum(self):
        """Data summed to a parameter."""
        c = self.tape.channels
        return Value(self.tape, c.sum(self.array), (self, c.spread))


class Tape:
    """The steps of one evaluation, first to last.

    With `absolute`, every factor and every term is replaced by its absolute
    value: the results then are the sizes of the terms that were added up.
    """

    def __init__(self, channels, absolute):
        self.channels = channels
        self.take = np.abs if absolute else np.asarray
        self.minus = WIDE(1 if absolute else -1)
        self.values = []

    def variable(self, array):
        return Value(self, self.take(array))

    def centered(self, input, mean, distance):
        """input - mean, given as `distance`, which is exact before values lose their sign."""
        return Value(
            self,
            self.take(distance),
            (input, lambda d: d),
            (mean, lambda d: self.minus * self.channels.sum(d)),
        )

    def inverse_deviation(self, variance, epsilon):
        """s = 1 / sqrt(variance + epsilon); its derivative is -1/2 / (variance + epsilon)^(3/2)."""
        square = variance.array + WIDE(epsilon)
        s = 1 / np.sqrt(square)
        return Value(self, s, (variance, lambda d: self.minus * d * s / (2 * square)))

    def batch_statistics(self, input, mean, variance, distance):
        """Mean and variance as functions of input, whatever their rounded values.

        dmean / dinput = 1 / M    dvariance / dinput = 2 * (input - mean) / M
        """
        c = self.channels
        m = WIDE(c.count)
        slope = 2 * self.take(distance) / m
        return (
            Value(self, self.take(mean), (input, lambda d: c.spread(d) / m)),
            Value(self, variance, (input, lambda d: c.spread(d) * slope)),
        )

    def gradient(self, cotangents, variables):
        """Derivatives of sum(cotangent * value) by each variable."""
        derivative = {id(value): np.zeros_like(value.array) for value in self.values}
        for value, cotangent in cotangents:
            derivative[id(value)] = derivative[id(value)] + self.take(cotangent)
        for value in reversed(self.values):
            for source, pullback in value.uses:
                derivative[id(source)] = derivative[id(source)] + pullback(derivative[id(value)])
        return tuple(derivative[id(variable)] for variable in variables)


def training_double_backprop(
    input, gamma, mean, variance, delta, input_cotangent, gamma_cotangent, beta_cotangent,
    *, epsilon, channel_dims, absolute=False,
):  # fmt: skip
    """Gradient of `training_backprop` by input, gamma and delta.

    The loss is sum(input_cotangent * input_delta) + sum over channels of
    gamma_cotangent * gamma_delta + beta_cotangent * beta_delta, where mean and
    variance are functions of input.
    """
    c = Channels(input.shape, channel_dims)
    tape = Tape(c, absolute)
    x, g, d = (tape.variable(array) for array in (input, gamma, delta))
    distance = input - c.expand(mean)
    mu, var = tape.batch_statistics(x, mean, variance, distance)
    s = tape.inverse_deviation(var, epsilon).expand()
    x_hat = tape.centered(x, mu, distance) * s
    beta_delta = d.sum()
    gamma_delta = (d * x_hat).sum()
    common = (beta_delta.expand() + x_hat * gamma_delta.expand()).times(1 / WIDE(c.count))
    input_delta = g.expand() * (s * (d - common))
    return tape.gradient(
        [
            (input_delta, input_cotangent),
            (gamma_delta, gamma_cotangent),
            (beta_delta, beta_cotangent),
        ],
        (x, g, d),
    )


def inference_double_backprop(
    input, gamma, mean, variance, delta, input_cotangent, gamma_cotangent, beta_cotangent,
    mean_cotangent, variance_cotangent, *, epsilon, channel_dims, absolute=False,
):  # fmt: skip
    """Gradient of `inference_backprop` by all its operands.

    The loss is the sum of each of its five results times its cotangent.
    """
    c = Channels(input.shape, channel_dims)
    tape = Tape(c, absolute)
    x, g, mu, var, d = (
        tape.variable(array) for array in (input, gamma, mean, variance, delta)
    )
    s = tape.inverse_deviation(var, epsilon)
    x_hat = tape.centered(x, mu, input - c.expand(mean)) * s.expand()
    beta_delta = d.sum()
    gamma_delta = (d * x_hat).sum()
    input_delta = (g * s).expand() * d
    mean_delta = -(g * s * beta_delta)
    variance_delta = -(g * s * s * gamma_delta).times(WIDE(1) / 2)
    return tape.gradient(
        [
            (input_delta, input_cotangent),
            (gamma_delta, gamma_cotangent),
            (beta_delta, beta_cotangent),
            (mean_delta, mean_cotangent),
            (variance_delta, variance_cotangent),
        ],
        (x, g, mu, var, d),
    )
