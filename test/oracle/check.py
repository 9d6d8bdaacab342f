"""Runs one op on every layout with bn-runner and compares with the oracle.

    check.py training --type=f32
    check.py training_backprop --type=f16 --pair --layout=blocked --dims=mixed

Sizes are static, dynamic, or mixed: every other one dynamic. With --dims=turns
each layout has one of the three, another one for another element type.
"""

import sys

from batch_norm import OPS
from cases import LAYOUTS, check_exact, make_case
from comparison import compare
from element_types import TYPES
from harness import Mismatch, add_type, make_runner, parser, run_all

DIMS = ("static", "dynamic", "mixed")


def verify(case, results):
    """Compares the results of a case, returns the worst errors as text."""
    summary = compare(case.program, case.operands, results, case.expectations)
    wrong = check_exact(case, results)
    if wrong:
        raise Mismatch(f"not exact where gamma or the variance is zero: {', '.join(wrong)}")
    return summary


def main():
    arguments = parser(__doc__)
    add_type(arguments)
    arguments.add_argument("op", choices=OPS)
    arguments.add_argument("--pair", action="store_true", help="with the optional operands")
    arguments.add_argument("--layout", choices=[layout.name for layout in LAYOUTS])
    arguments.add_argument("--dims", choices=[*DIMS, "turns"], help="default: all three")
    options = arguments.parse_args()
    if options.pair and not OPS[options.op].optional:
        arguments.error(f"bn.{options.op} has no optional operands")
    runner = make_runner(options)
    element_type = TYPES[options.type]

    def checks():
        for position, layout in enumerate(LAYOUTS, list(TYPES).index(options.type)):
            if element_type.name not in layout.types:
                continue
            if options.layout not in (None, layout.name):
                continue
            turn = DIMS[position % len(DIMS)]
            chosen = {None: DIMS, "turns": (turn,)}.get(options.dims, (options.dims,))
            for how in chosen:
                case = make_case(options.op, element_type, layout, how, options.pair)
                yield (
                    f"{layout} {how}",
                    lambda case=case: verify(case, runner.run_wide(case.program, case.operands)),
                )

    return run_all(checks())


if __name__ == "__main__":
    sys.exit(main())
