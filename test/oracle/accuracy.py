"""The accuracy of every op on data that is hard on it, as a table.

    accuracy.py                                    all ops, layouts and data in f32
    accuracy.py --op=training --layout=nhwc --data=1e6

Input is offset + deviation * normal, 32 x 8 x 56 x 56. A row has, for each
layout, the largest error of a result as a fraction of its largest value, less
one unit of the smallest denormal number, which no rounding can avoid. The
reference has 64 significand bits and is given the same rounded statistics.
Numbers above the tolerance are marked, and make the exit status 1.
"""

import sys
from dataclasses import dataclass

import numpy as np

from batch_norm import DATA, OPS
from comparison import TOLERANCE
from element_types import TYPES, WIDE
from harness import make_runner, parser
from programs import Program, RunFailure

SHAPE = (32, 8, 56, 56)
"""Images, channels, rows, columns."""


@dataclass(frozen=True)
class Data:
    """How input is drawn. With a tiny deviation beta is zero, so that output shows it."""

    name: str
    offset: float
    deviation: float
    epsilon: float = 1e-5


def data_of(element_type):
    """Offsets in deviations, and the ends of the range of the type."""
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


class Layout:
    """How values in the order of SHAPE are laid out."""

    def __init__(self, name, channel_dims, arrange, restore):
        self.name, self.channel_dims = name, channel_dims
        self.arrange, self.restore = arrange, restore

    def parameter(self, value):
        return value.reshape(1, 8) if len(self.channel_dims) == 2 else value


LAYOUTS = (
    Layout("nchw", (1,), lambda v: v, lambda v: v),
    Layout("nhwc", (3,), lambda v: v.transpose(0, 2, 3, 1), lambda v: v.transpose(0, 3, 1, 2)),
    Layout(
        "blocked",
        (1, 4),
        lambda v: v.transpose(0, 2, 3, 1)[:, None],
        lambda v: v[:, 0].transpose(0, 3, 1, 2),
    ),
    Layout(
        "rows",
        (0,),
        lambda v: v.transpose(1, 0, 2, 3).reshape(8, -1),
        lambda v: v.reshape(8, 32, 56, 56).transpose(1, 0, 2, 3),
    ),
    Layout(
        "columns",
        (1,),
        lambda v: v.transpose(0, 2, 3, 1).reshape(-1, 8),
        lambda v: v.reshape(32, 56, 56, 8).transpose(0, 3, 1, 2),
    ),
)


def draw(op, element_type, data):
    """Rounded operands in the order of SHAPE, and the wide results."""
    random = np.random.default_rng(5)
    c = SHAPE[1]

    def normal(name):
        return random.normal(size=SHAPE if name in DATA else c).astype(WIDE)

    operands = {name: normal(name) for name in (*op.operands, *op.optional)}
    operands["input"] = data.offset + WIDE(data.deviation) * operands["input"]
    operands["input"] = element_type.round(operands["input"])
    operands["gamma"] = random.uniform(0.5, 2, size=c).astype(WIDE) * (-1) ** np.arange(c)
    if data.deviation < 1e-30 and "beta" in operands:
        operands["beta"] = np.zeros(c, WIDE)
    if "mean" in op.operands:
        forward = {name: operands.get(name, operands["gamma"]) for name in OPS["training"].operands}
        statistics = OPS["training"](forward, epsilon=data.epsilon, channel_dims=(1,))
        operands |= {name: statistics[name] for name in ("mean", "variance")}
    operands = {name: stored(element_type, value) for name, value in operands.items()}
    attributes = {"epsilon": data.epsilon, "channel_dims": (1,)}
    return operands, op(operands, **attributes)


def stored(element_type, wide):
    """Wide values as they come back from memory: infinite beyond the range."""
    return element_type.decode(element_type.encode(wide))


def error_of(got, want, element_type):
    """The largest error beyond a denormal unit, as a fraction of the largest value."""
    special = ~np.isfinite(want)
    if not np.array_equal(got[special], want[special], equal_nan=True):
        return WIDE(np.inf)
    if special.all():
        return WIDE(0)
    got, want = got[~special], want[~special]
    unit = np.ldexp(WIDE(1), element_type.min_exponent)
    excess = np.maximum(np.abs(got - want) - unit, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(excess == 0, WIDE(0), excess / np.abs(want).max())
    return np.where(np.isnan(error), WIDE(np.inf), error).max()


def measure(runner, op, element_type, data, layouts):
    """For each result, the error on each layout; None where the program fails."""
    pair = bool(op.optional)
    operands, wanted = draw(op, element_type, data)
    beyond = {name: ~np.isfinite(stored(element_type, want)) for name, want in wanted.items()}
    errors = {name: [] for name in op.results}
    for layout in layouts:
        arranged = {
            name: layout.arrange(value) if name in DATA else layout.parameter(value)
            for name, value in operands.items()
        }
        shape = arranged["input"].shape
        program = Program(
            op.name, element_type, shape, layout.channel_dims, data.epsilon, pair=pair
        )
        try:
            results = runner.run_wide(program, arranged)
        except RunFailure as failure:
            print(failure, file=sys.stderr)
            results = None
        for name, row in errors.items():
            if results is None:
                row.append(None)
                continue
            got = results[name]
            got = layout.restore(got) if name in DATA else got.reshape(-1)
            want = np.where(beyond[name], stored(element_type, wanted[name]), wanted[name])
            row.append(error_of(got, want, element_type))
    return errors


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--type", choices=("f32", "f64"), default="f32")
    arguments.add_argument("--op", choices=OPS, action="append")
    arguments.add_argument("--layout", choices=[l.name for l in LAYOUTS], action="append")
    arguments.add_argument("--data", default="", help="part of the name of the data")
    options = arguments.parse_args()
    runner, element_type = make_runner(options), TYPES[options.type]
    layouts = [l for l in LAYOUTS if l.name in (options.layout or [l.name])]
    chosen = [data for data in data_of(element_type) if options.data in data.name]
    tolerance = TOLERANCE[options.type]
    width = max(map(len, (data.name for data in data_of(element_type)))) + 2
    bad = not chosen
    for name in options.op or OPS:
        print(f"\nbn.{name} {options.type}, at most {tolerance:.0e} allowed")
        print(f"{'':{width + 16}}" + "".join(f"{layout.name:>11}" for layout in layouts))
        for data in chosen:
            errors = measure(runner, OPS[name], element_type, data, layouts)
            for result, row in errors.items():
                cells = []
                for error in row:
                    right = error is not None and error <= tolerance
                    bad |= not right
                    text = "failed" if error is None else f"{error:.1e}"
                    cells.append(f"{text}{' ' if right else '!'}")
                print(
                    f"{data.name:{width}}{result:16}" + "".join(f"{cell:>11}" for cell in cells),
                    flush=True,
                )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
