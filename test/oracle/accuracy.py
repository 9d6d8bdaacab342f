"""The accuracy of every op on data that is hard on it, as a table.

    accuracy.py                                    all types, ops, layouts and data;
                                                   large images in f32, at offsets
    accuracy.py --type=f32 --op=training --layout=nhwc --data=1e6
    accuracy.py --write=docs/Accuracy.md

Input is offset + deviation * normal. A row has, for each layout, the largest
error of a result as a fraction of its largest value, less one unit of the
smallest denormal number, which no rounding can avoid. Data in f16 and bf16 are
measured in units in the last place of the rounded reference instead; statistics,
parameters and their gradients are f32 then, and measured as such. The reference
has 64 significand bits and is given the same rounded statistics. Numbers above
the tolerance are marked, and make the exit status 1. Where PyTorch and oneDNN are
installed, their kernels are measured on the same data for comparison.
"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

import numpy as np

from batch_norm import DATA, OPS
from comparison import TOLERANCE
from element_types import TYPES, WIDE, parameter_type
from harness import make_runner, parser
from peers import find_peers
from programs import Program, RunFailure


HEADING = """# Errors of every op

Printed by `./dev accuracy --write=docs/Accuracy.md`; `--help` says what is measured.
Ours are the columns nchw to columns, one for each layout; then peers, on their
layouts. `!` marks what is above the tolerance, `-` what a peer does not compute.

Ours are marked in f64 where input is near the largest number: squares and sums of
such data overflow, as there is no wider type to compute them in. Their variance is
no f64 number.

"""


SHAPE, LARGE_SHAPE = (32, 8, 56, 56), (4, 3, 1024, 1024)
"""N x C x H x W. The second is 16 times as large, and takes as much longer."""

WORKERS = 2
"""Evaluators at work at once; most of the time of each is spent on one core."""


@dataclass(frozen=True)
class Data:
    """How input is drawn. With a tiny deviation beta is zero, so that output shows it."""

    name: str
    offset: float
    deviation: float
    epsilon: float = 1e-5


def data_of(element_type):
    """Offsets, deviations, and the ends of the range of the type."""
    if element_type.precision < 24:
        # Larger offsets leave no bits for the deviation.
        offsets = (0, 1e1, 1e2, 1e3) if element_type.name == "f16" else (0, 1e1, 1e2)
        largest = offsets[-1]
        return tuple(Data(f"offset {offset:g}", offset, 1) for offset in offsets) + (
            # All but some elements are equal once rounded.
            Data(f"offset {largest:g}, deviation 6e-2", largest, 6e-2),
            Data("deviation 1e-2", 0, 1e-2),
            Data("input denormal", 0, 1e-6 if element_type.name == "f16" else 1e-40),
        )
    maximum, minimum, denormal = {
        "f32": (5e37, 1e-37, 1e-40),
        "f64": (3e307, 1e-307, 1e-310),
    }[element_type.name]
    root = 10 ** np.floor(np.log10(maximum) / 2)
    return (
        Data("offset 0", 0, 1),
        Data("offset 1e2", 1e2, 1),
        Data("offset 1e4", 1e4, 1),
        Data("offset 1e6", 1e6, 1),
        Data("offset 1e3, deviation 1e-3", 1e3, 1e-3),
        Data("deviation 1e-4", 0, 1e-4),
        Data("deviation 1e-15, epsilon 0", 0, 1e-15, 0),
        Data("variance near the largest", 0, root / 2),
        Data("input near the largest", 0, maximum),
        Data("input near the smallest", 0, minimum),
        Data("input denormal", 0, denormal),
    )


@dataclass(frozen=True)
class Layout:
    """How data of shape N x C x H x W are laid out.

    arrange   from that order
    restore   back to it, given the shape
    """

    name: str
    channel_dims: tuple
    arrange: Callable
    restore: Callable

    def parameter(self, value):
        return value.reshape((1,) * (len(self.channel_dims) - 1) + value.shape)


def inner(value):
    return value.transpose(0, 2, 3, 1)


def outer(value):
    return value.transpose(0, 3, 1, 2)


LAYOUTS = (
    Layout("nchw", (1,), lambda v: v, lambda v, s: v),
    Layout("nhwc", (3,), inner, lambda v, s: outer(v)),
    Layout("blocked", (1, 4), lambda v: inner(v)[:, None], lambda v, s: outer(v[:, 0])),
    Layout(
        "rows",
        (0,),
        lambda v: v.transpose(1, 0, 2, 3).reshape(v.shape[1], -1),
        lambda v, s: v.reshape(s[1], s[0], s[2], s[3]).transpose(1, 0, 2, 3),
    ),
    Layout(
        "columns",
        (1,),
        lambda v: inner(v).reshape(-1, v.shape[1]),
        lambda v, s: outer(v.reshape(s[0], s[2], s[3], s[1])),
    ),
)


def type_of(name, element_type):
    return element_type if name in DATA else parameter_type(element_type)


def draw(op, element_type, data, shape, pair):
    """Rounded operands of shape N x C x H x W, and the wide results."""
    random = np.random.default_rng(5)
    c = shape[1]

    def normal(name):
        return random.normal(size=shape if name in DATA else c).astype(WIDE)

    operands = {name: normal(name) for name in op.operands + (op.optional if pair else ())}
    operands["input"] = data.offset + WIDE(data.deviation) * operands["input"]
    operands["input"] = element_type.round(operands["input"])
    operands["gamma"] = random.uniform(0.5, 2, size=c).astype(WIDE) * (-1) ** np.arange(c)
    if data.deviation < 1e-30 and "beta" in operands:
        operands["beta"] = np.zeros(c, WIDE)
    if "mean" in op.operands:
        forward = {name: operands.get(name, operands["gamma"]) for name in OPS["training"].operands}
        statistics = OPS["training"](forward, epsilon=data.epsilon, channel_dims=(1,))
        operands |= {name: statistics[name] for name in ("mean", "variance")}
    if op.name.endswith("_double_backprop"):
        # Cotangents whose terms are of like size.
        variance = stored(parameter_type(element_type), operands["variance"])
        s = 1 / np.sqrt(variance + WIDE(data.epsilon))
        s = np.where((s > 0) & np.isfinite(s), s, WIDE(1))
        factors = {"gamma": s, "beta": s, "variance": 1 / s}
        for name, factor in factors.items():
            if f"{name}_cotangent" in operands:
                operands[f"{name}_cotangent"] = operands[f"{name}_cotangent"] * factor
    operands = {
        name: stored(type_of(name, element_type), value) for name, value in operands.items()
    }
    attributes = {"epsilon": data.epsilon, "channel_dims": (1,)}
    return operands, op(operands, **attributes)


def stored(element_type, wide):
    """Wide values as they come back from memory: infinite beyond the range."""
    return element_type.decode(element_type.encode(wide))


def error_of(got, want, element_type):
    """The largest error beyond a denormal unit, as a fraction of the largest value.

    In f16 and bf16: in units in the last place of the rounded reference, but for
    errors that f32, the type of all arithmetic, could not avoid.
    """
    special = ~np.isfinite(want)
    if special.any():
        if not np.array_equal(got[special], want[special], equal_nan=True):
            return WIDE(np.inf)
        got, want = got[~special], want[~special]
        if not want.size:
            return WIDE(0)
    if element_type.precision < 24:
        want = element_type.round(want)
        error = np.abs(got - want)
        error[error <= TOLERANCE[element_type.name] * np.abs(want).max()] = 0
        return (error / element_type.ulp(want)).max()
    excess = np.abs(got - want).max() - np.ldexp(WIDE(1), element_type.min_exponent)
    if excess <= 0:
        return WIDE(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = excess / np.abs(want).max()
    return WIDE(np.inf) if np.isnan(error) else error


def measure(evaluators, op, element_type, data, shape, pair):
    """For each result, the error of each evaluator; None where it fails or has no such op."""
    operands, wanted = draw(op, element_type, data, shape, pair)
    in_memory = {
        name: stored(type_of(name, element_type), want) for name, want in wanted.items()
    }
    wanted = {
        name: np.where(np.isfinite(in_memory[name]), want, in_memory[name])
        for name, want in wanted.items()
    }

    def errors_of(evaluate):
        results = evaluate(op, operands, data.epsilon, pair) or {}
        return {
            name: error_of(results[name], wanted[name], type_of(name, element_type))
            for name in op.results
            if name in results
        }

    with ThreadPoolExecutor(WORKERS) as pool:
        columns = [*pool.map(errors_of, evaluators)]
    return {name: [column.get(name) for column in columns] for name in op.results}


def compiled(options, element_type, layout):
    """An evaluator: bn-runner on a layout, in a folder of its own."""
    runner = make_runner(options, layout.name)

    def evaluate(op, operands, epsilon, pair):
        arranged = {
            name: layout.arrange(value) if name in DATA else layout.parameter(value)
            for name, value in operands.items()
        }
        shape = arranged["input"].shape
        program = Program(op.name, element_type, shape, layout.channel_dims, epsilon, pair=pair)
        try:
            results = runner.run_wide(program, arranged)
        except RunFailure as failure:
            print(failure, file=sys.stderr)
            return None
        shape = operands["input"].shape
        return {
            name: layout.restore(value, shape) if name in DATA else value.reshape(-1)
            for name, value in results.items()
        }

    return evaluate


def tolerance_of(element_type):
    """Of one result: a unit in the last place in f16 and bf16, else relative."""
    return WIDE(1) if element_type.precision < 24 else TOLERANCE[element_type.name]


def describe_tolerance(element_type):
    if element_type.precision < 24:
        return f"at most 1 ulp allowed in {element_type.name}, {TOLERANCE['f32']:.0e} in f32"
    return f"at most {TOLERANCE[element_type.name]:.0e} allowed"


def print_table(write, evaluators, own, op, element_type, chosen, shape, pair):
    """One row for each kind of data and result; returns whether all of ours are right.

    write        takes a line
    evaluators   by title; the first `own` are ours
    """
    width = max(len(data.name) for data in chosen) + 2
    size = "x".join(map(str, shape))
    title = f"bn.{op.name}{' with statistics' if pair else ''} {element_type.name} {size}"
    write(f"\n{title}, {describe_tolerance(element_type)}")
    write(f"{'':{width + 16}}" + "".join(f"{name:>14}" for name in evaluators))
    right = True
    for data in chosen:
        errors = measure(evaluators.values(), op, element_type, data, shape, pair)
        for result, row in errors.items():
            tolerance = tolerance_of(type_of(result, element_type))
            cells = []
            for position, error in enumerate(row):
                good = error is not None and error <= tolerance
                right &= good or position >= own
                text = "-" if error is None else f"{error:.1e}"
                cells.append(f"{text}{' ' if good or error is None else '!'}")
            write(f"{data.name:{width}}{result:16}" + "".join(f"{cell:>14}" for cell in cells))
    return right


def campaigns(options):
    """Element types, shapes and the data to measure them on."""
    types = [TYPES[name] for name in options.type or ("f32", "f64", "bf16", "f16")]
    shape = tuple(map(int, options.shape.split("x"))) if options.shape else SHAPE
    found = [(type, shape, data_of(type)) for type in types]
    if TYPES["f32"] in types and not options.shape:
        offsets = [data for data in data_of(TYPES["f32"]) if data.deviation == 1]
        found.append((TYPES["f32"], LARGE_SHAPE, offsets))
    for type, shape, every in found:
        chosen = [data for data in every if options.data in data.name]
        if chosen:
            yield type, shape, chosen


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--type", choices=TYPES, action="append")
    arguments.add_argument("--op", choices=OPS, action="append")
    arguments.add_argument("--layout", choices=[l.name for l in LAYOUTS], action="append")
    arguments.add_argument("--data", default="", help="part of the name of the data")
    arguments.add_argument("--shape", help="N x C x H x W, the only one then")
    arguments.add_argument("--write", metavar="FILE", help="write the table to a file, too")
    options = arguments.parse_args()
    if options.shape and not re.fullmatch(r"\d+(x\d+){3}", options.shape):
        arguments.error("--shape: expected one like 32x8x56x56")
    layouts = [l for l in LAYOUTS if l.name in (options.layout or [l.name])]
    lines = []

    def write(line):
        print(line, flush=True)
        lines.append(line)

    right, empty = True, True
    for element_type, shape, chosen in campaigns(options):
        empty = False
        peers, missing = find_peers(element_type, LAYOUTS)
        evaluators = {l.name: compiled(options, element_type, l) for l in layouts} | peers
        for line in missing:
            write(line)
        for name in options.op or OPS:
            for pair in (False, True) if OPS[name].optional else (False,):
                right &= print_table(
                    write, evaluators, len(layouts), OPS[name], element_type, chosen, shape, pair
                )
    if empty:
        arguments.error(f"no such data: {options.data}")
    if options.write:
        with open(options.write, "w", encoding="utf-8") as file:
            file.write(HEADING + "\n".join(["```text", *lines, "```", ""]))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
