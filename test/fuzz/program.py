"""Random programs as data: tensors, nodes, functions, and their text; and what an
operation has to know of itself.

A program has one list of dims. A tensor has some of them, in order: all of them
for data, those of the channels for parameters. Every value is known by its name.
"""

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Tensor:
    """A type as written in the program: `dynamic` flags one of `dims` each."""

    element: str
    dims: tuple
    dynamic: tuple

    def text(self, sizes):
        extents = ["?" if d else str(sizes[dim]) for dim, d in zip(self.dims, self.dynamic)]
        return f"tensor<{'x'.join([*extents, self.element])}>"

    def select(self, element, dims):
        """The tensor of `element` that has the given dims of this one."""
        flags = dict(zip(self.dims, self.dynamic))
        return Tensor(element, dims, tuple(flags[dim] for dim in dims))


@dataclass(frozen=True)
class Node:
    """One op: `attributes` are for the operation of this name, see operations.py.

    `place` is where its text stands, see wrap.py.
    """

    operation: str
    operands: tuple
    results: tuple
    attributes: dict = field(default_factory=dict)
    place: str = "here"


@dataclass(frozen=True)
class Program:
    """A function.

    sizes      the size of each dim
    arguments  names, in order
    types      the tensor of every value, by name
    nodes      in order of execution
    returned   names, in order; a name may come twice
    order      how often the function is differentiated before it is run
    source     the program before that; None where order is 0
    """

    sizes: tuple
    arguments: tuple
    types: dict
    nodes: tuple
    returned: tuple
    order: int = 0
    source: "Program | None" = None

    def shape(self, name):
        return tuple(self.sizes[dim] for dim in self.types[name].dims)

    def entry(self, name):
        return name + "_vjp" * self.order

    def without_dead_nodes(self):
        used, kept = set(self.returned), []
        for node in reversed(self.nodes):
            if used.intersection(node.results):
                used.update(node.operands)
                kept.append(node)
        arguments = tuple(name for name in self.arguments if name in used)
        return replace(self, nodes=tuple(reversed(kept)), arguments=arguments)


class Writer:
    """The body of a function: lines, and names for values that only the text has.

    functions   the texts of those that it calls
    """

    def __init__(self, program, name):
        self.program, self.name = program, name
        self.lines, self.functions, self.count = [], [], 0

    def line(self, text):
        self.lines.append("  " + text)

    def define(self, text):
        """A new value."""
        self.count += 1
        name = f"%t{self.count}"
        self.line(f"{name} = {text}")
        return name

    def type(self, tensor):
        return tensor.text(self.program.sizes)

    def typed(self, names):
        """Their types in a list."""
        return ", ".join(self.type(self.program.types[name]) for name in names)

    def cast(self, name, tensor):
        """The value, with the static sizes of `tensor`."""
        source = self.program.types[name]
        if source == tensor:
            return f"%{name}"
        return self.define(f"tensor.cast %{name} : {self.type(source)} to {self.type(tensor)}")

    def empty(self, tensor, like):
        """An empty tensor whose dynamic sizes are those of the value `like`."""
        source = self.program.types[like]
        sizes = []
        for dim, dynamic in zip(tensor.dims, tensor.dynamic):
            if dynamic:
                index = self.define(f"arith.constant {source.dims.index(dim)} : index")
                sizes.append(self.define(f"tensor.dim %{like}, {index} : {self.type(source)}"))
        return self.define(f"tensor.empty({', '.join(sizes)}) : {self.type(tensor)}")


def function_text(head, name, writer, arguments, returned):
    """A function whose body is the lines of the writer."""
    typed = ", ".join(f"%{n}: {writer.typed([n])}" for n in arguments)
    values = ", ".join(f"%{n}" for n in returned)
    return "\n".join(
        [
            f"{head} @{name}({typed}) -> ({writer.typed(returned)}) {{",
            *writer.lines,
            f"  return {values} : {writer.typed(returned)}",
            "}\n",
        ]
    )


class Operation:
    """An operation by name. What it takes and gives:

    evaluate(node, operands)   wide results for wide operands
    sizes(node, operands, results)
                               for each result, the size of the terms it is made of
    types(node, operands)      tensors of the results for those of the operands
    write(writer, node)        appends its lines
    vjp(tape, node, cotangents)
                               the name of a gradient or None for each operand;
                               cotangents are names or None, not all None
    """

    differentiable = True

    def sizes(self, node, operands, results):
        return [np.abs(result) for result in results]
