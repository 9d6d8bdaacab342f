"""Tests of the tests: the oracle, the comparison and the reading of files.

    selftest.py --tmp=DIR

No compiler takes part, and what is checked here can fail: formulas against
loops, differences, staged derivations and published numbers; comparisons
against results that are wrong on purpose.
"""

import math
import sys
import tempfile
from pathlib import Path

import numpy as np

import by_hand
import examples
import finite_differences
import npy
import staged
import update_statistics
from batch_norm import DATA, OPS, term_sizes
from cases import LAYOUTS, make_case
from check import DIMS
from comparison import TOLERANCE, Expectations, compare, judge, scale_of
from element_types import TYPES, WIDE
from harness import Mismatch, parser, run_all
from programs import Program, Runner, RunFailure


def require(condition, message):
    if not condition:
        raise Mismatch(message)


def rejects(error, function, *arguments):
    """Whether a call raises the given error."""
    try:
        function(*arguments)
    except error:
        return True
    return False


def rounded_oracle(program, operands):
    """A perfect runner: the oracle's results, each rounded once."""
    results = program.reference(operands)
    return {name: program.type_of(name).round(value) for name, value in results.items()}


# Element types


def rounding():
    """Against NumPy's conversions, and against bf16 patterns worked out by hand."""
    random = np.random.default_rng(1)
    values = random.normal(size=2000) * 2.0 ** random.integers(-30, 15, size=2000)
    for name, dtype in (("f16", np.float16), ("f32", np.float32), ("f64", np.float64)):
        encoded = TYPES[name].encode(values.astype(WIDE))
        require(np.array_equal(encoded, values.astype(dtype)), f"{name} rounds unlike NumPy")
        require(encoded.dtype.str == TYPES[name].descr, f"{name} is {encoded.dtype.str}")
    patterns = {
        1.0: 0x3F80, 1 + 2**-8: 0x3F80, 1 + 3 * 2**-8: 0x3F82, math.pi: 0x4049, -0.1: 0xBDCD,
        1 + 2**-8 + 2**-30: 0x3F81, 2.0**-133: 0x0001, math.inf: 0x7F80, -0.0: 0x8000,
    }  # fmt: skip
    bf16 = TYPES["bf16"]
    for value, bits in patterns.items():
        got = int(bf16.encode(WIDE(value).reshape(1))[0])
        require(got == bits, f"bf16 of {value} is {got:#x}, expected {bits:#x}")
    require(bf16.decode(np.array([0x4049], "<u2"))[0] == 3.140625, "bf16 0x4049 is not 3.140625")
    require(np.isnan(bf16.decode(bf16.encode(np.array([WIDE("nan")])))[0]), "bf16 loses NaN")
    ulps = (("f16", 2.0**-10), ("bf16", 2.0**-7), ("f32", 2.0**-23), ("f64", 2.0**-52))
    for name, ulp in ulps:
        require(TYPES[name].ulp(WIDE(1)) == ulp, f"the ulp of 1 in {name} is not {ulp}")
    return "as NumPy rounds"


def files(directory):
    """`.npy` files as NumPy sees them, and files that must be refused."""
    path = directory / "array.npy"
    values = np.arange(6, dtype=WIDE).reshape(2, 3) / 7
    for element_type in TYPES.values():
        npy.write(path, element_type, values)
        back = element_type.decode(npy.read(path, element_type, (2, 3)))
        require(np.array_equal(back, element_type.round(values)), f"{element_type.name} changes")
        if element_type.name != "bf16":
            require(np.array_equal(np.load(path), back), f"NumPy reads another {element_type.name}")
    npy.write(path, TYPES["bf16"], values)
    content = path.read_bytes()
    require(b"'descr': '<V2'" in content, "bf16 is not written as <V2")
    bf16 = TYPES["bf16"]
    require(rejects(npy.BadFile, npy.read, path, TYPES["f16"], (2, 3)), "takes bf16 for f16")
    require(rejects(npy.BadFile, npy.read, path, bf16, (3, 2)), "takes another shape")
    require(rejects(npy.BadFile, npy.read, path, bf16, (6,)), "takes another rank")
    path.write_bytes(content.replace(b"<V2", b"|V2"))
    require(rejects(npy.BadFile, npy.read, path, bf16, (2, 3)), "takes another descr")
    path.write_bytes(content.replace(b"False", b"True "))
    require(rejects(npy.BadFile, npy.read, path, bf16, (2, 3)), "takes Fortran order")
    path.write_bytes(content[:-1])
    require(rejects(npy.BadFile, npy.read, path, bf16, (2, 3)), "takes a short file")
    path.unlink()
    require(rejects(npy.BadFile, npy.read, path, bf16, (2, 3)), "takes no file at all")
    return "7 bad files refused"


def idle_runner(directory):
    """A runner that writes nothing, one that fails."""
    case = make_case("training", TYPES["f32"], LAYOUTS[0])
    for command, reason in (("true", "output.npy was not written"), ("false", "exit status 1")):
        try:
            Runner(command, directory).run(case.program, case.operands)
        except RunFailure as error:
            require(reason in str(error), f"{command!r} fails with {error}")
        else:
            raise Mismatch(f"{command!r} passes for a runner")
    return "refused"


# Formulas


def loops(shape, channel_dims):
    """Every op against loops over single elements."""
    epsilon = 0.01
    random = np.random.default_rng(2)
    for op in OPS.values():
        pair = bool(op.optional)
        program = Program(op.name, TYPES["f64"], shape, channel_dims, epsilon, pair=pair)
        operands = {
            name: random.uniform(0.5, 2, size=program.shape_of(name)).astype(WIDE)
            for name in program.operands
        }
        results = program.reference(operands)
        members = {}
        for index in np.ndindex(*shape):
            members.setdefault(tuple(index[d] for d in channel_dims), []).append(index)
        for channel, indices in members.items():
            values = {
                name: [value[i] for i in indices] if name in DATA else value[channel]
                for name, value in operands.items()
            }
            wanted = by_hand.channel(op.name, len(indices), values, epsilon)
            require(set(wanted) == set(results), f"{op.name} gives {sorted(results)}")
            for name, want in wanted.items():
                got = results[name]
                got = [got[i] for i in indices] if name in DATA else got[channel]
                error = np.abs(np.subtract(got, want)).max()
                require(error < 1e-13, f"{op.name}: {name} differs by {error:.3g}")
    return f"{len(OPS)} ops"


def staged_forms():
    """Staged equals closed at the batch mean, and only there."""
    values, epsilon = examples.sample()
    attributes = {"epsilon": epsilon, "channel_dims": (1,)}
    op = OPS["training_backprop"]
    forward = OPS["training"](
        {name: values[name] for name in OPS["training"].operands}, **attributes
    )
    values |= {name: forward[name] for name in ("mean", "variance")}
    names = ("input", "gamma", "mean", "variance", "delta")
    arguments = [values[name] for name in names]
    closed = op({name: values[name] for name in op.operands}, **attributes)
    for derivation in (staged.cs231n, staged.ngraph):
        for name, want in zip(op.results, derivation(*arguments, epsilon), strict=True):
            error = np.abs(closed[name] - want).max()
            require(error < 1e-16, f"{derivation.__name__}: {name} differs by {error:.3g}")
    pair = {"mean_delta": values["beta"], "variance_delta": values["gamma"] - 2}
    closed = op({name: values[name] for name in op.operands} | pair, **attributes)
    want = staged.cs231n(*arguments, epsilon, **pair)[0]
    error = np.abs(closed["input_delta"] - want).max()
    require(error < 1e-16, f"with the pair, input_delta differs by {error:.3g}")

    values["mean"] = values["mean"] + WIDE("0.01")
    closed = op({name: values[name] for name in op.operands}, **attributes)
    apart = staged.cs231n(*(values[name] for name in names), epsilon)[0] - closed["input_delta"]
    require(np.abs(apart).max() > 1e-4, "the forms agree away from the batch mean")
    return "equal at the batch mean, different elsewhere"


def second_order():
    """Properties of the double backprop ops, and where they degenerate.

    input_delta is a symmetric function of delta, so its gradient by delta is
    itself; gamma_delta of the second order is that of any gamma, zero included.
    """
    op, first = OPS["training_double_backprop"], OPS["training_backprop"]
    attributes = {"epsilon": 0.01, "channel_dims": (1,)}
    random = np.random.default_rng(3)

    def draw(input):
        """Operands that share an input, with its statistics."""
        v = {name: random.normal(size=3).astype(WIDE) for name in op.operands}
        v |= {"beta": v["mean"], "input": input}
        forward = OPS["training"]({k: v[k] for k in OPS["training"].operands}, **attributes)
        v |= {name: forward[name] for name in ("mean", "variance")}
        for name in ("delta", "input_cotangent"):
            v[name] = random.normal(size=input.shape).astype(WIDE)
        return v, op({k: v[k] for k in op.operands}, **attributes)

    def close(got, want, what):
        require(got.shape == np.shape(want), f"{what} has shape {got.shape}")
        require(np.all(np.abs(got - want) < 1e-16), f"{what} is {got}, expected {want}")

    v, got = draw(random.normal(size=(5, 3)).astype(WIDE))
    operands = {k: v[k] for k in first.operands} | {"delta": v["input_cotangent"]}
    x_hat = (v["input"] - v["mean"]) / np.sqrt(v["variance"] + WIDE(0.01))
    want = first(operands, **attributes)["input_delta"]
    want = want + v["gamma_cotangent"] * x_hat + v["beta_cotangent"]
    close(got["delta_delta"], want, "delta_delta")
    zero = v | {"gamma": np.zeros(3, WIDE)}
    flat = op({k: zero[k] for k in op.operands}, **attributes)
    close(flat["gamma_delta"], got["gamma_delta"], "gamma_delta at gamma = 0")

    v, got = draw(np.full((5, 3), WIDE(7)))
    s = 1 / np.sqrt(WIDE(0.01))
    want = s * v["gamma_cotangent"] * (v["delta"] - v["delta"].mean(axis=0))
    close(got["input_delta"], want, "input_delta of constant channels")

    v, got = draw(np.array([[1, -2, 7]], WIDE))
    close(got["input_delta"], np.zeros((1, 3)), "input_delta of one element")
    close(got["gamma_delta"], np.zeros(3), "gamma_delta of one element")
    close(got["delta_delta"], v["beta_cotangent"][None], "delta_delta of one element")

    v, got = draw(np.zeros((0, 3), WIDE))
    close(got["gamma_delta"], np.zeros(3), "gamma_delta of nothing")
    require(got["input_delta"].shape == got["delta_delta"].shape == (0, 3), "nothing has elements")
    return "symmetric, the same for every gamma, finite"


def running_averages():
    """Numbers worked out by hand; and zeros do not pass."""
    names = update_statistics.STATISTICS
    v = dict(zip(names, np.array([[1], [4], [2], [8]], WIDE)), count=5)
    got = update_statistics.updated(v, 0.75, True)
    require(got["new_running_mean"] == 1.25, f"the mean is {got['new_running_mean']}")
    require(got["new_running_variance"] == 5.5, f"the variance is {got['new_running_variance']}")
    got = update_statistics.updated(v | {"count": 1}, 0.75, True)
    require(got["new_running_variance"] == 5, "a count of 1 corrects the variance")

    class Zeros:
        def run_wide(self, program, operands):
            return {name: np.zeros(program.shape, WIDE) for name in program.results}

    f32 = TYPES["f32"]
    program = update_statistics.UpdateProgram(f32, (3,), (False,), 0.5, False, False)
    require(rejects(Mismatch, update_statistics.check, Zeros(), program, None), "zeros pass")
    return "as by hand"


# Comparison


def judgement():
    """What the comparison lets pass and what it must not."""
    reference = np.array([1, -3, 0.5], WIDE)
    tolerance = TOLERANCE["f32"]

    def used(offset, narrow=None, scale=3):
        got = reference + np.array([0, 0, offset], WIDE)
        return judge(got, reference, WIDE(scale), tolerance, narrow)[0]

    require(used(2.9 * tolerance) <= 1, "an error within the tolerance fails")
    require(not used(3.1 * tolerance) <= 1, "an error beyond the tolerance passes")
    require(not used(np.nan) <= 1 and not used(np.inf) <= 1, "NaN or Inf passes")
    require(used(2.0**-11, TYPES["f16"]) <= 1, "one ulp of f16 fails")
    require(not used(2.0**-10, TYPES["f16"]) <= 1, "two ulps of f16 pass")
    require(not used(1e-10, TYPES["f16"], scale=0) <= 1, "an exact zero need not be exact")
    nothing = np.zeros(0, WIDE)
    zeros, terms = np.zeros(3, WIDE), np.ones(3, WIDE)
    for what, arguments in {
        "an empty array": (nothing, nothing),
        "a reference of NaN": (zeros * WIDE("nan"), terms),
        "a reference of zeros": (zeros, zeros),
        "a hidden cancellation": (zeros + WIDE("1e-4"), terms),
        "a zero that is none": (zeros + WIDE("1e-30"), terms, False, True),
    }.items():
        require(rejects(Mismatch, scale_of, *arguments), f"{what} is compared")
    require(scale_of(zeros, terms, cancels=True) == 1, "a cancellation is not held to its terms")
    case = make_case("training", TYPES["f32"], LAYOUTS[0])
    results = rounded_oracle(case.program, case.operands)
    some = dict(list(case.expectations.groups.items())[1:])
    arguments = (case.program, case.operands, results, Expectations(some))
    require(rejects(Mismatch, compare, *arguments), "some channels are not compared")
    return "as documented"


def sweeps(op, element_type, pair):
    """Every case of a sweep passes on right results, fails on one wrong element."""
    count = 0
    for layout in LAYOUTS:
        if element_type.name not in layout.types:
            continue
        texts = {make_case(op, element_type, layout, how, pair).program.text for how in DIMS}
        require(len(texts) == len(DIMS), f"{layout}: programs for {DIMS} are not all different")
        case = make_case(op, element_type, layout, pair=pair)
        results = rounded_oracle(case.program, case.operands)
        compare(case.program, case.operands, results, case.expectations)
        cancelled = {name for name, _ in case.expectations.cancels}
        attributes = {"epsilon": layout.epsilon, "channel_dims": layout.channel_dims}
        terms = term_sizes(OPS[op], case.operands, **attributes)
        for name, value in results.items():
            wrong = value.copy()
            at = np.unravel_index(np.argmax(np.abs(value)), value.shape)
            ulp = max(case.program.type_of(name).ulp(WIDE(1)), WIDE("1e-14"))
            in_f32 = element_type.precision < 24 and name not in DATA
            wrong[at] += 8 * ulp * (terms[name] if in_f32 else value)[at]
            arguments = (case.program, case.operands, results | {name: wrong}, case.expectations)
            if value[at] != 0 and name not in cancelled:
                count += 1
                require(rejects(Mismatch, compare, *arguments), f"{layout}: wrong {name} passes")
    return f"{count} wrong results found"


def main():
    options = parser(__doc__).parse_args()
    directory = Path(options.tmp or tempfile.mkdtemp(prefix="bn-"))
    directory.mkdir(parents=True, exist_ok=True)

    def checks():
        yield "rounding", rounding
        yield "files", lambda: files(directory)
        yield "idle runner", lambda: idle_runner(directory)
        for shape, channel_dims in (
            ((3, 4, 2, 2), (1,)),
            ((2, 3, 4), (0, 2)),
            ((3, 2, 2, 1, 3, 2), (0, 4)),
            ((2, 3), (0, 1)),
        ):
            title = f"loops {'x'.join(map(str, shape))} {list(channel_dims)}"
            yield title, lambda shape=shape, dims=channel_dims: loops(shape, dims)
        for op in finite_differences.DIFFERENTIABLE:
            for title, check in finite_differences.cases(
                Program.reference, op, step=1e-6, tolerance=1e-10
            ):
                yield f"differences, {title}", check
        yield "staged derivations", staged_forms
        yield "second order", second_order
        yield "running averages", running_averages
        for name in ("f32", "f64"):
            yield from examples.cases(rounded_oracle, TYPES[name])
        yield "judgement", judgement
        for op in OPS.values():
            for pair in (False, True) if op.optional else (False,):
                for element_type in TYPES.values():
                    title = f"sweep {op.name}{' with pair' if pair else ''} {element_type.name}"
                    yield (
                        title,
                        lambda op=op, t=element_type, pair=pair: sweeps(op.name, t, pair),
                    )

    return run_all(checks())


if __name__ == "__main__":
    sys.exit(main())
