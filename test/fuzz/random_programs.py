"""Random programs, compiled in every way and compared with the reference."""

import random
import re

from execute import JIT, VARIANTS, find_problems
from generate import generate
from reduce import reduce
from reference import Unstable, expect
from wrap import function

BATCH = 8
"""Programs in one module; a few of them also run through bn-runner one by one."""

JIT_SHARE = 1


def batches(seed):
    """Lists of (case, expectations), without end."""
    while True:
        batch = []
        while len(batch) < BATCH:
            case = generate(seed)
            seed += 1
            try:
                if case:
                    batch.append((case, expect(case.program, case.arguments, case.seed)))
            except Unstable:
                pass
        yield batch


def kind_of(problem):
    """Problems of one kind differ in names and numbers only."""
    lines = [line for line in problem.splitlines() if "rror:" in line] or [problem]
    text = re.sub(r"\S*/\S*|'[^']*'|@\w+|\(\w+\)", "", lines[0])
    return re.sub(r"[\d.]+(e[+-]?\d+)?", "N", text.split(" at [")[0]).strip()


class Campaign:
    """Runs programs and reports what fails: each kind of problem once."""

    def __init__(self, compiler, log=print):
        self.compiler, self.log = compiler, log
        self.known = set()
        self.programs = self.runs = self.results = self.weak = 0

    def run(self, seed, is_over, variants_of_batch):
        """Returns the number of failures; each batch is compiled in some ways."""
        for batch in batches(seed):
            if is_over(self):
                break
            self.programs += len(batch)
            for _, expected in batch:
                self.results += len(expected)
                self.weak += sum(e.is_weak() for e in expected.values())
            choice = random.Random(batch[0][0].seed)
            for variant in choice.sample([*VARIANTS], variants_of_batch):
                self.check(batch, variant)
            self.check(choice.sample(batch, JIT_SHARE), JIT)
        return len(self.known)

    def check(self, batch, variant):
        cases, expectations = zip(*batch)
        self.runs += len(cases)
        for case, problem in zip(cases, find_problems(self.compiler, cases, expectations, variant)):
            # Wrong numbers look alike, whatever they come from.
            key = kind_of(problem) + variant * problem.startswith("result") if problem else None
            if key and key not in self.known:
                self.known.add(key)
                self.report(case, variant, problem)

    def problem(self, case, variant):
        try:
            expected = expect(case.program, case.arguments, case.seed)
        except Unstable:
            return None
        return find_problems(self.compiler, [case], [expected], variant)[0]

    def report(self, case, variant, problem):
        """Prints the case, reduced if it fails alone."""
        kind = kind_of(problem)

        def fails(candidate):
            found = self.problem(candidate, variant)
            return found is not None and kind_of(found) == kind

        if fails(case):
            case = reduce(case, fails)
            problem = self.problem(case, variant)
        program = case.program.source or case.program
        self.log(
            f"FAIL  seed {case.seed}, variant '{variant}' {' '.join(VARIANTS.get(variant, ()))},"
            f" differentiated {case.program.order} times\n"
            f"{function(program, 'f0')}{problem}\n"
        )

    def summary(self):
        return (
            f"{self.programs} programs, {self.runs} runs, {self.results} results compared"
            f" ({self.weak} weakly), {len(self.known)} kinds of failure"
        )
