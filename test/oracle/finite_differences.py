"""Gradient ops against differences of what they are gradients of, both run by bn-runner.

    finite_differences.py training
    finite_differences.py inference_backprop

No formula of a gradient enters here. Channels are independent, so the whole
Jacobian comes from one run: each of a few base channels is copied twice for
every variable it depends on, with that variable raised in one copy and lowered
in the other. The loss of a channel is

    sum(delta * output) [+ mean_delta * mean + variance_delta * variance]

or, for the gradient of a gradient, the sum of each result times its cotangent.
"""

import sys

import numpy as np

from batch_norm import DATA, OPS
from element_types import TYPES, WIDE
from harness import Mismatch, make_runner, parser, run_all
from programs import Program

EPSILON = 0.1
"""Large, so that a misplaced epsilon shows."""

STEP = 1e-5
TOLERANCE = 1e-8
"""In f64, relative to the largest derivative of each kind.

Truncation is STEP^2 / 6 times the third derivative: below 1e-9 for a third
derivative up to 60. Rounding: the loss adds about 12 outputs of some 2e-16
each, and divided by 2 * STEP that is about 1e-10. A wrong term is off by 1.
"""

LAYOUTS = {
    "nchw": ((1,), (3, 2, 2)),
    "nhwc": ((3,), (2, 3, 2)),
    "blocked": ((1, 4), (2, 3, 2)),
}
"""Channel dims, and the sizes of the other dims in order."""

DIFFERENTIABLE = ("training", "inference", "training_backprop", "inference_backprop")

BASE = 8
"""Number of base channels: a whole block of the blocked layout."""


class Arrangement:
    """Data of a layout as a matrix: a row per channel, a column per element."""

    def __init__(self, layout, channels):
        self.channel_dims, reduced = LAYOUTS[layout]
        blocks = len(self.channel_dims) == 2
        self.channel_shape = (channels // BASE, BASE) if blocks else (channels,)
        rank = len(self.channel_shape) + len(reduced)
        others = [d for d in range(rank) if d not in self.channel_dims]
        self.order = [*self.channel_dims, *others]
        self.packed_shape = self.channel_shape + reduced
        self.shape = tuple(self.packed_shape[self.order.index(d)] for d in range(rank))

    def arrange(self, name, rows):
        """Rows (or a vector with a value per channel) as an operand."""
        if name not in DATA:
            return rows.reshape(self.channel_shape)
        return rows.reshape(self.packed_shape).transpose(np.argsort(self.order))

    def rows(self, name, value):
        """A result as rows (or a vector)."""
        if name not in DATA:
            return value.reshape(-1)
        return value.transpose(self.order).reshape(np.prod(self.channel_shape), -1)


def evaluate_rows(evaluate, op, layout, rows, pair=False):
    """Runs an op in f64 on operands given as rows, returns results as rows."""
    arrangement = Arrangement(layout, len(rows["gamma"]))
    program = Program(
        op, TYPES["f64"], arrangement.shape, arrangement.channel_dims, EPSILON, pair=pair
    )
    operands = {name: arrangement.arrange(name, rows[name]) for name in program.operands}
    results = evaluate(program, operands)
    return {name: arrangement.rows(name, value) for name, value in results.items()}


def with_statistics(evaluate, layout, rows):
    """The operands of training_backprop: mean and variance follow the input."""
    rows = rows | {"beta": np.zeros_like(rows["gamma"])}
    forward = evaluate_rows(evaluate, "training", layout, rows)
    return rows | {name: forward[name] for name in ("mean", "variance")}


def differences(evaluate, op, layout, base, weights, step):
    """Derivatives of each base channel's loss, by operand name, as rows.

    base     operands of the op that are variables, as rows
    weights  result name -> its weight in the loss, as rows
    """
    columns = {name: rows.reshape(BASE, -1) for name, rows in base.items()}
    variables = [(name, i) for name, rows in columns.items() for i in range(rows.shape[1])]
    copies = {
        name: np.tile(rows[:, None, None, :], (1, len(variables), 2, 1))
        for name, rows in columns.items()
    }
    distance = np.empty((BASE, len(variables)), WIDE)
    for v, (name, i) in enumerate(variables):
        pair = copies[name][:, v, :, i]
        pair[:] = TYPES["f64"].round(pair + np.array([step, -step], WIDE))
        distance[:, v] = pair[:, 0] - pair[:, 1]
    rows = {
        name: value.reshape(-1, value.shape[-1]) if name in DATA else value.reshape(-1)
        for name, value in copies.items()
    }
    if op == "training_backprop":
        rows = with_statistics(evaluate, layout, rows)
    results = evaluate_rows(evaluate, op, layout, rows)
    loss = np.zeros((BASE, len(variables), 2), WIDE)
    for name, weight in weights.items():
        value = results[name].reshape(BASE, len(variables), 2, -1)
        loss += (weight.reshape(BASE, 1, 1, -1) * value).sum(axis=-1)
    slope = (loss[..., 0] - loss[..., 1]) / distance
    derivatives = {}
    for v, (name, _) in enumerate(variables):
        derivatives.setdefault(name, []).append(slope[:, v])
    return {name: np.stack(columns, axis=1) for name, columns in derivatives.items()}


def gradient_of(op):
    return op.replace("_backprop", "_double_backprop") if "backprop" in op else f"{op}_backprop"


def check(evaluate, op, layout, pair=False, step=STEP, tolerance=TOLERANCE):
    """Compares every derivative of `op` with its gradient op."""
    random = np.random.default_rng(20)
    gamma = np.array([1, -1, 0, 2, -0.5, 1.5, 0.25, -2], WIDE)
    elements = int(np.prod(LAYOUTS[layout][1]))

    def draw(*shape):
        return TYPES["f64"].round(random.normal(size=(BASE, *shape)))

    base = {"input": draw(elements), "gamma": gamma}
    delta = draw(elements)
    if op.startswith("inference"):
        base |= {"mean": draw(), "variance": TYPES["f64"].round(draw() ** 2 + 1)}
    if op.endswith("_backprop"):
        base |= {"delta": delta}
        weights = {name: draw(elements) if name in DATA else draw() for name in OPS[op].results}
        operands = base | {
            name.replace("_delta", "_cotangent"): weight for name, weight in weights.items()
        }
    else:
        base |= {"beta": draw()}
        weights = {"output": delta}
        operands = base | {"delta": delta}
    if op.startswith("training"):
        operands = with_statistics(evaluate, layout, operands)
    if pair:
        operands |= {"mean_delta": draw(), "variance_delta": draw()}
        weights |= {name: operands[f"{name}_delta"] for name in ("mean", "variance")}
    gradient = gradient_of(op)
    got = evaluate_rows(evaluate, gradient, layout, operands, pair)
    want = differences(evaluate, op, layout, base, weights, step)
    if set(got) != {f"{name}_delta" for name in want}:
        raise Mismatch(f"bn.{gradient} gives {sorted(got)} for variables {sorted(want)}")
    worst = WIDE(0)
    for name, slope in want.items():
        slope = slope.reshape(got[f"{name}_delta"].shape)
        largest = np.abs(slope).max()
        error = np.abs(got[f"{name}_delta"] - slope).max() / largest
        if not (largest > 0.1 and error <= tolerance):
            raise Mismatch(
                f"{name}_delta differs by {error:.3g} of the largest difference quotient "
                f"{largest:.3g}, allowed {tolerance}"
            )
        worst = max(worst, error)
    return f"{worst:.1e}"


def cases(evaluate, op, **accuracy):
    """(title, function) pairs for `run_all`."""
    for layout in LAYOUTS:
        for pair in (False, True) if OPS[gradient_of(op)].optional else (False,):
            title = f"{op}{' with its statistics' if pair else ''}, {layout}"
            yield title, lambda layout=layout, pair=pair: check(
                evaluate, op, layout, pair, **accuracy
            )


def main():
    arguments = parser(__doc__)
    arguments.add_argument("op", choices=DIFFERENTIABLE)
    options = arguments.parse_args()
    return run_all(cases(make_runner(options).run_wide, options.op))


if __name__ == "__main__":
    sys.exit(main())
