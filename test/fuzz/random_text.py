"""Mutated programs through every pass of ours, and through bn-runner.

Whatever the input, bn-opt ends with status 0 or 1 and diagnostics, bn-runner with
0, 1 or 2 and one line of error. A crash, a failed assertion, a sanitizer's report
or no end is a failure; where mlir-opt, which holds nothing of ours, dies of the same
input too, it is upstream's and counted apart. Mutants that make a tool say something
new are mutated further: a cheap measure of coverage, for which nothing need be
instrumented.
"""

import os
import random
import re
import resource
import subprocess
import time
from bisect import bisect
from pathlib import Path

from mutate import mutate, mutate_bytes

TIME_LIMIT = 30  # seconds for one process
REDUCTION_LIMIT = 30  # seconds for one failure
MEMORY = 6 << 30
BATCH = 40
SEPARATOR = "\n// -----\n"
OPTIONS = (
    (), ("--canonicalize", "--cse"), ("--mlir-print-op-generic",), ("--emit-bytecode",),
    ("--bn-to-linalg",), ("--bn-to-affine",), ("--bn-to-llvm",), ("--bn-to-llvm=parallel=false",),
    ("--convert-bn-to-linalg",), ("--convert-bn-to-linalg=form=staged",),
    ("--bn-collapse-dims",), ("--bn-decompose-linalg",), ("--bn-differentiate",),
    ("--bn-differentiate", "--bn-differentiate=entry=main_vjp"),
    ("--bn-fold-inference",), ("--bn-fold-subviews",), ("--bn-forall-to-affine",),
    ("--bn-fuse-elementwise",), ("--bn-hoist-allocas",), ("--bn-linalg-to-loops",),
    ("--bn-manual-deallocation",), ("--bn-promote-accumulators",), ("--bn-request-c-wrappers",),
    ("--bn-resolve-expand-shapes",), ("--bn-results-to-out-params",),
    ("--bn-sequential-reductions",), ("--bn-tile-and-fuse",), ("--bn-vectorize",),
    ("--bn-verify-stage=stage=linalg",), ("--bn-verify-stage=stage=affine",),
)  # fmt: skip
"""Every pass and pipeline of bn-opt."""

HANGS = r"from_elements.*[<x]\d{7,}"
"""What upstream's parser needs all memory or time for."""

REPORTS = ("Sanitizer", "runtime error:", "Assertion", "UNREACHABLE", "LLVM ERROR", "Stack dump")


def limit_memory():
    # A sanitizer's shadow takes more address space than there is memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


class Tool:
    """A command whose end is watched."""

    def __init__(self, command, statuses):
        self.command, self.statuses = command, statuses
        binary = Path(command).read_bytes() if os.path.exists(command) else b""
        self.limit = None if b"__asan_init" in binary else limit_memory

    def run(self, arguments, input=None):
        """(problem or None, standard error)"""
        try:
            done = subprocess.run([self.command, *arguments], input=input, capture_output=True,
                                  timeout=TIME_LIMIT, preexec_fn=self.limit)  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"no end after {TIME_LIMIT} s", ""
        error = done.stderr.decode("utf-8", "replace")
        for report in REPORTS:
            if report in error:
                at = error.index(report)
                return error[max(0, at - 200) : at + 8000], error
        if done.returncode not in self.statuses:
            return f"exit status {done.returncode}\n{error[-1500:]}", error
        return None, error


def load_corpus():
    """The functions of all tests and examples; the first of each is @main."""
    root = Path(__file__).resolve().parent.parent.parent
    chunks = []
    for path in sorted([*root.glob("test/**/*.mlir"), *root.glob("examples/**/*.mlir")]):
        text = re.sub(r"^\s*//(?! -----).*\n", "", path.read_text(), flags=re.M)
        for chunk in text.split("// -----"):
            name = re.search(r"func\.func @(\w+)", chunk)
            if name:
                chunks.append(re.sub(rf"@{name[1]}\b", "@main", chunk))
    return chunks


class Campaign:
    def __init__(self, opt, runner, folder, seed):
        self.opt, self.runner = Tool(opt, (0, 1)), Tool(runner, (0, 1, 2))
        self.mlir_opt = Tool("mlir-opt", (0, 1))
        self.folder, self.random = folder, random.Random(seed)
        self.corpus = load_corpus()
        self.said, self.failures, self.upstream = set(), set(), set()
        self.mutants = self.processes = 0

    def mutants_of_corpus(self):
        recent = self.corpus[-300:] if self.random.random() < 0.3 else self.corpus
        mutants = [mutate(self.random, self.random.choice(recent)) for _ in range(BATCH)]
        return [mutant for mutant in mutants if not re.search(HANGS, mutant)]

    def run_opt(self, options, chunks):
        self.processes += 1
        text = SEPARATOR.join(chunks).encode("utf-8", "replace")
        arguments = [*options, "--split-input-file", "--mlir-disable-threading", "-o", "/dev/null"]
        return self.opt.run(arguments, text)

    def fuzz_opt(self):
        options = self.random.choice(OPTIONS)
        chunks = [c.replace("// -----", "") for c in self.mutants_of_corpus()]
        self.mutants += len(chunks)
        problem, said = self.run_opt(options, chunks)
        if problem:
            self.find(options, chunks, problem)
        ends = []
        for chunk in chunks:
            ends.append((ends or [0])[-1] + chunk.count("\n") + SEPARATOR.count("\n"))
        for line, text in re.findall(r"<stdin>:(\d+):\d+: error: (.*)", said):
            kind = re.sub(r"\d+|'[^']*'|%\S+|\w*<.*>", "", text)
            if kind not in self.said:
                self.said.add(kind)
                # A line past the last chunk is its end.
                self.corpus.append(chunks[min(bisect(ends, int(line) - 1), len(chunks) - 1)])

    def find(self, options, chunks, problem):
        """Reports one of the chunks that fail, by bisection."""
        while len(chunks) > 1:
            half = len(chunks) // 2
            first = chunks[:half]
            chunks = first if self.run_opt(options, first)[0] else chunks[half:]
        self.report(" ".join(("bn-opt", *options)), chunks[0],
                    lambda text: self.run_opt(options, [text])[0], problem)  # fmt: skip

    def fuzz_runner(self):
        text = self.mutants_of_corpus()[0]
        options = self.random.choice((["--emit=obj"], ["--emit=llvm", "--entry=main"]))

        def run(text):
            self.processes += 1
            path = self.folder / "mutant.mlir"
            path.write_bytes(text.encode("utf-8", "replace"))
            problem, error = self.runner.run([str(path), *options, "-o", "/dev/null"])
            if not problem and error and not re.fullmatch(r"error: .*\n", error):
                problem = f"expected one line of error, got\n{error[:1500]}"
            return problem

        self.mutants += 1
        if problem := run(text):
            self.report(f"bn-runner {' '.join(options)}", text, run, problem)

    def fuzz_bytecode(self):
        path = self.folder / "code.mlirbc"
        chunk = self.random.choice(self.corpus)
        self.opt.run(["--emit-bytecode", "-o", str(path)], chunk.encode("utf-8", "replace"))
        if not path.exists() or path.read_bytes()[:4] != b"ML\xefR":
            return
        data = mutate_bytes(self.random, path.read_bytes())
        path.write_bytes(data)
        options = self.random.choice(OPTIONS)
        self.mutants += 1
        self.processes += 2
        problem, _ = self.opt.run([str(path), *options, "-o", "/dev/null"])
        if problem:
            self.note(" ".join(("bn-opt", *options)), problem, data,
                      f"bytecode of {len(data)} bytes:\n{data.hex()}")  # fmt: skip

    def report(self, command, text, run, first):
        """Drops lines as long as it fails, which it may do only as it did first."""
        problem = run(text)
        if not problem:
            return self.note(command, f"fails alone no more: {first}", text.encode(), text)
        lines = text.splitlines()
        index = 0
        end = time.time() + REDUCTION_LIMIT
        while index < len(lines) and time.time() < end:
            fewer = lines[:index] + lines[index + 1 :]
            found = run("\n".join(fewer))
            if found:
                lines, problem = fewer, found
            else:
                index += 1
        text = "\n".join(lines)
        self.note(command, problem, text.encode("utf-8", "replace"), text)

    def note(self, command, problem, input, text):
        frames = re.findall(r"(?:#\d+ \S+ (?:in )?)([\w:~<>(), ]*mlir[\w:~<>]*)", problem)
        kind = tuple(frames[:3]) or (command.split()[0], problem.splitlines()[0])
        if self.is_upstream(problem) or self.kills_upstream(command, input):
            if kind not in self.upstream:
                self.upstream.add(kind)
                print(f"upstream's own  {command}\n{text[:1000]}\n", flush=True)
        elif kind not in self.failures:
            self.failures.add(kind)
            print(f"FAIL  {command}\n{text[:4000]}\n{problem[:1500]}\n", flush=True)

    def is_upstream(self, problem):
        """Whether nothing of ours ran: an op of another dialect was parsed, or bytecode read."""
        parsers = re.findall(r"MLIR Parser: custom op parser '(\S+)'", problem)
        if parsers:
            return not parsers[-1].startswith("bn.")
        return "BytecodeReader" in problem or "readBytecodeFile" in problem

    def kills_upstream(self, command, input):
        """Whether mlir-opt dies of reading the input, or of the passes that it has of these."""
        passes = {"--canonicalize", "--cse"}.intersection(command.split())
        arguments = [*passes, "--allow-unregistered-dialect", "--split-input-file"]
        return self.mlir_opt.run([*arguments, "-o", "/dev/null"], input)[0] is not None

    def run(self, is_over):
        while not is_over(self):
            kind = self.random.random()
            if kind < 0.6:
                self.fuzz_opt()
            elif kind < 0.85:
                self.fuzz_runner()
            else:
                self.fuzz_bytecode()
        return len(self.failures)

    def summary(self):
        return (
            f"{self.mutants} mutants in {self.processes} processes, {len(self.said)} kinds of"
            f" diagnostics, {len(self.failures)} kinds of failure, {len(self.upstream)} more of"
            " upstream's own"
        )
