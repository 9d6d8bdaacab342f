"""How long the batch norms of ResNet-50 take to compile: `./dev bench --compile`.

All 53 of them, each forward and backward, for 50 images in f32, N x C x H x W:
once with a function for each layer, once in one whole function. Measures the
seconds of `bn-opt --bn-to-llvm`, of bn-runner up to machine code in an object
file, and of the passes that take most of the former. Run by itself, prints one of
the programs:

    compile_time.py layers
    compile_time.py whole
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

IMAGES = 50
# What a user waits for without wondering.
MARKS = {"to_llvm": 5, "to_object": 15}
# Nobody waits longer, nor does this.
LIMIT = 100
# What the list of passes names besides.
NO_PASSES = ("root", "Output", "Parser", "Rest")


def layers():
    """Channels and height of each batch norm, in order."""
    yield 64, 112
    before = 56
    for blocks, width, height in ((3, 64, 56), (4, 128, 28), (6, 256, 14), (3, 512, 7)):
        for block in range(blocks):
            # The stride is in the second convolution of a stage's first block.
            yield width, height if block else before
            yield width, height
            yield 4 * width, height
            if block == 0:
                yield 4 * width, height  # beside the block
        before = height


def function(name, layers):
    """Text of a function that computes numbered layers, each from its own arguments."""
    parameters, types, values, body = [], [], [], []
    for n, (channels, height) in layers:
        data = f"tensor<{IMAGES}x{channels}x{height}x{height}xf32>"
        channel = f"tensor<{channels}xf32>"
        parameters.append(f"%x{n}: {data}, %g{n}: {channel}, %b{n}: {channel}, %d{n}: {data}")
        types.append(f"{data}, {data}, {channel}, {channel}")
        values.append(f"%y{n}, %dx{n}, %dg{n}, %db{n}")
        tail = f" epsilon = 1.0e-05 : {data}, {channel}"
        operands = f"%x{n}, %g{n}, %b{n}"
        body.append(f"%y{n}, %m{n}, %v{n} = bn.training {operands}{tail}")
        operands += f", %m{n}, %v{n}, %d{n}"
        body.append(f"%dx{n}, %dg{n}, %db{n} = bn.training_backprop {operands}{tail}")
    lines = [
        f"func.func @{name}({', '.join(parameters)})",
        f"    -> ({', '.join(types)}) {{",
        *(f"  {line}" for line in body),
        f"  return {', '.join(values)}",
        f"    : {', '.join(types)}",
        "}",
    ]
    return "\n".join(lines) + "\n"


FORMS = {
    "layers": lambda: "".join(
        function(f"layer{n}", [(n, layer)]) for n, layer in enumerate(layers())
    ),
    "whole": lambda: function("main", enumerate(layers())),
}


def seconds(command):
    """Of a run, and its standard error; none where it takes too long."""
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return None, ""
    if done.returncode:
        sys.exit(f"error: {command[0]} failed:\n{done.stderr}")
    return time.perf_counter() - start, done.stderr


def slowest_passes(report, count):
    """Names and seconds, from the list that --mlir-timing prints."""
    rows = re.findall(r"([0-9.]+) \( *[0-9.]+%\)  (\w+)\n", report)
    passes = [{"name": name, "s": float(time)} for time, name in rows if name not in NO_PASSES]
    return passes[:count]


def measure(folder):
    """The numbers of both forms."""
    forms = {}
    for form, program in FORMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, "resnet50.mlir")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program())
            lower = [os.path.join(folder, "bn-opt"), path, "--bn-to-llvm", "-o", os.devnull]
            to_llvm, _ = seconds(lower)
            _, report = seconds([*lower, "--mlir-timing", "--mlir-timing-display=list"])
            emit = ["--emit=obj", "-o", os.path.join(scratch, "resnet50.o")]
            to_object, _ = seconds([os.path.join(folder, "bn-runner"), path, *emit])
        forms[form] = {
            "ops": 2 * len(list(layers())),
            "to_llvm_s": to_llvm,
            "to_object_s": to_object,
            "passes": slowest_passes(report, 8),
        }
    return forms


def lines_of(forms):
    """A table for people."""

    def show(time):
        return f"> {LIMIT}" if time is None else f"{time:.2f}"

    yield "seconds for the 106 ops of ResNet-50's batch norms, forward and backward"
    yield f"{'':24}{'to LLVM dialect':>16}{'to machine code':>16}"
    for form, numbers in forms.items():
        name = "a function each" if form == "layers" else "one function"
        yield f"{name:24}{show(numbers['to_llvm_s']):>16}{show(numbers['to_object_s']):>16}"
    yield f"{'mark':24}{MARKS['to_llvm']:>16}{MARKS['to_object']:>16}"
    yield "passes that take most, of one function:"
    for entry in forms["whole"]["passes"]:
        yield f"  {entry['s']:6.2f}  {entry['name']}"


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("form", choices=FORMS)
    print(FORMS[arguments.parse_args().form](), end="")


if __name__ == "__main__":
    main()
