"""Options that do not change the order of sums change no bit of the results.

    same_bits.py --tmp=DIR

Random programs are compiled with each of them, and ops on rows that start anywhere in
a cache line; every library also runs on several threads (see call.py).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

from any_size import make_case
from call import Call, run_all
from execute import compiler_in_folder
from generate import generate

PROGRAMS = 12

ROWS = (
    ("f32", (1,), (3, 2, 7, 31)), ("f32", (1,), (2, 3, 14, 14)), ("f32", (2,), (13, 3, 49)),
    ("bf16", (1,), (3, 2, 173)), ("f16", (1,), (3, 2, 11, 23)), ("f64", (1,), (2, 3, 53)),
    ("f32", (1,), (3, 64, 7, 7)), ("f32", (2,), (7, 11, 101)),
)  # fmt: skip
"""Element, channel dims and shape."""

OPTIONS = ("", "=parallel=false", "=cache-bytes=1", "=cache-bytes=1000000000000",
           "=check-arguments=true")  # fmt: skip
"""Of bn-to-llvm. With a cache of one byte all results bypass it."""


def results(compiler, cases, options):
    """The bytes of each result of each case."""
    library = compiler.library(cases, "plain", f"--bn-to-llvm{options}")
    calls = [
        Call(case.program.entry(f"f{i}"), case.program, case.arguments)
        for i, case in enumerate(cases)
    ]
    for case, problem in zip(cases, run_all(library, calls), strict=True):
        if problem:
            sys.exit(f"error: seed {case.seed}, bn-to-llvm{options}: it {problem}")
    return [[result.bytes() for result in call.results] for call in calls]


def main():
    compiler = compiler_in_folder(__doc__)
    cases = [case for case in map(generate, range(40)) if case][:PROGRAMS]
    cases += [
        make_case(operation, *row, seed, dynamic=False)
        for seed, row in enumerate(ROWS)
        for operation in ("training", "training_backprop")
    ]
    first = results(compiler, cases, OPTIONS[0])
    for options in OPTIONS[1:]:
        for case, got, want in zip(cases, results(compiler, cases, options), first):
            if got != want:
                sys.exit(f"error: seed {case.seed}: other bits with bn-to-llvm{options}")
    print(f"{len(cases)} programs, the same bits with {len(OPTIONS)} options")


if __name__ == "__main__":
    main()
