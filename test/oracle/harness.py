"""What the command lines of the numeric tests have in common."""

import argparse
import os
import shutil
import sys
import tempfile

from element_types import TYPES
from programs import Runner, RunFailure


class Mismatch(Exception):
    """A result is wrong; the message says which and by how much."""


def parser(description):
    """Options that every test takes."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runner", default="bn-runner", help="the bn-runner to test")
    parser.add_argument("--tmp", help="directory for programs and arrays")
    return parser


def add_type(parser):
    parser.add_argument("--type", choices=TYPES, required=True, help="element type of the input")


def make_runner(options, folder="."):
    """The runner named on the command line; it must exist. Works in that folder of --tmp."""
    if not shutil.which(options.runner):
        sys.exit(f"error: no program {options.runner!r} to test; give one with --runner=PATH")
    directory = options.tmp or tempfile.mkdtemp(prefix="bn-")
    directory = os.path.join(directory, folder)
    return Runner(options.runner, directory, getattr(options, "schedule", None))


def run_all(checks):
    """Runs (title, function) pairs, prints a line for each, returns the exit status.

    A function returns a short summary, or raises Mismatch or RunFailure. All
    checks run, whatever happens to the first; no checks at all is a failure.
    """
    count, failed = 0, []
    for title, check in checks:
        count += 1
        try:
            print(f"ok    {title}: {check()}", flush=True)
        except (Mismatch, RunFailure) as error:
            failed.append(title)
            print(f"FAIL  {title}: {error}", flush=True)
    for title in failed:
        print(f"failed: {title}", file=sys.stderr)
    print(f"{count} cases, {len(failed)} failed")
    return 1 if failed or not count else 0
