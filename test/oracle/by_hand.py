"""One channel of every op in plain Python floats: no broadcasting to get wrong."""

import math


def channel(op, m, v, epsilon):
    """Results of an op by name.

    `v` holds the operands by name: lists of the `m` elements of the channel for
    data, numbers for parameters.
    """
    if op.endswith("_double_backprop"):
        return double_channel(op, m, v, epsilon)
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


def double_channel(op, m, v, epsilon):
    """`channel` for the double backprop ops, as closed forms.

    Inference: Chainer, FixedBatchNormalizationGrad. Training: the derivative of
    gamma * s * (uv - (u * d + p * g) / M) + gamma_cotangent * g + beta_cotangent * d,
    where u, d, p, g, uv are the sums of input_cotangent, delta, input_cotangent * x_hat,
    delta * x_hat and input_cotangent * delta; x_hat and s are differentiated last.
    """
    x, delta, u = v["input"], v["delta"], v["input_cotangent"]
    gamma, a, b = v["gamma"], v["gamma_cotangent"], v["beta_cotangent"]
    s = 1 / math.sqrt(v["variance"] + epsilon)
    x_hat = [(e - v["mean"]) * s for e in x]
    sum_d, sum_g = math.fsum(delta), dot(delta, x_hat)
    if op == "inference_double_backprop":
        half = v["variance_cotangent"] / 2
        a -= half * gamma * s**2
        b -= v["mean_cotangent"] * gamma * s
        over_std = dot(u, delta) - v["mean_cotangent"] * sum_d
        gamma_delta = s * over_std - half * s**2 * sum_g
        return {
            "input_delta": [s * a * d for d in delta],
            "gamma_delta": gamma_delta,
            "mean_delta": -s * a * sum_d,
            "variance_delta": -(s**2) / 2
            * (a * sum_g + gamma * s * over_std - 2 * half * gamma * s**2 * sum_g),
            "delta_delta": [gamma * s * e + a * h + b for e, h in zip(u, x_hat)],
        }  # fmt: skip
    sum_u, sum_p = math.fsum(u), dot(u, x_hat)
    projected = dot(u, delta) - (sum_u * sum_d + sum_p * sum_g) / m
    q = [a * d - gamma * s * (e * sum_g + d * sum_p) / m for d, e in zip(delta, u)]
    variance_delta = -(s**2) / 2 * (dot(q, x_hat) + gamma * s * projected)
    mean_delta = -s * math.fsum(q)
    return {
        "input_delta": [
            s * e + mean_delta / m + 2 * variance_delta * h / (s * m) for e, h in zip(q, x_hat)
        ],
        "gamma_delta": s * projected,
        "delta_delta": [
            gamma * s * (e - (sum_u + h * sum_p) / m) + a * h + b for e, h in zip(u, x_hat)
        ],
    }


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))
