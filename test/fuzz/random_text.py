"""Mutated programs through every pass of ours, and through bn-runner.

Whatever the input, bn-opt ends with status 0 or 1 and diagnostics, bn-runner with
0, 1 or 2 and one line of error. A crash, a failed assertion, a sanitizer's report
or no end is a failure; where nothing of ours was at work, or mlir-opt dies of the same
input, it is upstream's and counted apart. Mutants that make a tool say something
new are mutated further: a cheap measure of coverage, for which nothing need be
instrumented.
"""

import os
import random
import re
import resource
import shutil
import subprocess
import time
from bisect import bisect
from pathlib import Path

from mutate import mutate, mutate_bytes

TIME_LIMIT = 30  # seconds for one process
REDUCTION_LIMIT = 30  # seconds for one failure
TRIES = 8
"""Memory that a process has corrupted ends it by chance."""
MEMORY = 6 << 30
BATCH = 40
SEPARATOR = "\n// -----\n"
OPTIONS = (
    (), ("--canonicalize", "--cse"), ("--mlir-print-op-generic",), ("--emit-bytecode",),
    ("--bn-to-linalg",), ("--bn-to-affine",), ("--bn-to-llvm",), ("--bn-to-llvm=parallel=false",),
    ("--bn-to-llvm=cache-bytes=1 check-arguments=true",), ("--bn-vectorize=cache-bytes=1",),
    ("--convert-bn-to-linalg=form=staged",), ("--bn-schedule=kind=rows", "--bn-to-affine"),
    ("--bn-differentiate", "--bn-differentiate=entry=main_vjp"),
    ("--bn-verify-stage=stage=linalg",), ("--bn-verify-stage=stage=affine",),
)  # fmt: skip
"""What bn-opt does besides each pass of ours by itself."""

HANGS = r"from_elements.*[<x]\d{7,}"
"""What upstream's parser needs all memory or time for."""

# Names of functions that libraries export are enough, and soon there.
ENVIRONMENT = {**os.environ, "LLVM_DISABLE_SYMBOLIZATION": "1"}

REPORTS = ("Sanitizer", "runtime error:", "Assertion", "UNREACHABLE", "LLVM ERROR", "Stack dump")


def limit_memory():
    # A sanitizer's shadow takes more address space than there is memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def encode(text):
    return text.encode("utf-8", "replace")


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
                                  timeout=TIME_LIMIT, preexec_fn=self.limit,
                                  env=ENVIRONMENT)  # fmt: skip
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


def kind_of(command, problem):
    """Crashes of one kind are in the same functions."""
    frame = r"(?:^\d+ +(?:libMLIR|bn-)\S* +0x\w+|#\d+ 0x\w+ in) (\S*mlir.*)"
    frames = re.findall(frame, problem, flags=re.M)
    return tuple(frames[:3]) or (command.split()[0], problem.splitlines()[0])


def is_upstream(problem):
    """Whether an op of another dialect was parsed, array<index: ...>, or bytecode."""
    if "parseDenseArrayAttr" in problem:
        return True
    parsers = re.findall(r"MLIR Parser: custom op parser '(\S+)'", problem)
    if parsers:
        return not parsers[-1].startswith("bn.")
    return "BytecodeReader" in problem or "readBytecodeFile" in problem


def list_passes(opt):
    """The passes of ours, as options."""
    done = subprocess.run([opt, "--list-passes"], capture_output=True, text=True, check=True)
    return re.findall(r"^ +(--(?:convert-)?bn-[\w-]+)", done.stdout + done.stderr, flags=re.M)


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
        self.valgrind = Tool("valgrind", (0, 1)) if shutil.which("valgrind") else None
        self.folder, self.random = folder, random.Random(seed)
        self.options = [*OPTIONS, *((name,) for name in list_passes(opt))]
        self.corpus = load_corpus()
        self.said, self.failures, self.upstream = set(), set(), set()
        self.mutants = self.processes = 0

    def mutants_of_corpus(self):
        recent = self.corpus[-300:] if self.random.random() < 0.3 else self.corpus
        mutants = [mutate(self.random, self.random.choice(recent)) for _ in range(BATCH)]
        return [mutant for mutant in mutants if not re.search(HANGS, mutant)]

    def run_opt(self, options, chunks):
        self.processes += 1
        text = encode(SEPARATOR.join(chunks))
        arguments = [*options, "--split-input-file", "--mlir-disable-threading", "-o", "/dev/null"]
        return self.opt.run(arguments, text)

    def fuzz_opt(self):
        options = self.random.choice(self.options)
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
        whole = SEPARATOR.join(chunks)
        while len(chunks) > 1:
            half = len(chunks) // 2
            first = chunks[:half]
            chunks = first if self.run_opt(options, first)[0] else chunks[half:]
        self.report(" ".join(("bn-opt", *options)), chunks[0],
                    lambda text: self.run_opt(options, [text])[0], problem, whole)  # fmt: skip

    def fuzz_runner(self):
        text = self.mutants_of_corpus()[0]
        options = self.random.choice((["--emit=obj"], ["--emit=llvm", "--entry=main"]))

        def run(text):
            self.processes += 1
            path = self.folder / "mutant.mlir"
            path.write_bytes(encode(text))
            problem, error = self.runner.run([str(path), *options, "-o", "/dev/null"])
            if not problem and error and not re.fullmatch(r"error: .*\n", error):
                problem = f"expected one line of error, got\n{error[:1500]}"
            return problem

        self.mutants += 1
        if problem := run(text):
            self.report(f"bn-runner {' '.join(options)}", text, run, problem, text)

    def fuzz_bytecode(self):
        path = self.folder / "code.mlirbc"
        chunk = self.random.choice(self.corpus)
        self.opt.run(["--emit-bytecode", "-o", str(path)], encode(chunk))
        if not path.exists() or path.read_bytes()[:4] != b"ML\xefR":
            return
        data = mutate_bytes(self.random, path.read_bytes())
        path.write_bytes(data)
        options = self.random.choice(self.options)
        self.mutants += 1
        self.processes += 2
        problem, _ = self.opt.run([str(path), *options, "-o", "/dev/null"])
        if problem:
            self.note(" ".join(("bn-opt", *options)), problem, data,
                      f"bytecode of {len(data)} bytes:\n{data.hex()}")  # fmt: skip

    def report(self, command, text, run, first, whole):
        """Drops lines as long as it fails, which it may do only with the `whole` input."""
        if "Stack dump" in first and kind_of(command, first) in self.upstream:
            return
        problem = run(text)
        if not problem:
            return self.note(command, f"fails alone no more: {first}", encode(whole), text)
        lines = text.splitlines()
        end = time.time() + REDUCTION_LIMIT
        progress = True
        while progress:
            progress, index = False, 0
            while index < len(lines) and time.time() < end:
                fewer = lines[:index] + lines[index + 1 :]
                found = run("\n".join(fewer))
                if found:
                    lines, problem, progress = fewer, found, True
                else:
                    index += 1
        text = "\n".join(lines)
        self.note(command, problem, encode(text), text)

    def note(self, command, problem, input, text):
        kind = kind_of(command, problem)
        if self.kills_upstream(command, input):
            if kind not in self.upstream:
                self.upstream.add(kind)
                print(f"upstream's own  {command}\n{text[:1000]}\n", flush=True)
        elif kind not in self.failures:
            self.failures.add(kind)
            print(f"FAIL  {command}\n{text[:4000]}\n{problem[:1500]}\n", flush=True)

    def kills_upstream(self, command, input):
        """Whether upstream dies of reading the input, or of the passes that it has of these.

        mlir-opt does not read on behind an op of ours, bn-opt does.
        """
        reading = ["--split-input-file", "--mlir-disable-threading", "-o", "/dev/null"]
        passes = {"--canonicalize", "--cse"}.intersection(command.split())
        upstream = [*passes, "--allow-unregistered-dialect", *reading]
        for _ in range(TRIES):
            if is_upstream(self.opt.run(reading, input)[0] or ""):
                return True
            if self.mlir_opt.run(upstream, input)[0]:
                return True
        # What corrupts memory need not die of it.
        watched = ["--quiet", "--error-exitcode=9", "mlir-opt", *upstream]
        return self.valgrind is not None and self.valgrind.run(watched, input)[0] is not None

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
