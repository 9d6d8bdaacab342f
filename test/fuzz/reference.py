"""What a program returns, and how far from it a correct compiler may be.

No error bound is derived by hand. The reference is evaluated once exactly and a
few times with noise: every operation adds a random error of the size that
rounding allows it. How far the results move shows how the program amplifies
rounding errors; an error many times larger is none of rounding.
"""

from dataclasses import dataclass

import numpy as np

from channelwise import BatchNorm
from element_types import TYPES, WIDE
from flags import ELEMENTS
from operations import OPERATIONS

SAMPLES = 4
SAFETY = 32
"""A result may be this many times as far off as the noise moved it."""

WEAK = WIDE("0.05")
"""A tolerance of more than this share of the largest value says little."""


class Unstable(Exception):
    """A comparison hangs on rounding errors."""


def unit(node, element):
    """Noise of an operation relative to its terms, before rounding to `element`."""
    if element == "f64":
        # Sums are made in f64 too.
        return WIDE(2) ** -51
    if isinstance(OPERATIONS[node.operation], BatchNorm):
        return WIDE(2) ** -24
    return WIDE(2) ** -TYPES[element].precision


def evaluate(program, arguments, random=None):
    """All values by name, in wide arithmetic, each rounded to its type once.

    With `random`, every result of an operation has noise.
    """
    values = dict(arguments)
    for node in program.nodes:
        operation = OPERATIONS[node.operation]
        operands = [values[name] for name in node.operands]
        with np.errstate(all="ignore"):
            results = operation.evaluate(node, operands)
            sizes = operation.sizes(node, operands, results) if random else results
            for name, result, size in zip(node.results, results, sizes, strict=True):
                type = TYPES[program.types[name].element]
                if random:
                    amount = unit(node, type.name) * size
                    if node.operation not in ("choice", "select", "constant"):
                        amount = amount + np.where(result == 0, WIDE(0), type.ulp(result))
                    result = result + amount * random.uniform(-1, 1, result.shape)
                values[name] = type.round(result)
    return values


@dataclass(frozen=True)
class Expected:
    """The exact value of a result and the error allowed for each element.

    NaN comes only from data without elements; what is known to be zero when a
    program is compiled then hides it from what follows, so nothing is asked there.
    """

    value: np.ndarray
    allowed: np.ndarray

    def is_weak(self):
        """Whether an array of zeros might pass although the value is none."""
        largest = np.abs(self.value).max(initial=0, where=np.isfinite(self.value))
        return bool(largest > 0 and np.median(self.allowed) > WEAK * largest)

    def problem(self, got):
        """What is wrong with a result, or None."""
        finite = np.isfinite(self.value)
        same = np.isnan(self.value) | (got == self.value)
        with np.errstate(invalid="ignore"):
            right = np.where(finite, np.abs(got - self.value) <= self.allowed, same)
        if right.all():
            return None
        at = tuple(map(int, np.argwhere(~right)[0]))
        return (
            f"at {list(at)}: {got[at]:.9g}, expected {self.value[at]:.9g}"
            f" within {self.allowed[at]:.2g}; {(~right).sum()} of {right.size} elements are wrong"
        )


def expect(program, arguments, seed):
    """An `Expected` for each returned name; raises Unstable."""
    exact = evaluate(program, arguments)
    deviations = {name: np.zeros_like(value) for name, value in exact.items()}
    random = np.random.default_rng(seed)
    for _ in range(SAMPLES):
        for name, value in evaluate(program, arguments, random).items():
            with np.errstate(invalid="ignore"):
                deviation = np.abs(value - exact[name])
            deviation = np.where(np.isfinite(deviation), deviation, 0)
            deviations[name] = np.maximum(deviations[name], deviation)

    def allowed(name):
        deviation = deviations[name]
        return SAFETY * (deviation + np.median(deviation)) if deviation.size else deviation

    for node in program.nodes:
        if node.operation == "choice":
            a, b = node.operands[:2]
            error = allowed(a) + allowed(b)
            with np.errstate(invalid="ignore"):
                if np.any((np.abs(exact[a] - exact[b]) <= error) & (error > 0)):
                    raise Unstable

    def expected(name):
        # By chance an element may not move at all, among others that are small.
        unit = ELEMENTS[program.types[name].element].ulp(exact[name])
        return Expected(exact[name], allowed(name) + unit)

    return {name: expected(name) for name in program.returned}
