"""bn.update_statistics against its definition, run by bn-runner.

    update_statistics.py --type=f32

For each channel, and likewise for the variance with `sample` = factor * variance:

    new_running_mean = momentum * running_mean + (1 - momentum) * mean
    factor           = count / (count - 1) with `unbiased` and count >= 2, else 1

A momentum of 1 keeps the running statistics and one of 0 replaces them, to the
bit and whatever is left out. NaN and Inf stay in their channel.
Source: Ioffe and Szegedy 2015, algorithm 2; CS231n's running averages.
"""

import sys
from dataclasses import dataclass

import numpy as np

from comparison import TOLERANCE
from element_types import TYPES, WIDE, ElementType
from harness import Mismatch, add_type, make_runner, parser, run_all

STATISTICS = ("running_mean", "running_variance", "mean", "variance")


def updated(operands, momentum, unbiased):
    """The new running statistics by name, in wide arithmetic."""

    def mix(past, sample):
        if momentum in (0, 1):
            return past if momentum else sample
        return WIDE(momentum) * past + (1 - WIDE(momentum)) * sample

    count = operands.get("count", 0)
    factor = WIDE(count) / (count - 1) if unbiased and count >= 2 else WIDE(1)
    return {
        "new_running_mean": mix(operands["running_mean"], operands["mean"]),
        "new_running_variance": mix(operands["running_variance"], factor * operands["variance"]),
    }


@dataclass(frozen=True)
class UpdateProgram:
    """A function @main of the op in generic form; the count is an argument of it."""

    element_type: ElementType
    shape: tuple
    dynamic: tuple
    momentum: float
    unbiased: bool
    counted: bool

    results = ("new_running_mean", "new_running_variance")

    @property
    def arguments(self):
        return STATISTICS + (("count",) if self.counted else ())

    def type_of(self, name):
        return self.element_type

    def shape_of(self, name):
        return self.shape

    def decode(self, results):
        return {name: self.element_type.decode(value) for name, value in results.items()}

    @property
    def text(self):
        extents = ["?" if d else str(size) for d, size in zip(self.dynamic, self.shape)]
        tensor = f"tensor<{'x'.join([*extents, self.element_type.name])}>"
        types = [tensor] * len(STATISTICS) + ["index"] * self.counted
        arguments = ", ".join(f"%{n}: {t}" for n, t in zip(self.arguments, types))
        values = ", ".join(f"%{name}" for name in self.arguments)
        attributes = f"momentum = {self.momentum:.17e} : f64{', unbiased' * self.unbiased}"
        return (
            f"func.func @main({arguments}) -> ({tensor}, {tensor}) {{\n"
            f'  %r:2 = "bn.update_statistics"({values}) <{{{attributes}}}>\n'
            f"    : ({', '.join(types)}) -> ({tensor}, {tensor})\n"
            f"  return %r#0, %r#1 : {tensor}, {tensor}\n"
            "}\n"
        )


def check(runner, program, count):
    """Random statistics, with a NaN and an infinity where there are channels enough."""
    random = np.random.default_rng(17)
    round = program.element_type.round
    operands = {name: round(random.normal(size=program.shape) + 2) for name in STATISTICS}
    operands |= {name: operands[name] ** 2 for name in ("running_variance", "variance")}
    operands = {name: round(value) for name, value in operands.items()}
    size = operands["mean"].size
    if size >= 4:
        operands["mean"].flat[1] = WIDE("nan")
        operands["running_variance"].flat[size - 1] = WIDE("inf")
    if program.counted:
        operands["count"] = count
    results = runner.run_wide(program, operands)
    worst = WIDE(0)
    for name, want in updated(operands, program.momentum, program.unbiased).items():
        got = results[name]
        finite = np.isfinite(want)
        if not np.array_equal(got[~finite], want[~finite], equal_nan=True):
            raise Mismatch(f"{name} is {got[~finite]}, expected {want[~finite]}")
        if program.momentum in (0, 1):
            want = round(want)
        if not finite.any():
            continue
        scale = np.abs(want[finite]).max()
        error = np.abs(got[finite] - want[finite]).max() / scale
        exact = program.momentum == 1 or program.momentum == 0 and not program.unbiased
        if not (scale > 0 and error <= (0 if exact else TOLERANCE[program.element_type.name])):
            raise Mismatch(f"{name} is off by {error:.3g} of its largest value")
        worst = max(worst, error)
    return f"{worst:.1e}"


CASES = (
    # shape, momentum, unbiased, count
    ((5,), 0.9, False, None),
    ((37,), 0.1, True, 12),
    ((1000,), 0.75, True, 2),
    ((1,), 0.9, True, 50 * 56 * 56),
    ((3, 8), 0.9, False, 7),
    ((4, 5, 7), 0.99, True, 2**40 + 1),
    ((19,), 0.9, True, 1),
    ((19,), 0.9, True, 0),
    ((8,), 1, True, 5),
    ((8,), 0, False, None),
    ((8,), 0, True, 5),
    ((0,), 0.9, True, 5),
)


def main():
    arguments = parser(__doc__)
    add_type(arguments)
    options = arguments.parse_args()
    if options.type not in ("f32", "f64"):
        arguments.error("statistics are f32 or f64")
    runner = make_runner(options)

    def checks():
        for position, (shape, momentum, unbiased, count) in enumerate(CASES):
            for how in ("static", "dynamic") if position < 2 else ("turns",):
                flags = {
                    "static": (False,) * len(shape),
                    "dynamic": (True,) * len(shape),
                    "turns": tuple((position + d) % 2 == 0 for d in range(len(shape))),
                }[how]
                program = UpdateProgram(
                    TYPES[options.type], shape, flags, momentum, unbiased, count is not None
                )
                title = f"{'x'.join(map(str, shape))} momentum {momentum}"
                title += f"{' unbiased' * unbiased} count {count} {how}"
                yield title, lambda program=program, count=count: check(runner, program, count)

    return run_all(checks())


if __name__ == "__main__":
    sys.exit(main())
