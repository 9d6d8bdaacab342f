"""Functions made by --bn-differentiate against difference quotients.

    differentiation.py FILE --entry=NAME [--twice]

The results of NAME_vjp are compared with what NAME itself returns when its
arguments move: for cotangents c and a random direction u of each argument,

    <gradient, u> = d/dt <c, NAME(argument + t * u)>

by a central difference. No derivative of anything is known here. With --twice
the function compared is NAME_vjp, and its gradients are those of NAME_vjp_vjp.
"""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import npy
from element_types import TYPES
from harness import Mismatch, parser

STEP = 1e-5
TOLERANCE = 1e-7
"""Relative to the sum of the terms' sizes; a wrong term is off by about 1."""

DYNAMIC = 5
"""The size of a dynamic dim."""

F64 = TYPES["f64"]


class Function:
    """A function on f64 values in a file, run by bn-runner."""

    def __init__(self, file, name, options):
        self.file, self.name, self.options = file, name, options
        text = re.search(rf"func\.func @{name}\((.*?)\) -> (.*?) \{{", Path(file).read_text(), re.S)
        if not text:
            raise Mismatch(f"no function {name} in {file}")
        self.arguments = self.shapes(text[1])
        self.results = self.shapes(text[2])

    @staticmethod
    def shapes(text):
        """The shape of each type in a list; None for a scalar."""
        found = re.findall(r"tensor<((?:[?\d]+x)*)f64>|(?<![x<\w])(f64)\b", text)
        sizes = [re.findall(r"[?\d]+", shape) for shape, _ in found]
        return [
            None if scalar else tuple(DYNAMIC if size == "?" else int(size) for size in shape)
            for shape, (_, scalar) in zip(sizes, found)
        ]

    def __call__(self, arguments):
        """The results, as arrays, for arrays."""
        directory = Path(self.options.tmp) / self.name
        directory.mkdir(parents=True, exist_ok=True)
        command = [self.options.runner, str(self.file), f"--entry={self.name}"]
        for i, (value, shape) in enumerate(zip(arguments, self.arguments, strict=True)):
            if shape is None:
                command.append(f"--arg={float(value)!r}")
            else:
                npy.write(directory / f"{i}.npy", F64, value)
                command.append(f"--arg={directory / f'{i}.npy'}")
        outputs = [directory / f"out-{i}.npy" for i in range(len(self.results))]
        command += [f"--out={output}" for output in outputs]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Mismatch(f"{self.name}: {done.stderr.strip()}")
        return [
            F64.decode(npy.read(output, F64, shape or ()))
            for output, shape in zip(outputs, self.results)
        ]


def differentiate(source, entry, target):
    """Writes the module with the vector-Jacobian product of `entry` to `target`."""
    command = ["bn-opt", str(source), f"--bn-differentiate=entry={entry}", "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Mismatch(f"{entry}: {done.stderr.strip()}")


def check(function, product):
    random = np.random.default_rng(7)
    # Positive, for log and sqrt; no two alike, for maximum.
    arguments = [random.uniform(0.5, 1.5, shape or ()) for shape in function.arguments]
    cotangents = [random.uniform(-1.5, 1.5, shape or ()) for shape in function.results]
    results = product([*arguments, *cotangents])
    values, gradients = results[: len(cotangents)], results[len(cotangents) :]
    for value, expected in zip(values, function(arguments), strict=True):
        if not np.allclose(value, expected, rtol=1e-12, atol=1e-12):
            raise Mismatch(f"{product.name} returns other values than {function.name}")
    directions = [
        random.uniform(0.5, 1.5, np.shape(argument)) * random.choice([-1, 1], np.shape(argument))
        for argument in arguments
    ]

    def problem(chosen):
        """What is wrong where the arguments with these numbers move, or None."""
        ends = [
            function(
                [
                    argument + step * direction if i in chosen else argument
                    for i, (argument, direction) in enumerate(zip(arguments, directions))
                ]
            )
            for step in (STEP, -STEP)
        ]
        terms = [
            cotangent * (up - down) / (2 * STEP)
            for cotangent, up, down in zip(cotangents, *ends)
        ]
        expected = sum(np.sum(term) for term in terms)
        scale = sum(np.sum(np.abs(term)) for term in terms)
        got = sum(np.sum(gradients[i] * directions[i]) for i in chosen)
        if abs(got - expected) <= TOLERANCE * scale and scale > 0:
            return None
        return f"gradient by arguments {chosen} in a direction is {got}, expected {expected}"

    # All at once; one by one only to tell which is wrong.
    everything = list(range(len(gradients)))
    if found := problem(everything):
        single = [problem([i]) for i in everything]
        raise Mismatch(f"{product.name}: {next(filter(None, single), found)}")
    print(f"{product.name}: {len(gradients)} gradients agree")


def main():
    arguments = parser(__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("--entry", required=True)
    arguments.add_argument("--twice", action="store_true")
    options = arguments.parse_args()
    Path(options.tmp).mkdir(parents=True, exist_ok=True)
    source, entry = Path(options.file), options.entry
    for _ in range(1 + options.twice):
        target = Path(options.tmp) / f"{entry}_vjp.mlir"
        differentiate(source, entry, target)
        source, entry = target, f"{entry}_vjp"
    name = entry.removesuffix("_vjp")
    check(Function(source, name, options), Function(source, entry, options))


if __name__ == "__main__":
    try:
        main()
    except Mismatch as mismatch:
        sys.exit(f"error: {mismatch}")
