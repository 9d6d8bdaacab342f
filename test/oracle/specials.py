"""Behaviour that is exact and needs no tolerance, one kind at a time.

    specials.py constant training --type=f32
    specials.py isolation inference_backprop --type=bf16
    specials.py threads training --type=f32
    specials.py symmetry training_backprop --type=f32
    specials.py parts training_double_backprop --type=f64
    specials.py balance training_backprop --type=f32
    specials.py zeros inference --type=f32
    specials.py empty training_backprop --type=f64

constant   every channel has a single value: variance 0, output beta
isolation  NaN or Inf in some channels leaves every bit of the others alone
threads    the same bits from every run and for every number of threads
parts      one result of several, one derivative that is not a constant zero
balance    input_delta sums to zero over every channel
zeros      zeros have the sign that IEEE arithmetic gives them
symmetry   channels in another order, and derivatives doubled, change no other bit
empty      nothing to reduce: mean and variance NaN, sums 0; and no channels at all
"""

import sys
from dataclasses import replace
from math import prod

import numpy as np

from batch_norm import DATA, OPS
from cases import LAYOUTS, Layout, dynamic_dims, make_case
from channels import Channels
from check import verify
from comparison import TOLERANCE, Expectations, compare
from element_types import TYPES, WIDE
from harness import Mismatch, add_type, make_runner, parser, run_all
from programs import Program

# Constant channels


CONSTANT_LAYOUTS = (
    "nchw", "nchw-large", "nhwc-19", "nhwc-large", "blocked", "per-activation", "rows"
)  # fmt: skip

CONSTANTS = np.array([0.1, -1 / 3, 7, 1e-3, 1e4, -12345.678, 3e-2], WIDE)
"""Mostly not exact in binary; in f64 neither are their sums."""


def check_constant(runner, case):
    """Gives every channel a single value."""
    program, operands = case.program, case.operands
    channels = Channels(program.shape, program.channels)
    value = CONSTANTS[np.arange(prod(channels.shape)) % CONSTANTS.size].reshape(channels.shape)
    value = program.type_of("input").round(value)
    zero = np.zeros(channels.shape, WIDE)
    operands = operands | {"input": channels.spread(value)}
    if program.op == "training":
        results = runner.run_wide(program, operands)
        beta = channels.spread(program.type_of("output").round(operands["beta"]))
        for name, want in (("mean", value), ("variance", zero), ("output", beta)):
            wrong = np.argwhere(results[name] != want)
            if wrong.size:
                at = tuple(wrong[0])
                raise Mismatch(
                    f"{name} is not exact in {len(wrong)} of {want.size} places, first "
                    f"{wrong[0].tolist()}: {results[name][at]:.9g}, expected {want[at]:.9g}"
                )
        return "exact"
    operands |= {"mean": value, "variance": zero}
    results = runner.run_wide(program, operands)
    label = "every channel"
    groups = {label: np.ones(channels.shape, bool)}
    expectations = Expectations(groups, zero={("gamma_delta", label)})
    return compare(program, operands, results, expectations)


def constant(runner, op, element_type, pair):
    for layout in LAYOUTS:
        if layout.name in CONSTANT_LAYOUTS:
            case = make_case(op, element_type, layout, pair=pair)
            yield str(layout), lambda case=case: check_constant(runner, case)
    if op == "training":
        # gamma / sqrt(epsilon) is beyond f32, and times 0 still 0.
        case = make_case(op, element_type, replace(LAYOUTS[0], epsilon=1e-80))
        yield "epsilon 1e-80", lambda: check_constant(runner, case)


# NaN and Inf

POISONS = (
    ("input", "nan"), ("input", "inf"), ("input", "-inf"), ("delta", "nan"), ("delta", "inf"),
    ("gamma", "nan"), ("gamma", "inf"), ("beta", "nan"), ("mean", "nan"), ("mean", "inf"),
    ("variance", "nan"), ("mean_delta", "nan"), ("variance_delta", "inf"),
    ("input_cotangent", "nan"), ("gamma_cotangent", "inf"), ("beta_cotangent", "nan"),
    ("mean_cotangent", "inf"), ("variance_cotangent", "nan"),
)  # fmt: skip

ISOLATION_LAYOUTS = (
    Layout("nchw", (3, 31, 5, 7), (1,)),
    Layout("nhwc", (3, 5, 3, 37), (3,)),
    Layout("blocked", (2, 4, 5, 3, 8), (1, 4)),
    Layout("per-activation", (13, 3, 5, 7), (1, 2, 3)),
    Layout("rows", (37, 19), (0,)),
)


def middle_of(channel, program):
    """Index of a data element in the middle of a channel."""
    index = [extent // 2 for extent in program.shape]
    for d, k in zip(program.channels, channel, strict=True):
        index[d] = k
    return tuple(index)


def special(values):
    """NaN and Inf as they are, 0 for the others."""
    return np.where(np.isfinite(values), WIDE(0), values)


def check_isolation(runner, case):
    """Poisons every other channel, each in one operand."""
    program, operands = case.program, case.operands
    channels = Channels(program.shape, program.channels)
    poisoned = np.zeros(channels.shape, bool)
    dirty = {name: value.copy() for name, value in operands.items()}
    present = [(name, WIDE(value)) for name, value in POISONS if name in operands]
    for i, (name, value) in enumerate(present):
        channel = np.unravel_index(2 * i + 1, channels.shape)
        poisoned[channel] = True
        dirty[name][middle_of(channel, program) if name in DATA else channel] = value
    clean_results = runner.run(program, operands)
    dirty_results = runner.run(program, dirty)
    reference = program.reference(dirty)
    for name in program.results:
        mask = channels.spread(poisoned) if name in DATA else poisoned
        decode = program.type_of(name).decode
        if not np.all(np.isfinite(decode(clean_results[name]))):
            raise Mismatch(f"{name} is not finite even without NaN and Inf")
        same = dirty_results[name][~mask].tobytes() == clean_results[name][~mask].tobytes()
        if not same:
            raise Mismatch(f"{name}: NaN or Inf of one channel changed another")
        got, want = special(decode(dirty_results[name])), special(reference[name])
        if program.op.endswith("_double_backprop"):
            # Whether infinite terms cancel depends on how its long sums are written.
            got, want = (np.where(v == 0, v, WIDE("nan")) for v in (got, want))
        wrong = np.argwhere((got != want) & ~(np.isnan(got) & np.isnan(want)))
        if wrong.size:
            at = tuple(wrong[0])
            raise Mismatch(f"{name}{wrong[0].tolist()} is {got[at]}, expected {want[at]}")
    return f"{len(present)} of {poisoned.size} channels poisoned, the others unchanged"


def isolation(runner, op, element_type, pair):
    for layout in ISOLATION_LAYOUTS:
        case = make_case(op, element_type, layout, pair=pair)
        yield str(layout), lambda case=case: check_isolation(runner, case)


# Reproducibility

THREAD_LAYOUTS = (
    Layout("nchw", (4, 16, 33, 37), (1,)),
    Layout("nhwc", (4, 33, 37, 19), (3,)),
    Layout("tall", (10007, 3), (1,), offsets=(1, 4)),
)


def check_threads(runner, case):
    """Right in one run, and then the same bits in three more."""
    program, operands = case.program, case.operands
    first = runner.run(program, operands, ["--threads=1"])
    summary = verify(case, program.decode(first))
    for threads in (1, 2, 3, 16):
        results = runner.run(program, operands, [f"--threads={threads}"])
        for name, value in results.items():
            if value.tobytes() != first[name].tobytes():
                raise Mismatch(f"{name} has other bits in another run with {threads} threads")
    return summary


def threads(runner, op, element_type, pair):
    for layout in THREAD_LAYOUTS:
        case = make_case(op, element_type, layout, pair=pair)
        yield str(layout), lambda case=case: check_threads(runner, case)


# Symmetries

SYMMETRY_LAYOUTS = (
    Layout("nchw", (3, 29, 5, 7), (1,), offsets=(0,)),
    Layout("nhwc", (3, 5, 7, 37), (3,), offsets=(0,)),
    Layout("nhwc-large", (4, 23, 29, 19), (3,), offsets=(0,)),
    Layout("blocked", (2, 4, 5, 3, 8), (1, 4), offsets=(0,)),
)


def check_symmetry(runner, case):
    """Permutes the channels; doubles gamma; doubles delta, or each cotangent.

    A denormal number may round otherwise than its double.
    """
    program, operands = case.program, case.operands
    channels = Channels(program.shape, program.channels)
    order = np.random.default_rng(4).permutation(prod(channels.shape))

    def permuted(name, value):
        dims = program.channels if name in DATA else range(len(channels.shape))
        last = range(-len(dims), 0)
        moved = np.moveaxis(value, dims, last)
        flat = moved.reshape(*moved.shape[: -len(dims)], -1)[..., order]
        return np.moveaxis(flat.reshape(moved.shape), last, dims)

    def double(name, value):
        return 2 * value

    def same(changed, change, names, what):
        results = runner.run(program, changed)
        for name in names:
            t = program.type_of(name)
            value = t.decode(first[name])
            want = t.encode(change(name, value))
            if change is double:
                normal = np.abs(value) >= np.ldexp(WIDE(1), t.min_exponent + t.precision)
                results[name], want = results[name][normal], want[normal]
            if not want.size or results[name].tobytes() != want.tobytes():
                raise Mismatch(f"{name} has other bits with {what}")

    first = runner.run(program, operands)
    shuffled = {name: permuted(name, value) for name, value in operands.items()}
    same(shuffled, permuted, program.results, "its channels in another order")
    if program.op in ("training", "inference"):
        return "permuted"
    weights = {name for name in operands if name.endswith(("_cotangent", "_delta"))}
    if not program.op.endswith("_double_backprop"):
        weights.add("delta")
        if not program.pair:
            scaled = set(program.results) & {"input_delta", "mean_delta", "variance_delta"}
            twice = operands | {"gamma": 2 * operands["gamma"]}
            same(twice, double, scaled, "gamma doubled")
    twice = operands | {name: 2 * operands[name] for name in weights}
    same(twice, double, program.results, "derivatives doubled")
    return "permuted and doubled"


def symmetry(runner, op, element_type, pair):
    for layout in SYMMETRY_LAYOUTS:
        case = make_case(op, element_type, layout, pair=pair)
        yield str(layout), lambda case=case: check_symmetry(runner, case)


# Sums and signs


def check_balance(runner, case):
    """The sum of input_delta is no larger than its elements' roundings and the mean's."""
    program, operands = case.program, case.operands
    channels = Channels(program.shape, program.channels)
    delta = runner.run_wide(program, operands)["input_delta"]
    dims = tuple(d for d in range(delta.ndim) if d not in program.channels)
    total, count = np.abs(delta.sum(dims)), delta.size // prod(channels.shape)
    unit = np.ldexp(WIDE(1), -program.type_of("input_delta").precision)
    allowed = 2 * count * unit * np.abs(delta).max(dims)
    if not np.all(total <= allowed) or not np.any(delta):
        worst = np.argmax(total - allowed)
        raise Mismatch(f"channel {worst} sums to {total.flat[worst]:.3g}")
    return f"{(total / allowed).max():.1e} of what rounding allows"


def balance(runner, op, element_type, pair):
    for layout in SYMMETRY_LAYOUTS:
        case = make_case(op, element_type, layout, pair=pair)
        yield str(layout), lambda case=case: check_balance(runner, case)


def check_zeros(runner, program):
    """All signs of input and, channel by channel, of the others."""
    signs = np.array(np.meshgrid(*[[0.0, -0.0]] * 2, [1, -1]), WIDE).reshape(3, -1)
    operands = dict(zip(("mean", "beta", "gamma"), signs), variance=np.ones(8, WIDE))
    operands["input"] = np.resize(np.array([0.0, -0.0], WIDE), program.shape[::-1]).T
    got, want = runner.run_wide(program, operands), program.reference(operands)
    wrong = (got["output"] != 0) | (np.signbit(got["output"]) != np.signbit(want["output"]))
    if np.any(wrong) or np.all(np.signbit(want["output"])):
        raise Mismatch(f"output{np.argwhere(wrong)[0].tolist()} has another sign")
    return f"{np.signbit(want['output']).sum()} of {wrong.size} are negative"


def zeros(runner, op, element_type, pair):
    program = Program(op, element_type, (34, 8), (1,), 0.0)
    yield "34x8", lambda: check_zeros(runner, program)


# Parts

PART_LAYOUTS = (
    Layout("nchw", (3, 5, 7, 11), (1,)),
    Layout("nhwc", (3, 5, 7, 19), (3,)),
)


def check_part(runner, program, operands):
    """What is left out or zero leaves the rest as it was; zero results are zeros."""
    operands = operands | {name: 0 * operands[name] for name in program.zeros}
    reference = program.reference(operands)
    results = runner.run_wide(program, operands)
    tolerance = TOLERANCE[program.element_type.name]
    worst = WIDE(0)
    for name, got in results.items():
        largest = np.abs(reference[name]).max()
        error = np.abs(got - reference[name]).max()
        if not error <= tolerance * largest:
            raise Mismatch(f"{name} is off by {error:.3g}, its largest value is {largest:.3g}")
        worst = max(worst, error / largest if largest else error)
    return f"{worst:.1e}"


def parts(runner, op, element_type, pair):
    for layout in PART_LAYOUTS:
        case = make_case(op, element_type, layout, pair=pair)
        weights = [n for n in case.program.operands if n.endswith(("_cotangent", "_delta"))]
        changes = [{"returned": (name,)} for name in OPS[op].results if len(OPS[op].results) > 1]
        changes += [{"zeros": tuple(n for n in weights if n != name)} for name in weights]
        for change in changes:
            program = replace(case.program, **change)
            what = ", ".join(f"{key} {' '.join(names)}" for key, names in change.items())
            yield (
                f"{layout}, {what}",
                lambda program=program, case=case: check_part(runner, program, case.operands),
            )


# Empty reductions

EMPTY_LAYOUTS = (
    Layout("no-images", (0, 3, 2, 2), (1,)),
    Layout("no-rows", (4, 3, 0, 2), (1,)),
    Layout("no-images-inner", (0, 2, 2, 3), (3,)),
    Layout("no-rows-2d", (0, 3), (1,)),
    Layout("no-images-per-activation", (0, 2, 3), (1, 2)),
    Layout("no-channels", (2, 0, 3, 3), (1,)),
)


def check_empty(runner, program, operands):
    """Every result has the type and shape of its definition and equals it exactly."""
    results = runner.run_wide(program, operands)
    reference = program.reference(operands)
    for name, want in reference.items():
        if not np.array_equal(results[name], want, equal_nan=True):
            raise Mismatch(f"{name} is {results[name].tolist()}, expected {want.tolist()}")
    return ", ".join(
        f"{name} {'empty' if not value.size else sorted(set(value.ravel().tolist()), key=str)[0]}"
        for name, value in reference.items()
    )


def empty(runner, op, element_type, pair):
    """Backprop of training gets the statistics that training gives: NaN; or finite ones."""
    for layout in EMPTY_LAYOUTS:
        shape = Channels(layout.shape, layout.channel_dims).shape
        for how in ("static", "dynamic"):
            program = Program(
                op, element_type, layout.shape, layout.channel_dims, layout.epsilon,
                dynamic_dims(layout, how), pair,
            )  # fmt: skip
            operands = {
                name: np.ones(layout.shape if name in DATA else shape, WIDE)
                for name in program.operands
            }
            yield (
                f"{layout} {how}",
                lambda program=program, operands=operands: check_empty(runner, program, operands),
            )
            if op in ("training_backprop", "training_double_backprop"):
                nothing = {name: np.full(shape, WIDE("nan")) for name in ("mean", "variance")}
                operands = operands | nothing
                yield (
                    f"{layout} {how}, NaN statistics",
                    lambda program=program, operands=operands: check_empty(
                        runner, program, operands
                    ),
                )


KINDS = {
    "constant": (constant, ("training", "training_backprop")),
    "isolation": (isolation, tuple(OPS)),
    "threads": (threads, tuple(OPS)),
    "symmetry": (symmetry, tuple(OPS)),
    "balance": (balance, ("training_backprop",)),
    "zeros": (zeros, ("inference",)),
    "parts": (parts, tuple(OPS)),
    "empty": (empty, tuple(OPS)),
}


def main():
    arguments = parser(__doc__)
    add_type(arguments)
    arguments.add_argument("kind", choices=KINDS)
    arguments.add_argument("op", choices=OPS)
    arguments.add_argument("--schedule", choices=("channels", "rows"), help="for all layouts")
    arguments.add_argument("--pair", action="store_true", help="with the optional operands")
    options = arguments.parse_args()
    kind, ops = KINDS[options.kind]
    if options.op not in ops:
        arguments.error(f"{options.kind} is for {', '.join(ops)}")
    if options.pair and not OPS[options.op].optional:
        arguments.error(f"bn.{options.op} has no optional operands")
    return run_all(kind(make_runner(options), options.op, TYPES[options.type], options.pair))


if __name__ == "__main__":
    sys.exit(main())
