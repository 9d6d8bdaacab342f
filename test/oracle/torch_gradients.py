"""Gradients and their gradients against torch.autograd's own of its batch_norm, in f64.

    torch_gradients.py

torch.nn.functional.batch_norm is differentiated twice: in training mode with
the batch statistics, in evaluation mode with given ones, which it takes for
constants. There the whole of the gradient, by mean and variance too, is that of
the formula (input - mean) / sqrt(variance + epsilon) * gamma + beta.
"""

import sys

import numpy as np
import torch

from comparison import TOLERANCE
from element_types import TYPES, WIDE
from harness import Mismatch, make_runner, parser, run_all
from programs import Program

EPSILON = 0.1

SHAPES = ((5, 3, 4, 7), (16, 5), (3, 8, 33, 37))


def wide(tensor):
    return tensor.detach().numpy().astype(WIDE)


def draw(shape, mode):
    """Torch values by operand name; gamma has both signs and a zero."""
    generator = torch.Generator().manual_seed(7)

    def normal(*size):
        return torch.randn(*size, generator=generator, dtype=torch.float64)

    channels = shape[1]
    values = {name: normal(*shape) for name in ("input", "delta", "input_cotangent")}
    values["input"] = values["input"] * 2 + 3
    names = ("gamma", "beta", "gamma_cotangent", "beta_cotangent")
    if mode == "inference":
        names += ("mean", "mean_cotangent", "variance_cotangent")
        values["variance"] = normal(channels) ** 2 + 0.5
    values |= {name: normal(channels) for name in names}
    values["gamma"][1] = 0
    return values


def batch_norm(values, mode):
    """torch's op."""
    training = mode == "training"
    statistics = (None, None) if training else (values["mean"], values["variance"])
    return torch.nn.functional.batch_norm(
        values["input"], *statistics, values["gamma"], values["beta"], training, 0, EPSILON
    )


def formula(values, _):
    """Inference with mean and variance as variables."""
    p = {
        name: values[name].reshape(-1, *[1] * (values["input"].dim() - 2))
        for name in ("gamma", "beta", "mean", "variance")
    }
    distance = values["input"] - p["mean"]
    return distance / torch.sqrt(p["variance"] + EPSILON) * p["gamma"] + p["beta"]


def autograd(forward, values, mode, variables):
    """Gradients by name, and the gradients of these weighted with the cotangents."""
    leaves = [*variables, "delta"]
    values = values | {name: values[name].clone().requires_grad_() for name in leaves}
    output = forward(values, mode)
    first = torch.autograd.grad(
        output, [values[name] for name in variables], values["delta"], create_graph=True
    )
    loss = sum((values[f"{n}_cotangent"] * g).sum() for n, g in zip(variables, first))
    of = [name for name in leaves if name != "beta"]
    second = torch.autograd.grad(loss, [values[name] for name in of])
    return tuple(
        {f"{name}_delta": wide(gradient) for name, gradient in zip(names, gradients)}
        for names, gradients in ((variables, first), (of, second))
    )


def run(evaluate, op, shape, operands):
    """Results of a program; operands that are missing are zero."""
    program = Program(op, TYPES["f64"], shape, (1,), EPSILON)
    zero = np.zeros(shape[1], WIDE)
    return evaluate(program, {name: operands.get(name, zero) for name in program.operands})


def compare(got, wanted, what):
    """The worst error of the results that torch has, relative to the largest value."""
    worst = WIDE(0)
    for name, want in wanted.items():
        largest = np.abs(want).max()
        error = np.abs(got[name] - want).max() / largest
        # torch sums in f64 as well, and is no nearer to the truth.
        if not (largest > 0 and error <= 10 * TOLERANCE["f64"]):
            raise Mismatch(f"{name} of bn.{what} is off by {error:.3g} of {largest:.3g}")
        worst = max(worst, error)
    return worst


def check(evaluate, mode, shape, forward, variables):
    values = draw(shape, mode)
    operands = {name: wide(value) for name, value in values.items()}
    if mode == "training":
        statistics = run(evaluate, "training", shape, operands)
        operands |= {name: statistics[name] for name in ("mean", "variance")}
    if "mean" not in variables:
        for name in ("mean_cotangent", "variance_cotangent"):
            operands.pop(name, None)
    wanted = autograd(forward, values, mode, variables)
    ops = (f"{mode}_backprop", f"{mode}_double_backprop")
    worst = [
        compare(run(evaluate, op, shape, operands), want, op) for op, want in zip(ops, wanted)
    ]
    return f"first {worst[0]:.1e}, second {worst[1]:.1e}"


def cases(evaluate):
    """(title, function) pairs for `run_all`."""
    parameters = ["input", "gamma", "beta"]
    kinds = (
        ("training", batch_norm, parameters),
        ("inference", batch_norm, parameters),
        ("inference", formula, [*parameters, "mean", "variance"]),
    )
    for shape in SHAPES:
        for mode, forward, variables in kinds:
            yield (
                f"{mode} {forward.__name__} {'x'.join(map(str, shape))}",
                lambda s=shape, m=mode, f=forward, v=variables: check(evaluate, m, s, f, v),
            )


def main():
    options = parser(__doc__).parse_args()
    return run_all(cases(make_runner(options).run_wide))


if __name__ == "__main__":
    sys.exit(main())
