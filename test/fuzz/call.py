"""Compiled functions in a shared library, called in a process of their own.

Each array ends where a page begins that nobody may touch, so that an access
behind it ends the process. Results are full of NaN before the call.
"""

import ctypes
import mmap
import os
import signal
from math import prod

import numpy as np

from flags import ELEMENTS

TIME_LIMIT = 60  # seconds for all functions of one library
LIBC = ctypes.CDLL(None, use_errno=True)
THREADS = (1, 3)
PROT_NONE = 0


class Buffer:
    """An array that two processes share, as a function's memref argument."""

    def __init__(self, shape, dtype):
        bytes = prod(shape) * np.dtype(dtype).itemsize
        start = -bytes % mmap.PAGESIZE
        self.memory = mmap.mmap(-1, start + bytes + mmap.PAGESIZE)
        base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        end = ctypes.c_void_p(base + start + bytes)
        if LIBC.mprotect(end, ctypes.c_size_t(mmap.PAGESIZE), PROT_NONE):
            raise OSError(ctypes.get_errno(), "mprotect")
        self.array = np.frombuffer(self.memory, dtype, prod(shape), start).reshape(shape)
        strides = [prod(shape[i + 1 :]) for i in range(len(shape))]
        words = [base + start, base + start, 0, *shape, *strides]
        self.descriptor = (ctypes.c_int64 * len(words))(*words)

    def bytes(self):
        return self.array.tobytes()

    def poison(self):
        self.array.view(np.uint8).fill(0xFF) if self.array.size else None


class Call:
    """A function with its arguments and room for its results."""

    def __init__(self, entry, program, arguments):
        self.entry = entry

        def buffer(name):
            dtype = ELEMENTS[program.types[name].element].storage
            return Buffer(program.shape(name), dtype)

        self.arguments = [buffer(name) for name in program.arguments]
        for name, target in zip(program.arguments, self.arguments):
            target.array[...] = ELEMENTS[program.types[name].element].encode(arguments[name])
        self.results = [buffer(name) for name in program.returned]

    def run(self, library):
        for result in self.results:
            result.poison()
        function = getattr(library, f"_mlir_ciface_{self.entry}")
        function.restype = None
        function(*(ctypes.byref(b.descriptor) for b in self.arguments + self.results))


def run_all(library, calls):
    """For each call a problem or None; results are in the calls.

    Each runs on one thread, then on several; the bits must not differ.
    """
    states = Buffer((len(calls),), np.int64)
    messages = {
        0: "was not reached",
        1: "did not return",
        2: "changed an argument",
        3: f"returns other bits on {THREADS[1]} threads",
        4: None,
    }
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(TIME_LIMIT)
            code = ctypes.CDLL(str(library))
            for index, call in enumerate(calls):
                states.array[index] = 1
                states.array[index] = check(code, call)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        messages[1] += f" (signal {signal.Signals(os.WTERMSIG(status)).name})"
    return [messages[int(state)] for state in states.array]


def check(code, call):
    before = [argument.bytes() for argument in call.arguments]
    bits = []
    for threads in THREADS:
        code.omp_set_num_threads(threads)
        call.run(code)
        bits.append([result.bytes() for result in call.results])
    if before != [argument.bytes() for argument in call.arguments]:
        return 2
    return 3 if bits[0] != bits[1] else 4
