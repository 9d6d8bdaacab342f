"""Compiled functions in a shared library, called in a process of their own.

Each array is between pages that nobody may touch: it begins right behind the one
before it in some runs and ends right before the one behind it in others, so that an
access beside it ends the process. Results are full of NaN before the call.
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
PROT_NONE = 0

# Places of arrays: AFTER is aligned like its elements only.
START, AFTER, END = range(3)
RUNS = ((START, 1), (AFTER, 1), (END, 3))
"""Place and number of threads of each; the last place is where results stay."""


class Buffer:
    """An array that two processes share, as a function's memref argument."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype = shape, np.dtype(dtype)
        bytes, element, page = prod(shape) * self.dtype.itemsize, self.dtype.itemsize, mmap.PAGESIZE
        end = page + -(-(element + bytes) // page) * page
        self.memory = mmap.mmap(-1, end + page)
        self.base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        for guard in (0, end):
            if LIBC.mprotect(ctypes.c_void_p(self.base + guard), ctypes.c_size_t(page), PROT_NONE):
                raise OSError(ctypes.get_errno(), "mprotect")
        self.offsets = {START: page, AFTER: page + element, END: end - bytes}
        self.place(END)

    def place(self, place):
        offset = self.offsets[place]
        count = prod(self.shape)
        self.array = np.frombuffer(self.memory, self.dtype, count, offset).reshape(self.shape)
        strides = [prod(self.shape[i + 1 :]) for i in range(len(self.shape))]
        words = [self.base + offset, self.base + offset, 0, *self.shape, *strides]
        self.descriptor = (ctypes.c_int64 * len(words))(*words)

    def move(self, place):
        old = self.array.copy()
        self.place(place)
        self.array[...] = old

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

    def run(self, library, place):
        for argument in self.arguments:
            argument.move(place)
        for result in self.results:
            result.place(place)
            result.poison()
        function = getattr(library, f"_mlir_ciface_{self.entry}")
        function.restype = None
        function(*(ctypes.byref(b.descriptor) for b in self.arguments + self.results))


def run_all(library, calls):
    """For each call a problem or None; results are in the calls.

    Each runs on some numbers of threads with arrays at some places; the bits must not
    differ.
    """
    states = Buffer((len(calls),), np.int64)
    messages = {
        0: "was not reached",
        1: "did not return",
        2: "changed an argument",
        3: "returns other bits on more threads or at other addresses",
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
    for place, threads in RUNS:
        code.omp_set_num_threads(threads)
        call.run(code, place)
        bits.append([result.bytes() for result in call.results])
    if before != [argument.bytes() for argument in call.arguments]:
        return 2
    return 4 if all(same == bits[0] for same in bits) else 3
