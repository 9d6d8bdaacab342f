"""Random programs, mutated programs and mutated arrays for bn-opt and bn-runner.

    fuzz.py [--kind=programs|text|npy] [--seed=S] [--minutes=N]

Without --minutes, a fixed budget, the same on every run. Whatever fails is printed,
reduced where that is possible, and the same seed leads to it again.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

import random_npy
import random_programs
import random_text
from execute import Compiler


def over_at(options, is_enough):
    """Tells when a campaign is over: time is up, or without a limit, enough is done."""
    return (lambda _: time.time() > options.end) if options.minutes else is_enough


def fuzz_programs(options, folder):
    campaign = random_programs.Campaign(Compiler(options.opt, options.runner, folder))
    over = over_at(options, lambda c: c.programs >= 16)
    failures = campaign.run(options.seed, over, 5 if options.minutes else 2)
    print(f"programs: {campaign.summary()}", flush=True)
    return failures


def fuzz_text(options, folder):
    campaign = random_text.Campaign(options.opt, options.runner, folder, options.seed)
    over = over_at(options, lambda c: c.processes >= 20)
    failures = campaign.run(over)
    print(f"text: {campaign.summary()}", flush=True)
    return failures


def fuzz_npy(options, folder):
    campaign = random_npy.Campaign(options.runner, folder, options.seed)
    failures = campaign.run(over_at(options, lambda c: c.files >= 40))
    print(f"npy: {campaign.summary()}", flush=True)
    return failures


KINDS = {"programs": fuzz_programs, "text": fuzz_text, "npy": fuzz_npy}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=KINDS, help="one kind only; default: all")
    parser.add_argument("--seed", type=int, help="where to start; with --minutes by default anywhere")
    parser.add_argument("--minutes", type=float, default=0, help="how long, for each kind")
    parser.add_argument("--opt", default="bn-opt", help="the bn-opt to test")
    parser.add_argument("--runner", default="bn-runner", help="the bn-runner to test")
    parser.add_argument("--tmp", type=Path, help="folder to work in")
    options = parser.parse_args()
    for tool in (options.opt, options.runner, "mlir-opt", "mlir-translate"):
        if not shutil.which(tool):
            sys.exit(f"error: no program {tool!r}")
    options.opt, options.runner = shutil.which(options.opt), shutil.which(options.runner)
    if options.seed is None:
        options.seed = int(time.time()) if options.minutes else 0
    print(f"seed {options.seed}", flush=True)
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
