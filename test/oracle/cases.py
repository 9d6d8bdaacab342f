"""The data of the sweeps: layouts, channels, random operands.

Channels differ on purpose. Neighbouring channels have offsets 0 and large, so
that a loop that mixes up channels, or subtracts one shift from all of them,
fails; gamma has both signs and a zero; one channel is constant.
"""

from dataclasses import dataclass
from math import prod
from zlib import crc32

import numpy as np

from batch_norm import DATA, OPS
from channels import Channels
from comparison import Expectations
from element_types import TYPES, WIDE
from programs import Program

OFFSETS = {"f16": (0, 8), "bf16": (0, 4), "f32": (0, 1e4), "f64": (0, 1e2)}
"""Small and large offset of the input, in standard deviations."""


@dataclass(frozen=True)
class Layout:
    """A shape with its channel dims. `offsets` and `scales` go round the channels.

    A large epsilon shows whether it is added at all, a small one whether it is exact.
    """

    name: str
    shape: tuple
    channel_dims: tuple
    offsets: tuple | None = None
    scales: tuple = (1,)
    types: tuple = tuple(TYPES)
    epsilon: float = 1e-5

    def __str__(self):
        return f"{self.name} {'x'.join(map(str, self.shape))} {list(self.channel_dims)}"


LAYOUTS = (
    Layout("nchw", (3, 5, 7, 11), (1,)),
    Layout("nchw-large", (4, 6, 33, 37), (1,)),
    Layout("nhwc-16", (3, 5, 7, 16), (3,)),
    Layout("nhwc-19", (3, 5, 7, 19), (3,), epsilon=0.1),
    Layout("nhwc-3", (5, 7, 11, 3), (3,)),
    Layout("nhwc-1", (3, 7, 11, 1), (3,)),
    Layout("nhwc-7", (9, 29, 31, 7), (3,)),
    Layout("nhwc-large", (4, 23, 29, 37), (3,)),
    Layout("many-channels", (3, 66, 5, 7), (1,)),
    Layout("short-runs", (3, 256, 3, 7), (1,)),
    Layout("few-channels", (7, 3, 53, 61), (1,)),
    Layout("blocked", (2, 3, 5, 7, 8), (1, 4), epsilon=0.1),
    Layout("many-blocks", (3, 9, 13, 17, 8), (1, 4)),
    Layout("per-activation", (13, 3, 5, 7), (1, 2, 3)),
    Layout("wide-activation", (11, 7, 61, 3), (1, 2, 3)),
    Layout("per-instance", (3, 5, 7, 11), (0, 1)),
    Layout("columns", (37, 19), (1,)),
    Layout("rows", (19, 37), (0,), epsilon=0.1),
    Layout("cube", (7, 7, 7), (1,), epsilon=0.1),
    Layout("rank-5", (2, 3, 4, 5, 7), (1,), epsilon=0.1),
    Layout("rank-6", (3, 2, 5, 4, 3, 2), (0, 3)),
    Layout("rank-6-inner", (2, 3, 5, 2, 3, 4), (2, 5)),
    Layout("pixels", (7, 5, 1, 1), (1,)),
    Layout("one-channel", (5, 1, 7, 11), (1,)),
    Layout("one-image", (1, 5, 7, 11), (1,)),
    Layout("one-element", (1, 5, 1, 1), (1,), epsilon=0.1),
    Layout("all-channels", (5, 7), (0, 1)),
    Layout(
        "offsets", (4, 9, 13, 17), (1,), offsets=(0, 1, 1e2, 1e3, 1e4, 1e5, 1e6), types=("f32",)
    ),
    Layout(
        "offsets-inner", (6, 13, 17, 9), (3,),
        offsets=(0, 1, 1e2, 1e3, 1e4, 1e5, 1e6), types=("f32",),
    ),
    Layout("scales", (4, 5, 13, 17), (1,), offsets=(0,), scales=(1e-15, 1, 1e15), types=("f32",)),
)  # fmt: skip


def dynamic_dims(layout, how):
    """Which dims are `?`: none, all, or every other one (either parity)."""
    rank = len(layout.shape)
    parity = crc32(layout.name.encode()) % 2
    return {
        "static": (False,) * rank,
        "dynamic": (True,) * rank,
        "mixed": tuple(d % 2 == parity for d in range(rank)),
    }[how]


class Plan:
    """What each channel of a layout is for; arrays of the parameters' shape."""

    def __init__(self, layout, element_type):
        self.channels = Channels(layout.shape, layout.channel_dims)
        shape = self.channels.shape
        index = np.arange(prod(shape)).reshape(shape)
        last = index.size - 1
        offsets = layout.offsets or OFFSETS[element_type.name]
        if last == 0:
            offsets = offsets[-1:]
        self.offset = np.array(offsets, WIDE)[index % len(offsets)]
        self.scale = np.array(layout.scales, WIDE)[index % len(layout.scales)]
        self.sign = np.where(index % 3 == 0, WIDE(-1), WIDE(1))
        if last >= 4 and layout.offsets is None and layout.scales == (1,):
            self.sign[index == 2] = 0
        self.single = self.channels.count == 1
        self.constant = (index == last) & (last >= 2) & (not self.single)

    def groups(self):
        """Channels whose values are of like magnitude.

        The constant channel is by itself, as its s = 1 / sqrt(epsilon) can be
        hundreds of times that of the others.
        """
        groups = {"constant": self.constant}
        for offset in np.unique(self.offset):
            for scale in np.unique(self.scale):
                mask = (self.offset == offset) & (self.scale == scale) & ~self.constant
                groups[f"offset {offset:g} scale {scale:g}"] = mask
        return {label: mask for label, mask in groups.items() if mask.any()}


@dataclass(frozen=True)
class Case:
    """A program with its rounded operands and what is known of its results."""

    program: Program
    operands: dict
    expectations: Expectations


def draw_statistics(plan, random):
    """Given mean and variance, for the inference ops; a variance may be zero."""
    shape = plan.channels.shape
    mean = plan.offset + plan.scale * random.normal(size=shape) / 4
    variance = plan.scale**2 * random.uniform(0.5, 2, size=shape)
    return mean, np.where(plan.constant, WIDE(0), variance)


def draw_input(plan, element_type, random):
    """offset + scale * normal; the constant channel has a single value.

    f64 sums of that value must be exact for its variance to be exactly zero, so
    there it has few bits. In the narrower types it is any value.
    """
    c = plan.channels
    normal = random.normal(size=c.data_shape)
    value = plan.offset + plan.scale * random.uniform(0.1, 1, size=c.shape)
    if element_type.name == "f64":
        value = TYPES["bf16"].round(value)
    varied = c.expand(plan.offset) + c.expand(plan.scale) * normal
    return np.where(c.spread(plan.constant), c.spread(value), varied)


def draw_delta(plan, input, random):
    """Normal, plus a trend of three standard errors and at least a tenth.

    Without it, sum(delta) and sum(delta * x_hat) of a channel are now and then
    nearly zero by chance, and then no evaluation is accurate relative to them.
    """
    c = plan.channels
    distance = (input - c.expand(plan.offset)) / c.expand(plan.scale)
    trend = max(3 / np.sqrt(WIDE(c.count)), WIDE("0.1"))
    return random.normal(size=c.data_shape) + trend * (1 + distance)


def draw_cotangents(plan, variance, epsilon, delta, random):
    """Cotangents of the gradients, each of a size that shows beside the others.

    That of input_delta follows delta half-way, or its product with the part of
    delta that training lets through would be nearly zero by chance. The others
    undo the factors of s, but not in the constant channel, where the products
    with s, up to hundreds, would leave the range of f16. All have a factor of
    the scale, lest s^3 take the results out of the range of f32.
    """
    c = plan.channels
    s = 1 / np.sqrt(variance + WIDE(epsilon))
    unit = np.where(plan.constant, WIDE(1), s)

    def draw():
        return plan.scale * random.normal(size=c.shape)

    return {
        "input_cotangent": c.expand(plan.scale) * (random.normal(size=c.data_shape) + delta / 2),
        "gamma_cotangent": unit * draw(),
        "beta_cotangent": s * draw(),
        "mean_cotangent": draw(),
        "variance_cotangent": unit / s**2 * draw(),
    }


def make_case(op, element_type, layout, how="static", pair=False):
    """Random operands for an op on a layout; the same on every run."""
    program = Program(
        op, element_type, layout.shape, layout.channel_dims, layout.epsilon,
        dynamic_dims(layout, how), pair,
    )  # fmt: skip
    seed = crc32(f"{op} {element_type.name} {layout}".encode())
    random = np.random.default_rng(seed)
    plan = Plan(layout, element_type)
    shape = plan.channels.shape
    input = element_type.round(draw_input(plan, element_type, random))
    if op in ("training_backprop", "training_double_backprop"):
        parameters = {name: np.zeros(shape, WIDE) for name in ("gamma", "beta")}
        forward = OPS["training"](
            {"input": input, **parameters},
            epsilon=layout.epsilon,
            channel_dims=layout.channel_dims,
        )
        mean, variance = forward["mean"], forward["variance"]
    else:
        mean, variance = draw_statistics(plan, random)
    candidates = {
        "input": input,
        "gamma": plan.sign * random.uniform(0.5, 2, size=shape),
        "beta": random.normal(size=shape) + 0.5,
        "mean": mean,
        "variance": variance,
        "delta": draw_delta(plan, input, random),
        "mean_delta": plan.channels.count * random.normal(size=shape),
        "variance_delta": plan.channels.count * random.normal(size=shape),
    }
    if op.endswith("_double_backprop"):
        candidates |= draw_cotangents(plan, variance, layout.epsilon, candidates["delta"], random)
    operands = program.round({name: candidates[name] for name in program.operands})
    return Case(program, operands, expect(op, plan))


def expect(op, plan):
    """Where a reference is zero or cancels, from the mathematics alone.

    A channel without variation has variance 0 and, in training, x_hat = 0, so
    gamma_delta = 0. With M = 1, input_delta is gamma * s * (delta - delta), and
    its own gradients by input and gamma are s times such differences.
    """
    groups = plan.groups()
    cancels, zero = set(), set()
    for label in groups:
        if op in ("training", "training_backprop") and (plan.single or label == "constant"):
            zero |= {("variance", label), ("gamma_delta", label)}
        if op == "training_backprop" and plan.single:
            cancels.add(("input_delta", label))
        if op == "training_double_backprop" and plan.single:
            cancels |= {("input_delta", label), ("gamma_delta", label)}
    return Expectations(groups, cancels, zero)


def check_exact(case, results):
    """Results that must be exact, whatever the tolerance.

    Without variation, or with gamma = 0, output is beta to the bit. With gamma = 0
    the gradients of the forward ops by input and statistics are zero, and so is
    that of training by the only element of a channel.
    Returns the names of results that fail.
    """
    program, operands = case.program, case.operands
    channels = Channels(program.shape, program.channels)
    flat = operands["gamma"] == 0
    if program.op == "training":
        flat = flat | (program.reference(operands)["variance"] == 0)
    if program.op == "training_backprop" and channels.count == 1:
        flat = np.ones_like(flat)
    if not flat.any() or program.op.endswith("_double_backprop"):
        return []
    beta = np.zeros(channels.shape, WIDE)
    if "output" in results:
        beta = program.type_of("output").round(operands["beta"])
    exact = {"output", "mean_delta", "variance_delta"}
    if not program.pair:
        exact.add("input_delta")
    wrong = []
    for name in exact & results.keys():
        in_data = name in DATA
        mask = channels.spread(flat) if in_data else flat
        want = channels.spread(beta) if in_data else beta
        if not np.array_equal(results[name][mask], want[mask]):
            wrong.append(name)
    return wrong
