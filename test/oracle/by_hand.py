"""One channel of every op in plain Python floats: no broadcasting to get wrong."""

import math


def channel(op, m, v, epsilon):
    """Results of an op by name.

    `v` holds the operands by name: lists of the `m` elements of the channel for
    data, numbers for parameters.
    """
    x, gamma = v["input"], v["gamma"]
    if op == "training":
        mean = math.fsum(x) / m
        variance = math.fsum((a - mean) ** 2 for a in x) / m
    else:
        mean, variance = v["mean"], v["variance"]
    deviation = math.sqrt(variance + epsilon)
    if op in ("training", "inference"):
        output = [gamma * (a - mean) / deviation + v["beta"] for a in x]
        statistics = {"mean": mean, "variance": variance} if op == "training" else {}
        return {"output": output} | statistics
    delta = v["delta"]
    beta_delta = math.fsum(delta)
    gamma_delta = math.fsum(d * (a - mean) for a, d in zip(x, delta)) / deviation
    shared = {"gamma_delta": gamma_delta, "beta_delta": beta_delta}
    if op == "inference_backprop":
        return shared | {
            "input_delta": [gamma * d / deviation for d in delta],
            "mean_delta": math.fsum(-gamma * d / deviation for d in delta),
            "variance_delta": math.fsum(
                -gamma * d * (a - mean) / (2 * deviation**3) for a, d in zip(x, delta)
            ),
        }
    return shared | {
        "input_delta": [
            gamma / deviation * (d - (beta_delta + (a - mean) / deviation * gamma_delta) / m)
            + (v["mean_delta"] + 2 * v["variance_delta"] * (a - mean)) / m
            for a, d in zip(x, delta)
        ]
    }
