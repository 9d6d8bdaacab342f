"""The gradient of a program as a program: reverse mode, as --bn-differentiate promises it.

    f_vjp(arguments..., one cotangent per result...)
        -> (results..., one gradient per argument of numbers...)
"""

from dataclasses import replace

from operations import OPERATIONS
from program import Node


class Tape:
    """A program that grows at its end. Names are new ones, `prefix` and a number."""

    def __init__(self, program, prefix):
        self.types, self.nodes, self.prefix = dict(program.types), list(program.nodes), prefix

    def add(self, operation, operands, **attributes):
        """The name of the result, or a tuple of names."""
        kind = OPERATIONS[operation]
        node = Node(operation, tuple(operands), (), attributes)
        types = kind.types(node, [self.types[name] for name in operands])
        results = tuple(f"{self.prefix}{len(self.types) + i}" for i in range(len(types)))
        self.types.update(zip(results, types))
        self.nodes.append(replace(node, results=results))
        return results[0] if len(results) == 1 else results

    def or_zeros(self, cotangents, likes):
        return [
            cotangent or self.add("constant", [like], value=0)
            for cotangent, like in zip(cotangents, likes, strict=True)
        ]

    def split(self, a, b, cotangent):
        """The cotangent where a > b, and where not; zeros elsewhere."""
        zero = self.add("constant", [cotangent], value=0)
        return [
            self.add("choice", [a, b, cotangent, zero]),
            self.add("choice", [a, b, zero, cotangent]),
        ]


def is_differentiable(program):
    """Whether there is a derivative for every operation."""
    return all(OPERATIONS[node.operation].differentiable for node in program.nodes)


def differentiated(program):
    """The program of f_vjp; its order is one more."""
    prefix = "gh"[program.order]
    tape = Tape(program, prefix)
    cotangents = tuple(f"{prefix}c{i}" for i in range(len(program.returned)))
    gradients = {}
    numbers = [n for n in program.arguments if program.types[n].element != "i1"]
    varied = set(numbers)
    for node in program.nodes:
        if varied.intersection(node.operands):
            varied.update(node.results)

    def collect(names, given):
        for name, gradient in zip(names, given):
            if gradient is not None and name in varied:
                past = gradients.get(name)
                gradients[name] = tape.add("addf", [past, gradient]) if past else gradient

    for cotangent, result in zip(cotangents, program.returned):
        tape.types[cotangent] = tape.types[result]
    collect(program.returned, cotangents)
    for node in reversed(program.nodes):
        given = [gradients.get(name) for name in node.results]
        if any(given):
            collect(node.operands, OPERATIONS[node.operation].vjp(tape, node, given))
    returned = tuple(
        gradients.get(name) or tape.add("constant", [name], value=0) for name in numbers
    )
    return replace(
        program,
        arguments=program.arguments + cotangents,
        types=tape.types,
        nodes=tuple(tape.nodes),
        returned=program.returned + returned,
        order=program.order + 1,
        source=program.source or program,
    )
