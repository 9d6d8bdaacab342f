"""Operations on each element of their operands."""

import numpy as np

from element_types import TYPES, WIDE
from program import Operation, Tensor


class Elementwise(Operation):
    """An op on tensors of one type; `text` has a place for its operands."""

    def __init__(self, text, function, vjp, rounding=1):
        self.text, self.function, self.rule, self.rounding = text, function, vjp, rounding

    def evaluate(self, node, operands):
        return [self.function(*operands)]

    def sizes(self, node, operands, results):
        return [self.rounding * np.abs(results[0])]

    def types(self, node, operands):
        return [operands[0]]

    def write(self, writer, node):
        tensor = writer.program.types[node.results[0]]
        values = [writer.cast(name, tensor) for name in node.operands]
        writer.line(f"%{node.results[0]} = {self.text} {', '.join(values)} : {writer.type(tensor)}")

    def vjp(self, tape, node, cotangents):
        return self.rule(tape, node.operands, node.results[0], cotangents[0])


class TanhDerivative(Elementwise):
    """The second operand times 1 - r * r for the first, r. Has no text."""

    def __init__(self):
        super().__init__("", lambda r, c: c * (1 - r * r), None)

    def sizes(self, node, operands, results):
        return [4 * np.abs(operands[1])]

    def vjp(self, tape, node, cotangents):
        r, c = node.operands
        product = tape.add("mulf", [tape.add("mulf", [r, c]), cotangents[0]])
        twice = tape.add("addf", [product, product])
        return [tape.add("negf", [twice]), tape.add("tanh_derivative", [r, cotangents[0]])]


class Choice(Elementwise):
    """The third operand where the first is greater than the second, else the fourth.

    Its text is a selection by a mask, made in the way of the attribute `mask`: greater,
    not greater with the values exchanged, or both. No gradient goes to what is compared.
    """

    def __init__(self):
        super().__init__("", lambda a, b, x, y: np.where(a > b, x, y), None)

    def types(self, node, operands):
        return [operands[2]]

    def write(self, writer, node):
        compared = writer.program.types[node.operands[0]]
        tensor = writer.program.types[node.results[0]]
        a, b = (writer.cast(name, compared) for name in node.operands[:2])
        x, y = (writer.cast(name, tensor) for name in node.operands[2:])
        flags = writer.type(compared.select("i1", compared.dims))

        def compare(predicate):
            return writer.define(f"arith.cmpf {predicate}, {a}, {b} : {writer.type(compared)}")

        if node.attributes["mask"] == "greater":
            mask = compare("ogt")
        elif node.attributes["mask"] == "not greater":
            mask, x, y = compare("ule"), y, x
        else:
            mask = writer.define(f"arith.andi {compare('une')}, {compare('oge')} : {flags}")
        target = writer.type(tensor.select("i1", tensor.dims))
        if flags != target:
            mask = writer.define(f"tensor.cast {mask} : {flags} to {target}")
        writer.line(
            f"%{node.results[0]} = arith.select {mask}, {x}, {y} : {target}, {writer.type(tensor)}"
        )

    def vjp(self, tape, node, cotangents):
        a, b, _, _ = node.operands
        return [None, None, *tape.split(a, b, cotangents[0])]


class Select(Elementwise):
    """The second operand where the first, of flags, is set, else the third."""

    def __init__(self):
        super().__init__("", lambda flags, x, y: np.where(flags != 0, x, y), None)

    def types(self, node, operands):
        return [operands[1]]

    def write(self, writer, node):
        tensor = writer.program.types[node.results[0]]
        flags = tensor.select("i1", tensor.dims)
        types = (flags, tensor, tensor)
        values = [writer.cast(name, type) for name, type in zip(node.operands, types)]
        writer.line(
            f"%{node.results[0]} = arith.select {', '.join(values)}"
            f" : {writer.type(flags)}, {writer.type(tensor)}"
        )

    def vjp(self, tape, node, cotangents):
        flags, (c,) = node.operands[0], cotangents
        zero = tape.add("constant", [c], value=0)
        return [None, tape.add("select", [flags, c, zero]), tape.add("select", [flags, zero, c])]


class Convert(Operation):
    """Rounds to, or represents in, the element type of the attribute `to`."""

    def evaluate(self, node, operands):
        return operands

    def types(self, node, operands):
        return [operands[0].select(node.attributes["to"], operands[0].dims)]

    def write(self, writer, node):
        source, target = (writer.program.types[name] for name in (*node.operands, *node.results))
        wider = TYPES[target.element].precision > TYPES[source.element].precision
        writer.line(
            f"%{node.results[0]} = arith.{'extf' if wider else 'truncf'} %{node.operands[0]}"
            f" : {writer.type(source)} to {writer.type(target)}"
        )

    def vjp(self, tape, node, cotangents):
        element = tape.types[node.operands[0]].element
        return [tape.add("convert", cotangents, to=element)]


class Constant(Operation):
    """A splat of `value`, of the dims and element type of the operand."""

    def evaluate(self, node, operands):
        return [np.full_like(operands[0], WIDE(node.attributes["value"]))]

    def sizes(self, node, operands, results):
        return [np.zeros_like(results[0])]

    def types(self, node, operands):
        dims = operands[0].dims
        return [Tensor(operands[0].element, dims, (False,) * len(dims))]

    def write(self, writer, node):
        tensor = writer.type(writer.program.types[node.results[0]])
        value = node.attributes["value"]
        writer.line(f"%{node.results[0]} = arith.constant dense<{value:e}> : {tensor}")

    def vjp(self, tape, node, cotangents):
        return [None]


def maximum_vjp(tape, operands, result, c):
    return tape.split(*operands, c)


def minimum_vjp(tape, operands, result, c):
    a, b = operands
    return tape.split(b, a, c)


ELEMENTWISE = {
    "addf": Elementwise("arith.addf", lambda a, b: a + b, lambda t, o, r, c: [c, c]),
    "subf": Elementwise(
        "arith.subf", lambda a, b: a - b, lambda t, o, r, c: [c, t.add("negf", [c])]
    ),
    "mulf": Elementwise(
        "arith.mulf",
        lambda a, b: a * b,
        lambda t, o, r, c: [t.add("mulf", [c, o[1]]), t.add("mulf", [c, o[0]])],
    ),
    "negf": Elementwise("arith.negf", lambda a: -a, lambda t, o, r, c: [t.add("negf", [c])]),
    "maximumf": Elementwise("arith.maximumf", np.maximum, maximum_vjp),
    "minimumf": Elementwise("arith.minimumf", np.minimum, minimum_vjp),
    "tanh": Elementwise(
        "math.tanh",
        np.tanh,
        lambda t, o, r, c: [t.add("tanh_derivative", [r, c])],
        rounding=4,
    ),
    "tanh_derivative": TanhDerivative(),
    "choice": Choice(),
    "select": Select(),
    "convert": Convert(),
    "constant": Constant(),
}
