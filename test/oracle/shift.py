"""Constants added to delta and its cotangent change no other derivative.

    shift.py training_backprop --type=f32
    shift.py training_double_backprop --type=f64

The results of shifted operands are compared with the reference of those that are
not, so they must not lose what the constants leave no bits for. Input has the
mean 0 exactly, and what is shifted few bits, so that nothing is rounded.
"""

import sys

import numpy as np

from cases import Layout, make_case
from channels import Channels
from comparison import Expectations, compare
from element_types import TYPES
from harness import add_type, make_runner, parser, run_all

LAYOUTS = (
    Layout("nchw", (4, 5, 13, 17), (1,)),
    Layout("nhwc", (6, 7, 11, 19), (3,)),
    Layout("nhwc-3", (6, 13, 17, 3), (3,)),
    Layout("blocked", (2, 3, 5, 7, 8), (1, 4)),
)

SHIFTS = {"f16": 2**6, "bf16": 2**3, "f32": 2**20, "f64": 2**40}
"""With the elements, multiples of 1/8 below 8, they fill the type's bits."""

MEANS = ("beta_delta",)
"""What does change."""


def eighths(random, shape):
    return np.round(8 * np.clip(random.normal(size=shape), -7, 7)).astype(float) / 8


def check_shift(runner, case, shift):
    program = case.program
    random = np.random.default_rng(1)
    half = eighths(random, (program.shape[0] // 2, *program.shape[1:]))
    operands = case.operands | {"input": np.concatenate([half, -half])}
    operands["mean"] = 0 * operands["mean"]
    channels = Channels(program.shape, program.channels)
    operands["variance"] = program.type_of("variance").round(channels.mean(operands["input"] ** 2))
    shifted = [name for name in ("delta", "input_cotangent") if name in operands]
    for name in shifted:
        operands[name] = eighths(random, program.shape)
    results = runner.run_wide(
        program, operands | {name: operands[name] + shift for name in shifted}
    )
    reference = program.reference(operands)
    results |= {name: reference[name] for name in MEANS if name in results}
    every = Expectations({"every channel": np.ones(channels.shape, bool)})
    return compare(program, operands, results, every)


def main():
    arguments = parser(__doc__)
    add_type(arguments)
    arguments.add_argument("op", choices=("training_backprop", "training_double_backprop"))
    options = arguments.parse_args()
    runner, element_type = make_runner(options), TYPES[options.type]
    shift = SHIFTS[options.type]

    def checks():
        for layout in LAYOUTS:
            case = make_case(options.op, element_type, layout)
            yield str(layout), lambda case=case: check_shift(runner, case, shift)

    return run_all(checks())


if __name__ == "__main__":
    sys.exit(main())
