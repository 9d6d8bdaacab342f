"""When a result counts as right.

f32, f64       |result - reference| <= tolerance * scale
f16, bf16 data within one ulp of the correctly rounded reference, or within the
               f32 tolerance (the arithmetic is f32, so a value that cancels to
               nearly zero can be many of its own ulps off)

`scale` is the largest absolute value of the reference, taken over a group of
channels of like magnitude (`cases.Plan`): one channel with large values does
not excuse errors in the others. Two kinds of results are held to the size of
the terms of their formula instead: sums over f16 and bf16 data, as those are
accumulated in f32; and references that cancel by nature, which cases name. Any
other reference that is small beside its terms is refused as a test of nothing.
So are empty arrays and references that are not finite.
"""

from dataclasses import dataclass, field

import numpy as np

from batch_norm import DATA, OPS, term_sizes
from channels import Channels
from element_types import WIDE
from harness import Mismatch

TOLERANCE = {
    "f16": WIDE("4e-7"),
    "bf16": WIDE("4e-7"),
    "f32": WIDE("4e-7"),
    "f64": WIDE("1e-14"),
}

SMALL = WIDE("1e-3")
"""A reference below this fraction of its terms is a cancellation."""


@dataclass(frozen=True)
class Expectations:
    """What is known of the results before looking at any.

    groups   label -> mask of the parameters' shape; every channel in one group
    cancels  (result, group) pairs where the terms cancel
    zero     (result, group) pairs where result and terms are exactly zero
    """

    groups: dict
    cancels: set = field(default_factory=set)
    zero: set = field(default_factory=set)


def scale_of(reference, terms, cancels=False, zero=False):
    """The magnitude by which errors are judged; 0 asks for an exact zero."""
    if reference.size == 0:
        raise Mismatch("nothing to compare")
    if not np.all(np.isfinite(reference)):
        raise Mismatch("the reference is not finite")
    largest, largest_term = np.abs(reference).max(), terms.max()
    if zero:
        if largest != 0:
            raise Mismatch(f"the reference is {largest:.3g}, expected to be zero")
        return largest
    if cancels:
        return largest_term
    if largest == 0 or largest < SMALL * largest_term:
        raise Mismatch(f"the reference is at most {largest:.3g}, its terms {largest_term:.3g}")
    return largest


def worst(error, allowed):
    """Largest error in units of what is allowed, and its index; NaN is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.where(error == 0, WIDE(0), error / allowed)
    used = np.where(np.isnan(used), WIDE(np.inf), used)
    at = np.unravel_index(np.argmax(used), used.shape)
    return used[at], at


def judge(got, reference, scale, tolerance, narrow=None):
    """`worst` of a result; `narrow` is the element type of f16 and bf16 data."""
    if narrow is None:
        return worst(np.abs(got - reference), np.full(got.shape, tolerance * scale))
    rounded = narrow.round(reference)
    allowed = np.maximum(narrow.ulp(rounded), tolerance * scale) if scale else WIDE(0) * rounded
    return worst(np.abs(got - rounded), allowed)


def compare(program, operands, results, expectations):
    """Compares wide results with the oracle, returns the worst errors as text.

    Errors are relative to the scale. Those of f16 and bf16 data are in ulps, or in
    units of the f32 tolerance where that is more than an ulp.
    """
    op = OPS[program.op]
    channels = Channels(program.shape, program.channels)
    covered = sum(mask.astype(int) for mask in expectations.groups.values())
    if not np.all(covered == 1):
        raise Mismatch("the groups do not partition the channels")
    attributes = {"epsilon": program.epsilon, "channel_dims": program.channels}
    reference = program.reference(operands)
    terms = term_sizes(op, operands, **attributes)
    tolerance = TOLERANCE[program.element_type.name]
    summary, wrong = [], []
    for name in program.results:
        narrow_input = program.element_type.precision < 24
        narrow = narrow_input and name in DATA
        unit = WIDE(1) if narrow else tolerance
        worst_used = WIDE(0)
        for label, mask in expectations.groups.items():
            if name in DATA:
                mask = channels.spread(mask)
            want, got = reference[name][mask], results[name][mask]
            size = terms[name][mask]
            key = (name, label)
            try:
                scale = scale_of(want, size, key in expectations.cancels, key in expectations.zero)
            except Mismatch as error:
                wrong.append(f"{name}, {label}: {error}")
                continue
            if scale and narrow_input and not narrow:
                scale = size.max()
            narrow_type = program.element_type if narrow else None
            used, at = judge(got, want, scale, tolerance, narrow_type)
            worst_used = max(worst_used, used)
            if not used <= 1:
                index = [int(i) for i in np.argwhere(mask)[at[0]]]
                wrong.append(
                    f"{name}{index}, {label}: {got[at]:.9g}, expected {want[at]:.9g}; "
                    f"the error is {used:.3g} times what is allowed"
                )
        summary.append(f"{name} {worst_used * unit:.1e}{' ulp' if narrow else ''}")
    if wrong:
        raise Mismatch("\n      ".join(["", *wrong]))
    return ", ".join(summary)
