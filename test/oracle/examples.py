"""Published examples, in f32 and f64.

    examples.py --type=f32

The numbers are in `published.py`; and the setting of a published derivation of
the closed form, 512 x 4 with epsilon 2e-5, is compared with the staged forms.
"""

import sys

import numpy as np

import staged
from batch_norm import OPS, term_sizes
from comparison import TOLERANCE
from element_types import TYPES, WIDE
from harness import Mismatch, add_type, make_runner, parser, run_all
from programs import Program
from published import EXAMPLES, array


def check_example(evaluate, example, element_type):
    """Compares with the printed numbers, each to its digits.

    A result that is zero by cancellation is held to the size of its terms.
    """
    operands = {name: array(value) for name, value in example.operands.items()}
    program = Program(
        example.op, element_type, operands["input"].shape, example.channel_dims, example.epsilon
    )
    operands = program.round(operands)
    attributes = {"epsilon": program.epsilon, "channel_dims": program.channels}
    results = evaluate(program, operands)
    if set(example.expected) != set(program.results):
        raise Mismatch(f"the example gives {sorted(example.expected)}")
    worst = []
    for name, want in example.expected.items():
        want = np.broadcast_to(array(want), program.shape_of(name))
        scale = np.abs(want).max()
        if scale == 0:
            scale = term_sizes(OPS[example.op], operands, **attributes)[name].max()
        allowed = TOLERANCE[element_type.name] * scale
        allowed = max(allowed, WIDE((example.precision or {}).get(name, 0)))
        error = np.abs(results[name] - want).max()
        if not error <= allowed:
            raise Mismatch(f"{name} is off by {error:.3g}, allowed {allowed:.3g}")
        worst.append(f"{name} {error:.1e}")
    return ", ".join(worst)


SAMPLE_GAMMA_DELTA = array(["4.37268067", "1.37110077", "-5.82715048", "7.24337929"])
"""gamma_delta of `sample`, from f64 NumPy; the slip `gmul_delta = sum(delta)` gives 865.36."""


def sample():
    """Uniform input, delta and gamma of the 512 x 4 setting, with epsilon 2e-5."""
    random = np.random.default_rng(0)
    input, delta = random.random((512, 4)), random.random((512, 4))
    gamma, beta = random.random(4), random.random(4)
    values = {"input": input, "gamma": gamma, "beta": beta, "delta": delta}
    return {name: value.astype(WIDE) for name, value in values.items()}, 2e-5


def check_sample(evaluate, element_type):
    """training, then its gradient, against both staged derivations.

    Staged and closed form differ by multiples of sum(input - mean), which is not
    quite zero as the stored mean is rounded; beside the terms of each gradient
    that is an ulp or so. Hence the wider tolerance.
    """
    values, epsilon = sample()
    forward = Program("training", element_type, (512, 4), None, epsilon)
    backward = Program("training_backprop", element_type, (512, 4), None, epsilon)
    values = {name: element_type.round(value) for name, value in values.items()}
    statistics = evaluate(forward, forward.round(values))
    values |= {name: statistics[name] for name in ("mean", "variance")}
    results = evaluate(backward, values)
    names = ("input", "gamma", "mean", "variance", "delta")
    tolerance = 5 * TOLERANCE[element_type.name]
    terms = term_sizes(OPS["training_backprop"], values, epsilon=epsilon, channel_dims=(1,))
    worst = WIDE(0)
    for derivation in (staged.cs231n, staged.ngraph):
        wanted = derivation(*(values[name] for name in names), epsilon)
        for name, want in zip(results, wanted, strict=True):
            error = np.abs(results[name] - want).max() / terms[name].max()
            if not error <= tolerance:
                raise Mismatch(
                    f"{name} is {error:.3g} of its terms away from {derivation.__name__}"
                )
            worst = max(worst, error)
    error = np.abs(results["gamma_delta"] - SAMPLE_GAMMA_DELTA).max()
    # In f32 the rounding of the mean alone moves it by up to 512 * s * 3e-8.
    if not error <= (1e-4 if element_type.name == "f32" else 6e-9):
        raise Mismatch(f"gamma_delta is off by {error:.3g}")
    return f"staged {worst:.1e}, gamma_delta {error:.1e}"


def cases(evaluate, element_type):
    """(title, function) pairs for `run_all`."""
    for example in EXAMPLES:
        yield (
            f"{example.name} {element_type.name}",
            lambda example=example: check_example(evaluate, example, element_type),
        )
    yield f"512 x 4 sample {element_type.name}", lambda: check_sample(evaluate, element_type)


def main():
    arguments = parser(__doc__)
    add_type(arguments)
    options = arguments.parse_args()
    return run_all(cases(make_runner(options).run_wide, TYPES[options.type]))


if __name__ == "__main__":
    sys.exit(main())
