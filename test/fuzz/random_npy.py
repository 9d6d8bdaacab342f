"""Mutated .npy files and array specifications for bn-runner.

The program returns its argument, so that a file which is accepted must come back
as NumPy reads it. One that is not ends with status 2 and one line of error.
"""

import io
import os
import random
import re
import threading
import time

import numpy as np

from mutate import SIZES, mutate_bytes
from random_text import Tool

ELEMENTS = {"f16": "<f2", "f32": "<f4", "f64": "<f8", "i8": "|i1", "i32": "<i4"}
DESCRIPTIONS = (*ELEMENTS.values(), ">f4", "=f4", "f4", "<f16", "<c8", "|O", "<U3", "|V2", "<V2",
                "<M8[ns]", "", "'", "\\x00", "<f4" * 1000)  # fmt: skip


def header(random, descr, shape):
    """The text of a header, mostly with something wrong in it."""
    fields = [f"'descr': '{descr}'", "'fortran_order': False", f"'shape': {shape}"]
    kind = random.randrange(12)
    if kind == 0:
        fields[0] = f"'descr': '{random.choice(DESCRIPTIONS)}'"
    elif kind == 1:
        fields[0] = f"'descr': [('a', '{descr}', {shape})]"
    elif kind == 2:
        fields[1] = f"'fortran_order': {random.choice(('True', '0', 'None', '[False]', ''))}"
    elif kind in (3, 4):
        sizes = [random.choice(SIZES) for _ in range(random.randrange(5))]
        fields[2] = f"'shape': ({', '.join(sizes)}{random.choice((',', ''))})"
    elif kind == 5:
        fields[2] = f"'shape': {random.choice(('(' * 5000, '(3L,)', '[3]', '3', '(0x3,)', '(3,,)'))}"
    elif kind == 6:
        fields[random.randrange(3)] = random.choice(("", "'order': 'C'", "'shape': ()", "{}"))
    random.shuffle(fields)
    text = "{" + ", ".join(fields) + random.choice((", }",) * 4 + ("}", ",,}", "", "} {}", "}\x00"))
    return (text + " " * random.randrange(80) + "\n").encode("latin1")


def mutant(random, array):
    """The bytes of a file that says something like the array."""
    data = array.tobytes()
    if random.random() < 0.3:
        file = io.BytesIO()
        np.save(file, array)
        return mutate_bytes(random, file.getvalue())
    text = header(random, array.dtype.str, array.shape)
    version = random.choice((1, 1, 1, 1, 2, 2, 3, 4, 255))
    length = len(text) + random.choice((0,) * 12 + (1, -1, 64, 2**31, 2**32 - 1, -len(text)))
    width = 2 if version < 2 else 4
    length = (length % (1 << 8 * width)).to_bytes(width, "little")
    data = random.choice((data,) * 12 + (data[:-1], data + b"\0", b"", data * 3))
    return b"\x93NUMPY" + bytes([version, random.choice((0,) * 9 + (1,))]) + length + text + data


class Campaign:
    def __init__(self, runner, folder, seed):
        self.runner, self.folder, self.random = Tool(runner, (0, 1, 2)), folder, random.Random(seed)
        self.files = self.accepted = self.failures = 0

    def run_runner(self, tensor, argument):
        """(problem or None, whether the program ran)"""
        program, result = self.folder / "identity.mlir", self.folder / "out.npy"
        program.write_text(f"func.func @main(%x: {tensor}) -> {tensor} {{ return %x : {tensor} }}")
        result.unlink(missing_ok=True)
        problem, error = self.runner.run([str(program), f"--arg={argument}", f"--out={result}"])
        if not problem and error and not re.fullmatch(r"error: .*\n", error):
            problem = f"expected one line of error, got {error[:500]}"
        if not problem and bool(error) == result.exists():
            problem = f"result {result.exists()}, error {error!r}"
        return problem, not error

    def tensor(self, rank, element):
        return f"tensor<{'?x' * rank}{element}>"

    def fuzz_file(self):
        element, dtype = self.random.choice([*ELEMENTS.items()])
        rank = self.random.randrange(4)
        shape = tuple(self.random.choice((0, 1, 2, 3, 5)) for _ in range(rank))
        array = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
        path = self.folder / "mutant.npy"
        path.write_bytes(content := mutant(self.random, array))
        problem, ran = self.run_runner(self.tensor(rank, element), path)
        if not problem and ran:
            self.accepted += 1
            problem = self.compare(path, dtype)
        if problem:
            self.fail(problem, f"a file of {content[:3000]!r}")

    def compare(self, path, dtype):
        try:
            wanted = np.load(path, allow_pickle=False)
        except ValueError as error:
            return f"accepted, but NumPy says: {error}"
        got = np.load(self.folder / "out.npy")
        if wanted.shape != got.shape or wanted.tobytes() != got.tobytes():
            return f"read as {got.shape} {got.dtype}, expected {wanted.shape} {wanted.dtype}"
        return None

    def fuzz_specification(self):
        """Arrays that are not in files, of absurd sizes and spellings."""
        sizes = "x".join(self.random.choice(SIZES) for _ in range(self.random.randrange(1, 5)))
        kind = self.random.choice(("random", "zeros", "ones", "", "random(random"))
        element = self.random.choice(("f32", "f64", "i8", "f3", ""))
        seed = self.random.choice(("", ", seed=1", ", seed=-1", ", seed=99999999999999999999", ","))
        argument = f"{kind}({sizes}x{element}{seed})"
        problem, _ = self.run_runner(self.tensor(sizes.count("x") + 1, "f32"), argument)
        if problem:
            self.fail(problem, f"--arg={argument}")

    def fuzz_special(self):
        """What is no file, and a file that is cut or goes while it is used."""
        path = self.folder / "special.npy"
        path.unlink(missing_ok=True)
        kind = self.random.choice(("fifo", "folder", "/dev/zero", "/dev/null", "loop", "cut"))
        stop = threading.Event()
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "loop":
            path.symlink_to(path)
        elif kind == "cut":
            np.save(path, np.zeros((1 << 20,), "f4"))
            threading.Thread(target=self.cut, args=(path, stop)).start()
        argument = {"folder": self.folder}.get(kind, kind if kind[0] == "/" else path)
        problem, ran = self.run_runner("tensor<?xf32>", argument)
        stop.set()
        if not problem and ran and kind != "cut":
            problem = "accepted"
        if problem:
            self.fail(problem, kind)

    def cut(self, path, stop):
        """Changes the size after a random time, up to that of a run."""
        time.sleep(self.random.random() * 0.2)
        if not stop.is_set():
            os.truncate(path, self.random.choice((0, 100, 1 << 21, 1 << 23)))

    def fail(self, problem, what):
        self.failures += 1
        print(f"FAIL  bn-runner on {what}\n{problem}\n", flush=True)

    def run(self, is_over):
        while not is_over(self):
            self.files += 1
            steps = (self.fuzz_file, self.fuzz_specification, self.fuzz_special)
            self.random.choices(steps, (80, 12, 8))[0]()
        return self.failures

    def summary(self):
        return f"{self.files} arrays, {self.accepted} files accepted, {self.failures} failures"
