"""Programs with their arguments, and gradients of both."""

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from element_types import TYPES, WIDE
from gradient import differentiated, is_differentiable
from program import Program
from reference import evaluate

LARGEST = {"f16": 200.0, "bf16": 1e4, "f32": 1e4, "f64": 1e4}
"""Larger results are not taken."""


@dataclass(frozen=True)
class Case:
    """A program and its arguments by name, as wide values of their types."""

    seed: int
    program: Program
    arguments: dict


def draw(kind, tensor, sizes, seed):
    """Argument values of a kind: data, parameter, positive, cotangent or flags."""
    shape = tuple(sizes[dim] for dim in tensor.dims)
    random = np.random.default_rng(seed)
    if kind == "flags":
        return random.integers(2, size=shape).astype(WIDE)
    normal = random.normal(size=shape)
    if kind == "data":
        wide = normal * random.choice([0.25, 1, 1, 4]) + random.choice([0, 0, 1, -3])
    elif kind == "positive":
        wide = random.uniform(0.5, 2, size=shape)
    elif kind == "parameter":
        wide = np.where(random.uniform(size=shape) < 0.1, 0, normal + np.sign(normal) / 4)
    else:
        wide = normal
    return TYPES[tensor.element].round(wide)


def differentiate_case(case, times):
    """The case differentiated as often as there are derivatives and values stay in range."""
    while case.program.order < times and is_differentiable(case.program):
        program = differentiated(case.program)
        arguments = dict(case.arguments)
        for name in program.arguments:
            if name not in arguments:
                seed = crc32(f"{case.seed} {name}".encode())
                arguments[name] = draw("cotangent", program.types[name], program.sizes, seed)
        values = evaluate(program, arguments)
        if not all(np.all(np.abs(values[name]) <= 10 * LARGEST[program.types[name].element])
                   for node in program.nodes for name in node.results):  # fmt: skip
            break
        case = replace(case, program=program, arguments=arguments)
    return case
