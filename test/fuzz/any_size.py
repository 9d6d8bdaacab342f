"""Code for any size: compiled once, right for arrays of many sizes.

    any_size.py --tmp=DIR

With a cache of one byte, results bypass it where rows are long enough, which code
for any size finds out when it runs.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

from batch_norm import DATA, OPS
from call import Call, run_all
from case import Case, draw
from element_types import TYPES, parameter_type
from execute import compiler_in_folder, judge
from program import Node, Program, Tensor
from reference import expect

LAYOUTS = {
    (1,): ((3, 5, 4, 8), (2, 3, 7, 7), (5, 1, 1, 16), (1, 40, 3, 3), (7, 64, 2, 24),
           (2, 3, 11, 13)),
    (3,): ((3, 5, 4, 8), (2, 31, 3, 16), (40, 9, 3, 64), (17, 31, 2, 7), (50, 7, 7, 1),
           (5, 3, 4, 101)),
    (1, 4): tuple((n, c, h, w, lanes) for lanes in (8, 16, 1, 5, 24)
                  for n, c, h, w in ((3, 2, 4, 4), (1, 9, 3, 7))),
}  # fmt: skip
"""Shapes of the data for each kind of channel_dims."""

OPTIONS = ("", "=cache-bytes=1")
KINDS = {"variance": "positive"}


def make_case(operation, element, channels, sizes, seed, dynamic=True):
    """A function of one op, of any size if `dynamic`, and arguments of these sizes."""
    op, dims = OPS[operation], tuple(range(len(sizes)))

    def tensor(name):
        of = dims if name in DATA else channels
        type = TYPES[element]
        return Tensor((type if name in DATA else parameter_type(type)).name, of,
                      (dynamic,) * len(of))  # fmt: skip

    # A gradient has results of the names of its operands.
    results = tuple(f"{name}_result" for name in op.results)
    types = {name: tensor(name) for name in op.operands}
    types |= {name: tensor(of) for name, of in zip(results, op.results, strict=True)}
    arguments = {
        name: draw(KINDS.get(name, "data" if name in DATA else "parameter"), types[name], sizes,
                   seed + i)
        for i, name in enumerate(op.operands)
    }  # fmt: skip
    node = Node(operation, op.operands, results, {"channel_dims": channels, "epsilon": 0.1})
    return Case(seed, Program(sizes, op.operands, types, (node,), results), arguments)


def main():
    compiler = compiler_in_folder(__doc__)
    arrays = 0
    operations = ("training", "training_backprop", "inference")
    for channels, shapes in LAYOUTS.items():
        for element in ("f32", "bf16"):
            cases = [
                [make_case(operation, element, channels, sizes, seed)
                 for seed, sizes in enumerate(shapes)]
                for operation in operations
            ]  # fmt: skip
            for options in OPTIONS:
                library = compiler.library(
                    [same[0] for same in cases], "plain", f"--bn-to-llvm{options}"
                )
                for i, same in enumerate(cases):
                    calls = [Call(f"f{i}", case.program, case.arguments) for case in same]
                    problems = run_all(library, calls)
                    for case, call, problem in zip(same, calls, problems, strict=True):
                        expected = expect(case.program, case.arguments, case.seed)
                        stored = [result.array for result in call.results]
                        problem = problem or judge(case.program, expected, stored)
                        if problem:
                            sizes = "x".join(map(str, case.program.sizes))
                            sys.exit(f"error: bn.{operations[i]} of {sizes}x{element}, channels "
                                     f"{channels}, bn-to-llvm{options}: it {problem}")  # fmt: skip
                        arrays += 1
    print(f"{arrays} calls of code for any size")


if __name__ == "__main__":
    main()
