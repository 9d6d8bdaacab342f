"""The gradient of training-mode batch normalisation, step by step.

Two published derivations by the chain rule, an independent check of the closed
form in `batch_norm.training_backprop`. They agree with it only where `mean` is
the true mean of `input`: the closed form has used sum(input - mean) = 0.

Here data are matrices of M rows (elements) and C columns (channels), and
parameters vectors of length C. A step that computes `name` forward has a step
that computes `name_delta` backward.
"""

import numpy as np

from element_types import WIDE


def cs231n(input, gamma, mean, variance, delta, epsilon, mean_delta=0, variance_delta=0):
    """Nine steps forward, taken backwards one by one.

    forward  1 mean       = sum(input) / M     6 inverse = 1 / deviation
             2 centered   = input - mean       7 x_hat   = centered * inverse
             3 square     = centered^2         8 scaled  = gamma * x_hat
             4 variance   = sum(square) / M    9 output  = scaled + beta
             5 deviation  = sqrt(variance + epsilon)
    Losses that also depend on mean and variance enter at their steps.
    Source: the computational graph taught in Stanford's CS231n.
    """
    m = WIDE(len(input))
    centered = input - mean
    deviation = np.sqrt(variance + WIDE(epsilon))
    inverse = 1 / deviation
    x_hat = centered * inverse

    beta_delta = delta.sum(axis=0)  # 9
    gamma_delta = (delta * x_hat).sum(axis=0)  # 8
    x_hat_delta = delta * gamma
    inverse_delta = (x_hat_delta * centered).sum(axis=0)  # 7
    centered_delta = x_hat_delta * inverse
    deviation_delta = -inverse_delta / deviation**2  # 6
    variance_delta = variance_delta + deviation_delta / (2 * deviation)  # 5
    square_delta = np.broadcast_to(variance_delta / m, input.shape)  # 4
    centered_delta = centered_delta + 2 * centered * square_delta  # 3
    input_delta = centered_delta  # 2
    mean_delta = mean_delta - centered_delta.sum(axis=0)
    input_delta = input_delta + mean_delta / m  # 1
    return input_delta, gamma_delta, beta_delta


def ngraph(input, gamma, mean, variance, delta, epsilon):
    """nGraph's "bar" variables, with `gmul` = gamma * invsqrt as one step.

    The published text has three slips, put right here:
    gmul_delta is sum(normed_delta * centered), not sum(normed_delta);
    beta_delta is sum(normed_delta), not normed_delta;
    mean_delta is -sum(centered_delta), as centered = input - mean.
    Source: nGraph documentation, BatchNormTrainingBackprop.
    """
    m = WIDE(len(input))
    centered = input - mean
    invsqrt = 1 / np.sqrt(variance + WIDE(epsilon))
    gmul = gamma * invsqrt

    beta_delta = delta.sum(axis=0)
    gmul_delta = (delta * centered).sum(axis=0)
    centered_delta = delta * gmul
    gamma_delta = gmul_delta * invsqrt
    invsqrt_delta = gamma * gmul_delta
    variance_delta = -invsqrt_delta * invsqrt / (2 * (variance + WIDE(epsilon)))
    square_delta = variance_delta / m
    centered_delta = centered_delta + 2 * centered * square_delta
    mean_delta = -centered_delta.sum(axis=0)
    input_delta = centered_delta + mean_delta / m
    return input_delta, gamma_delta, beta_delta
