"""Random programs, mutated programs and mutated arrays for bn-opt and bn-runner.

    fuzz.py [--kind=programs|text|npy] [--seed=S] [--minutes=N]

Without --minutes, a fixed budget, the same on every run with the same seed.
Whatever fails is printed, reduced, with the seed that leads to it.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

from execute import Compiler
from random_programs import Campaign


def fuzz_programs(options, folder):
    campaign = Campaign(Compiler(options.opt, options.runner, folder))
    if options.minutes:
        failures = campaign.run(options.seed, lambda _: time.time() > options.end, 5)
    else:
        failures = campaign.run(options.seed, lambda c: c.programs >= 16, 2)
    print(f"programs: {campaign.summary()}", flush=True)
    return failures


KINDS = {"programs": fuzz_programs}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=KINDS, help="one kind only; default: all")
    parser.add_argument("--seed", type=int, default=0, help="where to start; default 0")
    parser.add_argument("--minutes", type=float, default=0, help="how long, for each kind")
    parser.add_argument("--opt", default="bn-opt", help="the bn-opt to test")
    parser.add_argument("--runner", default="bn-runner", help="the bn-runner to test")
    parser.add_argument("--tmp", type=Path, help="folder to work in")
    options = parser.parse_args()
    for tool in (options.opt, options.runner):
        if not shutil.which(tool):
            sys.exit(f"error: no program {tool!r} to test; give one with --opt and --runner")
    folder = options.tmp or Path(tempfile.mkdtemp(prefix="bn-fuzz-"))
    failures = 0
    for kind in [options.kind] if options.kind else KINDS:
        directory = folder / kind
        directory.mkdir(parents=True, exist_ok=True)
        options.end = time.time() + 60 * options.minutes
        failures += KINDS[kind](options, directory)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
