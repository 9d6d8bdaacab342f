"""Compiles batches of cases in every way there is, and judges what they return."""

import argparse
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import npy
from call import Call, run_all
from flags import ELEMENTS
from wrap import function

TIME_LIMIT = 120  # seconds for one process

VARIANTS = {
    "plain": (),
    "generic": ("--mlir-print-op-generic",),
    "bytecode": ("--emit-bytecode",),
    "canonical": ("--canonicalize", "--cse"),
    "folded": ("--bn-fold-inference",),
    "collapsed": ("--bn-collapse-dims",),
    "tiled": ("--convert-elementwise-to-linalg", "--bn-tile-and-fuse"),
    "channels": ("--bn-schedule=kind=channels",),
    "rows": ("--bn-schedule=kind=rows",),
    "linalg": ("--bn-to-linalg",),
    "untiled": ("--convert-bn-to-linalg",),
    "staged": ("--convert-bn-to-linalg=form=staged",),
    "fused": ("--convert-bn-to-linalg", "--convert-elementwise-to-linalg",
              "--bn-fuse-elementwise"),
    "affine": ("--bn-to-affine",),
    "sequential": ("--bn-to-llvm=parallel=false",),
}  # fmt: skip
"""What bn-opt does with a program before bn-to-llvm, with default options, does the rest.

Programs keep their dynamic sizes on the way. Whatever any of these made, the
numbers must be right.
"""

JIT = "jit"
"""One more way: bn-runner runs the program on arrays, whose sizes it compiles in."""


class Failure(Exception):
    """A tool failed; the message is its own."""


@dataclass
class Compiler:
    """The tools, working in a folder."""

    opt: str
    runner: str
    folder: Path

    def run(self, command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, timeout=TIME_LIMIT)  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Failure(f"no end after {TIME_LIMIT} s: {' '.join(command)}") from None
        if done.returncode:
            lines = done.stderr.strip().splitlines()[:20]
            raise Failure("\n".join([f"exit status {done.returncode}: {' '.join(command)}", *lines]))

    def module(self, cases, variant):
        """The file of a module with one function f0, f1, ... for each case."""
        names = [f"f{i}" for i in range(len(cases))]
        source, target = self.folder / "source.mlir", self.folder / "module.mlir"
        texts = [function(c.program.source or c.program, n) for c, n in zip(cases, names)]
        source.write_text("\n".join(texts))
        steps = [
            f"--bn-differentiate=entry={name}{'_vjp' * time}"
            for case, name in zip(cases, names)
            for time in range(case.program.order)
        ]
        prepare = [*steps, *VARIANTS.get(variant, ())]
        if not prepare:
            return source
        self.run([self.opt, str(source), *prepare, "-o", str(target)])
        return target

    def library(self, cases, variant, lower="--bn-to-llvm"):
        lowered, ir, object, library = (
            self.folder / f"code.{ending}" for ending in ("mlir", "ll", "o", "so")
        )
        tools = Path(shutil.which("mlir-translate")).resolve().parent
        lib = tools.parent / "lib"
        for command in (
            [self.opt, self.module(cases, variant), lower, "-o", lowered],
            [tools / "mlir-translate", "--mlir-to-llvmir", lowered, "-o", ir],
            [tools / "llc", "-O1", "-mcpu=native", "-relocation-model=pic", "-filetype=obj", ir,
             "-o", object],
            ["g++", "-shared", object, "-o", library, f"-L{lib}", f"-Wl,-rpath,{lib}",
             "-Wl,--no-as-needed", "-lomp", "-lmlir_c_runner_utils", "-lm"],
        ):  # fmt: skip
            self.run(list(map(str, command)))
        return library

    def run_jit(self, case):
        """The results by position, in storage form."""
        program = case.program
        command = [self.runner, str(self.module([case], JIT)), f"--entry={program.entry('f0')}"]
        for name in program.arguments:
            file = self.folder / f"{name}.npy"
            npy.write(file, ELEMENTS[program.types[name].element], case.arguments[name])
            command.append(f"--arg={file}")
        files = [self.folder / f"out-{i}.npy" for i in range(len(program.returned))]
        self.run(command + [f"--out={file}" for file in files])
        try:
            return [
                npy.read(file, ELEMENTS[program.types[name].element], program.shape(name))
                for file, name in zip(files, program.returned)
            ]
        except npy.BadFile as error:
            raise Failure(str(error)) from None


def compiler_in_folder(description):
    """The tools on the PATH, for a script whose only option is --tmp=DIR."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tmp", type=Path, required=True)
    folder = parser.parse_args().tmp
    folder.mkdir(parents=True, exist_ok=True)
    return Compiler(shutil.which("bn-opt"), shutil.which("bn-runner"), folder)


def judge(program, expected, results):
    """What is wrong with results in storage form, or None."""
    for index, (name, stored) in enumerate(zip(program.returned, results, strict=True)):
        type = ELEMENTS[program.types[name].element]
        problem = expected[name].problem(type.decode(stored))
        if problem:
            return f"result #{index} ({name}) {problem}"
    return None


def find_problems(compiler, cases, expectations, variant):
    """For each case what is wrong with it when compiled in this way, or None."""
    if variant == JIT:
        return [jit_problem(compiler, c, e) for c, e in zip(cases, expectations, strict=True)]
    try:
        library = compiler.library(cases, variant)
    except Failure as failure:
        if len(cases) == 1:
            return [str(failure)]
        half = len(cases) // 2
        return find_problems(compiler, cases[:half], expectations[:half], variant) + find_problems(
            compiler, cases[half:], expectations[half:], variant
        )
    calls = [
        Call(case.program.entry(f"f{i}"), case.program, case.arguments)
        for i, case in enumerate(cases)
    ]
    return [
        problem or judge(case.program, expected, [result.array for result in call.results])
        for case, expected, call, problem in zip(
            cases, expectations, calls, run_all(library, calls), strict=True
        )
    ]


def jit_problem(compiler, case, expected):
    try:
        return judge(case.program, expected, compiler.run_jit(case))
    except Failure as failure:
        return str(failure)
