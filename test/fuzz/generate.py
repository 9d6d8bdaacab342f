"""Random valid programs with random arguments; the same for the same seed.

Values are computed while a program grows, so that an operation whose results
would leave the comfortable range of their type is not taken.
"""

import random
from dataclasses import replace
from math import prod
from zlib import crc32

import numpy as np

from case import LARGEST, Case, differentiate_case, draw
from element_types import TYPES, parameter_type
from operations import OPERATIONS
from program import Node, Program, Tensor
from reference import evaluate
from wrap import PLACES

SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 19, 23, 31, 32, 33, 37, 64, 67, 128, 131)
MOST_ELEMENTS = 3000
EPSILONS = (1e-5, 1e-3, 0.1, 1.0)


class Growth:
    """A program that grows, and the values of everything in it."""

    def __init__(self, seed):
        self.seed, self.random = seed, random.Random(seed)
        self.sizes = self.draw_sizes()
        self.rank = len(self.sizes)
        self.element = self.random.choices(list(TYPES), (15, 15, 40, 30))[0]
        self.main_channels = self.draw_channels()
        self.masks = self.random.choice(("static", "dynamic", "shared", "random", "static"))
        self.mask = tuple(self.random.random() < 0.5 for _ in self.sizes)
        self.epsilon = self.random.choice(EPSILONS)
        # How often the program is to be differentiated.
        self.order = self.random.choices((0, 1, 2), (5, 3, 2))[0]
        self.types, self.values = {}, {}
        self.arguments, self.nodes, self.positive = [], [], set()
        # The statistics that belong to an input on channels.
        self.statistics = {}

    def draw_sizes(self):
        rank = self.random.choice((2, 2, 3, 4, 4, 4, 5, 6, 8))
        while True:
            sizes = [self.random.choice(SIZES) for _ in range(rank)]
            if rank > 5:
                sizes = [min(size, 4) for size in sizes]
            if self.random.random() < 0.03:
                sizes[self.random.randrange(rank)] = 0
            if prod(sizes) <= MOST_ELEMENTS:
                return tuple(sizes)

    def draw_channels(self):
        kind = self.random.choice(("first", "first", "last", "any"))
        if kind == "first":
            return (1,)
        if kind == "last":
            return (self.rank - 1,)
        count = self.random.randint(1, self.rank)
        return tuple(sorted(self.random.sample(range(self.rank), count)))

    def argument(self, kind, element, dims):
        if self.masks == "random":
            self.mask = tuple(self.random.random() < 0.5 for _ in self.sizes)
        flags = {"static": [False] * self.rank, "dynamic": [True] * self.rank}
        mask = flags.get(self.masks, self.mask)
        tensor = Tensor(element, dims, tuple(mask[dim] for dim in dims))
        name = f"{kind}{len(self.types)}"
        self.types[name] = tensor
        self.values[name] = draw(kind, tensor, self.sizes, crc32(f"{self.seed} {name}".encode()))
        self.arguments.append(name)
        if kind == "positive":
            self.positive.add(name)
        return name

    def pick(self, kind, element, dims):
        """A value of a type: one that is there, or a new argument."""
        found = [
            name
            for name, type in self.types.items()
            if (type.element, type.dims) == (element, dims)
            and (kind != "positive" or name in self.positive)
        ]
        if found and self.random.random() < 0.7:
            return self.random.choice(found)
        return self.argument(kind, element, dims)

    def pick_any(self):
        """Data or a parameter of some element type."""
        numbers = [name for name, type in self.types.items() if type.element in TYPES]
        if numbers and self.random.random() < 0.7:
            return self.random.choice(numbers)
        return self.argument("data", self.element, tuple(range(self.rank)))

    def like(self, name, kind="data"):
        return self.pick(kind, self.types[name].element, self.types[name].dims)

    def add(self, operation, operands, **attributes):
        """The names of the results, or None where they are too large."""
        kind = OPERATIONS[operation]
        types = kind.types(Node(operation, (), (), attributes),
                           [self.types[name] for name in operands])  # fmt: skip
        names = tuple(f"v{len(self.types) + i}" for i in range(len(types)))
        node = Node(operation, tuple(operands), names, attributes)
        types = dict(zip(names, types))
        program = Program(self.sizes, (), {**self.types, **types}, (node,), names)
        values = evaluate(program, self.values)
        if not all(self.is_comfortable(values[name], types[name]) for name in names):
            return None
        self.types, self.values = program.types, values
        self.nodes.append(node)
        return names

    def is_comfortable(self, value, tensor):
        if 0 in self.sizes:
            return True
        return bool(np.all(np.abs(value) <= LARGEST[tensor.element]))

    # Operations

    def elementwise(self):
        operation = self.random.choice(
            ("addf", "addf", "subf", "mulf", "mulf", "negf", "maximumf", "minimumf", "tanh")
        )
        first = self.pick_any()
        unary = operation in ("negf", "tanh")
        self.add(operation, [first] if unary else [first, self.like(first)])

    def relu(self):
        (zero,) = self.add("constant", [x := self.pick_any()], value=0)
        self.add("maximumf", [x, zero])

    def choice(self):
        """On narrow types rounding would decide; arguments are exact."""
        compared = self.pick_any()
        if TYPES[self.types[compared].element].precision < 24:
            compared = self.argument("data", self.types[compared].element,
                                     self.types[compared].dims)  # fmt: skip
        (zero,) = self.add("constant", [compared], value=0)
        value = self.like(compared)
        other = self.add("constant", [value], value=self.random.choice((0, 0, 1, -0.5)))[0]
        mask = self.random.choice(("greater", "not greater", "both"))
        self.add("choice", [compared, zero, value, other], mask=mask)

    def select(self):
        value = self.pick_any()
        flags = self.pick("flags", "i1", self.types[value].dims)
        (zero,) = self.add("constant", [value], value=0)
        other = self.random.choice((zero, self.like(value)))
        values = self.random.sample((value, other), 2)
        self.add("select", [flags, *values])

    def convert(self):
        name = self.pick_any()
        element = self.types[name].element
        options = [e for e in TYPES if TYPES[e].precision != TYPES[element].precision
                   and {e, element} != {"f16", "bf16"}]  # fmt: skip
        self.add("convert", [name], to=self.random.choice(options))

    def broadcast(self):
        channels = self.draw_channels()
        like = self.pick("data", self.element, tuple(range(self.rank)))
        name = self.pick("parameter", self.element, channels)
        if len(channels) < self.rank:
            self.add("broadcast", [name, like], channel_dims=channels)

    def sum(self):
        channels = self.draw_channels()
        name = self.pick("data", self.element, tuple(range(self.rank)))
        if len(channels) < self.rank and TYPES[self.element].precision >= 24:
            self.add("sum", [name], channel_dims=channels)

    def update_statistics(self):
        element = parameter_type(TYPES[self.element]).name
        mean = self.pick("parameter", element, self.main_channels)
        operands = [mean, self.like(mean, "positive"), self.like(mean), self.like(mean, "positive")]
        count = self.random.choice((None, 0, 1, 2, 40))
        self.add("update_statistics", operands, count=count,
                 momentum=self.random.choice((0, 0.25, 0.9, 1)))  # fmt: skip

    def batch_norm(self):
        """A bn op. Those that belong to training get the statistics of their input."""
        dims = tuple(range(self.rank))
        wide = [
            name
            for name, type in self.types.items()
            if type.dims == dims and type.element in TYPES
        ]
        input = (
            self.random.choice(wide)
            if wide and self.random.random() < 0.7
            else self.argument("data", self.element, dims)
        )
        data = self.types[input].element
        element = parameter_type(TYPES[data]).name
        channels = self.main_channels if self.random.random() < 0.8 else self.draw_channels()
        attributes = {"channel_dims": channels, "epsilon": self.epsilon}
        kinds = {"variance": "positive"}
        # Each differentiation makes the next kind of op of one before.
        forms = ("", "_backprop", "_double_backprop")[: 3 - self.order]
        operation = self.random.choice(("training", "inference")) + self.random.choice(forms)
        chosen = {"input": input}
        if operation.startswith("training_"):
            key = (input, channels)
            if key not in self.statistics:
                gamma = self.pick("parameter", element, channels)
                forward = self.add("training", [input, gamma, self.like(gamma)], **attributes)
                if not forward:
                    return
                self.remember(input, channels, forward)
            chosen |= dict(zip(("mean", "variance"), self.statistics[key]))
        op = OPERATIONS[operation].op
        names = op.operands + (op.optional if self.random.random() < 0.5 else ())
        operands = []
        for name in names:
            if name not in chosen:
                is_data = name in ("delta", "input_cotangent")
                chosen[name] = self.pick(
                    kinds.get(name, "data" if is_data else "parameter"),
                    data if is_data else element,
                    dims if is_data else channels,
                )
                if name.endswith("_cotangent") and self.random.random() < 0.2:
                    (chosen[name],) = self.add("constant", [chosen[name]], value=0)
            operands.append(chosen[name])
        results = self.add(operation, operands, **attributes)
        if results and operation == "training":
            self.remember(input, channels, results)

    def remember(self, input, channels, results):
        self.statistics[input, channels] = results[1:]
        self.positive.add(results[2])

    def placed(self, node):
        """Some are in a function that is called, or in a region; these have no gradient."""
        if self.random.random() < 0.8 or node.operation == "constant":
            return node
        return replace(node, place=self.random.choice(PLACES if self.order == 0 else ("call",)))

    def program(self):
        """Nothing if no operation could be taken."""
        steps = (self.batch_norm, self.elementwise, self.relu, self.choice, self.select,
                 self.convert, self.broadcast, self.sum, self.update_statistics)  # fmt: skip
        self.batch_norm()
        for _ in range(self.random.randint(0, 6)):
            self.random.choices(steps, (50, 22, 5, 4, 8, 4, 3, 3, 5))[0]()
        made = [name for node in self.nodes for name in node.results]
        used = {name for node in self.nodes for name in node.operands}
        returned = [
            name for name in made if self.random.random() < (0.25 if name in used else 0.8)
        ]
        if not returned:
            return None
        if self.random.random() < 0.05:
            returned.append(self.random.choice(returned))
        # Flags have no gradient.
        arguments = [
            name
            for name in self.arguments
            if self.order == 0 or self.types[name].element in TYPES
        ]
        if arguments and self.random.random() < 0.05:
            returned.append(self.random.choice(arguments))
        self.random.shuffle(returned)
        program = Program(self.sizes, tuple(self.arguments), self.types,
                          tuple(map(self.placed, self.nodes)), tuple(returned))  # fmt: skip
        return program.without_dead_nodes()


def generate(seed):
    """A case, or None where the seed leads to no program."""
    growth = Growth(seed)
    program = growth.program()
    if program is None or not program.nodes:
        return None
    case = Case(seed, program, {name: growth.values[name] for name in program.arguments})
    return differentiate_case(case, growth.order)
