"""What the affine stage of every op, layout and element type does with memory.

The oracle's modules must be on PYTHONPATH. Nothing is executed: programs go through `bn-opt --bn-to-affine`,
and the text that comes back must

- copy no buffer;
- allocate only buffers for values of one block of channels, or of all channels
  for each of a few slices of rows, and none for update_statistics, whose
  operands are all of that size;
- sweep each argument and each result no more often than the op needs, both in
  parallel loops and in what slices of equal length leave over.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from math import prod

from cases import LAYOUTS, dynamic_dims
from element_types import TYPES
from programs import Program
from update_statistics import STATISTICS, UpdateProgram

SWEEPS = {
    "training": {"input": 3, "output": 1},
    "inference": {"input": 1, "output": 1},
    "training_backprop": {"input": 2, "delta": 3, "input_delta": 1},
    "inference_backprop": {"input": 1, "delta": 2, "input_delta": 1},
    "training_double_backprop": {
        "input": 2, "delta": 3, "input_cotangent": 3, "input_delta": 1, "delta_delta": 1,
    },
    "inference_double_backprop": {
        "input": 2, "delta": 2, "input_cotangent": 2, "input_delta": 1, "delta_delta": 1,
    },
}
"""How often at most an op reads or writes each full-size operand or result.

Training reads for a value near the mean, for the deviations from it, and to
normalise; so do its gradients with deltas.
"""

SLICES = 32
"""How many partial sums there are at most for each channel."""

VIEW = re.compile(r"(%\w+) = memref\.(?:collapse_shape|subview|alloca?\()[ ]?(%\w+)?")
ACCESS = re.compile(r"affine\.(?:load|store) (?:%\w+, )?(%\w+)\[")


@dataclass
class Stage:
    """The affine stage of one program, as text."""

    program: object
    text: str

    def problems(self):
        """One line for each thing that is wrong."""
        if "memref.copy" in self.text:
            yield "memref.copy"
        if isinstance(self.program, UpdateProgram):
            if "memref.alloc" in self.text:
                yield "a buffer"
            expected = dict.fromkeys((*STATISTICS, *self.program.results), 1)
        else:
            yield from self.large_buffers()
            expected = SWEEPS[self.program.op]
        inside, outside = self.sweeps()
        for name, most in expected.items():
            counts = inside[name], outside[name]
            if not any(counts) or max(counts) > most:
                yield (
                    f"{name} swept {counts[0]} times in parallel and {counts[1]} times"
                    f" outside, expected 1 to {most}"
                )

    def large_buffers(self):
        channels = prod(self.program.shape_of("gamma"))
        for shape in re.findall(r"memref\.alloca?\(.*: memref<((?:[?\d]+x)*)\w+>", self.text):
            sizes = [size for size in shape.split("x") if size]
            static = prod(int(size) for size in sizes if size != "?")
            # A channel's sums have no dim of the data's.
            slices = SLICES if len(sizes) > len(self.program.channels) else 1
            if len(sizes) > len(self.program.channels) + (slices > 1) or (
                static > slices * channels
            ):
                yield f"buffer of {shape}"

    def sweeps(self):
        """The number of accesses in the text to each argument and result, in
        parallel loops and outside. Of two branches the second counts: the first is
        its copy for one size."""
        names = (*self.program.arguments, *self.program.results)
        header = re.search(r"func\.func @main\((.*?)\)", self.text).group(1)
        buffers = dict(zip(re.findall(r"%\w+", header), names, strict=True))
        accesses, branches, end = [], [], None
        for line in self.text.splitlines():
            indent = re.match(" *", line).group()
            if "affine.parallel" in line and not end:
                end = indent + "}"
            elif line == end:
                end = None
            elif "scf.if" in line:
                branches.append((indent, len(accesses)))
            elif branches and line == branches[-1][0] + "} else {":
                del accesses[branches[-1][1] :]
            elif branches and line == branches[-1][0] + "}":
                branches.pop()
            # Regions reuse names: the last definition holds.
            if view := VIEW.search(line):
                buffers[view[1]] = buffers.get(view[2])
            if access := ACCESS.search(line):
                accesses.append((bool(end), buffers.get(access[1])))
        return [Counter(name for inside, name in accesses if inside == kind)
                for kind in (True, False)]  # fmt: skip


def programs():
    """Of the double ops not every combination: they take most of the time."""
    yield from (
        Program(
            op, TYPES[name], layout.shape, layout.channel_dims, layout.epsilon,
            dynamic=dynamic_dims(layout, dims), pair=pair,
        )
        for op in SWEEPS
        for pair in ((False, True) if op == "training_backprop" else (False,))
        for layout in LAYOUTS
        for name in ("f32", "bf16", "f64")
        for dims in ("static", "dynamic", "mixed")
        if "double" not in op or (name != "f64" and dims != "dynamic")
    )  # fmt: skip
    for shape in ((64,), (3, 8)):
        for dynamic in (False, True):
            for unbiased in (False, True):
                yield UpdateProgram(
                    TYPES["f32"], shape, (dynamic,) * len(shape), 0.9, unbiased, counted=unbiased
                )


def main():
    checked = list(programs())
    separator = "// -----\n"
    done = subprocess.run(
        ["bn-opt", "--bn-to-affine", "--split-input-file"],
        input=separator.join(program.text for program in checked),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"bn-opt: {done.stderr.strip()}")
    texts = done.stdout.split(separator)
    failures = 0
    for program, text in zip(checked, texts, strict=True):
        for problem in Stage(program, text).problems():
            print(f"{program.text}{problem}\n")
            failures += 1
    print(f"{len(checked)} programs, {failures} problems")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
