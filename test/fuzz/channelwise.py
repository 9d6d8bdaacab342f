"""Operations that treat each channel of their operands by itself.

The meaning of bn ops is the oracle's (test/oracle), in wide arithmetic.
"""

import numpy as np

from batch_norm import DATA, OPS, term_sizes
from channels import Channels
from element_types import TYPES, WIDE, parameter_type
from program import Operation
from update_statistics import STATISTICS, updated


class Broadcast(Operation):
    """The first operand, a parameter, in the shape of the second."""

    def channels(self, node, shape):
        return Channels(shape, node.attributes["channel_dims"])

    def evaluate(self, node, operands):
        return [self.channels(node, operands[1].shape).spread(operands[0])]

    def types(self, node, operands):
        return [operands[1].select(operands[0].element, operands[1].dims)]

    def write(self, writer, node):
        name, like = node.operands
        tensor = writer.program.types[node.results[0]]
        source = tensor.select(tensor.element, node.attributes["channel_dims"])
        value = writer.cast(name, source)
        empty = writer.empty(tensor, like)
        dims = [dim for dim in tensor.dims if dim not in node.attributes["channel_dims"]]
        writer.line(
            f"%{node.results[0]} = linalg.broadcast ins({value} : {writer.type(source)})"
            f" outs({empty} : {writer.type(tensor)}) dimensions = {dims}"
        )

    def vjp(self, tape, node, cotangents):
        return [tape.add("sum", cotangents, **node.attributes), None]


class Sum(Broadcast):
    """The sum over all dims but the channels."""

    def evaluate(self, node, operands):
        return [self.channels(node, operands[0].shape).sum(operands[0])]

    def sizes(self, node, operands, results):
        channels = self.channels(node, operands[0].shape)
        return [channels.sum(np.abs(operands[0])) * np.sqrt(WIDE(channels.count))]

    def types(self, node, operands):
        return [operands[0].select(operands[0].element, node.attributes["channel_dims"])]

    def write(self, writer, node):
        (name,) = node.operands
        source = writer.program.types[name]
        tensor = writer.program.types[node.results[0]]
        dims = [dim for dim in source.dims if dim not in tensor.dims]
        zero = writer.define(f"arith.constant 0.0 : {tensor.element}")
        empty = writer.empty(tensor, name)
        type = writer.type(tensor)
        zeros = writer.define(
            f"linalg.fill ins({zero} : {tensor.element}) outs({empty} : {type}) -> {type}"
        )
        writer.line(
            f"%{node.results[0]} = linalg.reduce {{ arith.addf }}"
            f" ins(%{name} : {writer.type(source)}) outs({zeros} : {type}) dimensions = {dims}"
        )

    def vjp(self, tape, node, cotangents):
        return [tape.add("broadcast", [cotangents[0], node.operands[0]], **node.attributes)]


class BatchNorm(Operation):
    """An op of the bn dialect on channels."""

    def __init__(self, op):
        self.op = op
        self.differentiable = not op.name.endswith("_double_backprop")

    def names(self, node):
        names = self.op.operands + self.op.optional
        return names[: len(node.operands)]

    def evaluate(self, node, operands):
        results = self.op(dict(zip(self.names(node), operands)), **node.attributes)
        return [np.asarray(results[name]) for name in self.op.results]

    def sizes(self, node, operands, results):
        with np.errstate(all="ignore"):
            sizes = term_sizes(self.op, dict(zip(self.names(node), operands)), **node.attributes)
        return [sizes[name] for name in self.op.results]

    def types(self, node, operands):
        data = operands[0]
        parameter = data.select(parameter_type(TYPES[data.element]).name,
                                node.attributes["channel_dims"])  # fmt: skip
        return [data if name in DATA else parameter for name in self.op.results]

    def write(self, writer, node):
        def typed(names):
            return ", ".join(writer.type(writer.program.types[name]) for name in names)

        dims = ", ".join(map(str, node.attributes["channel_dims"]))
        operands = ", ".join(f"%{name}" for name in node.operands)
        writer.line(
            f"{', '.join(f'%{name}' for name in node.results)} = "
            f'"bn.{self.op.name}"({operands}) <{{channel_dims = array<i64: {dims}>,'
            f" epsilon = {node.attributes['epsilon']:e} : f64}}>"
            f" : ({typed(node.operands)}) -> ({typed(node.results)})"
        )

    def vjp(self, tape, node, cotangents):
        return getattr(self, f"{self.op.name}_vjp")(tape, node, cotangents)

    def training_vjp(self, tape, node, cotangents):
        operands = [*node.operands, *node.results[1:], *tape.or_zeros(cotangents, node.results)]
        return list(tape.add("training_backprop", operands, **node.attributes))

    def inference_vjp(self, tape, node, cotangents):
        input, gamma, _, mean, variance = node.operands
        operands = [input, gamma, mean, variance, *cotangents]
        return list(tape.add("inference_backprop", operands, **node.attributes))

    def training_backprop_vjp(self, tape, node, cotangents):
        input, gamma, _, mean, variance, delta, *pair = node.operands
        given = tape.or_zeros(cotangents, node.results)
        x, g, d = tape.add("training_double_backprop",
                           [input, gamma, mean, variance, delta, *given], **node.attributes)  # fmt: skip
        gradients = [x, g, None, None, None, d]
        if pair:
            more, *rest = tape.add("pair_vjp", [input, mean, pair[1], given[0]], **node.attributes)
            gradients = [tape.add("addf", [x, more]), *gradients[1:], *rest]
        return gradients

    def inference_backprop_vjp(self, tape, node, cotangents):
        operands = [*node.operands, *tape.or_zeros(cotangents, node.results)]
        return list(tape.add("inference_double_backprop", operands, **node.attributes))


class PairVJP(Operation):
    """Gradients of the term of the pair in training_backprop, by input and the pair.

    That is sum(cotangent * (mean_delta + 2 * variance_delta * (input - mean)) / M).
    Operands are input, mean, variance_delta and the cotangent. Has no text.
    """

    differentiable = False

    def evaluate(self, node, operands):
        input, mean, variance_delta, cotangent = operands
        c = Channels(input.shape, node.attributes["channel_dims"])
        average = c.mean(cotangent)
        return [
            2 * c.expand(variance_delta) / WIDE(c.count) * (cotangent - c.expand(average)),
            average,
            2 * c.mean(cotangent * (input - c.expand(mean))),
        ]

    def sizes(self, node, operands, results):
        input, mean, variance_delta, cotangent = map(np.abs, operands)
        c = Channels(input.shape, node.attributes["channel_dims"])
        average = c.mean(cotangent)
        return [
            2 * c.expand(variance_delta) / WIDE(c.count) * (cotangent + c.expand(average)),
            average,
            2 * c.mean(cotangent * (input + c.expand(mean))),
        ]

    def types(self, node, operands):
        return [operands[0], operands[2], operands[2]]


class UpdateStatistics(Operation):
    """Attributes are momentum, and count with `unbiased` or None without both."""

    def evaluate(self, node, operands):
        named = dict(zip(STATISTICS, operands))
        count = node.attributes["count"]
        if count is not None:
            named["count"] = count
        results = updated(named, node.attributes["momentum"], count is not None)
        return [results["new_running_mean"], results["new_running_variance"]]

    def sizes(self, node, operands, results):
        return self.evaluate(node, [np.abs(operand) for operand in operands])

    def types(self, node, operands):
        return list(operands[:2])

    def write(self, writer, node):
        types = [writer.type(writer.program.types[name]) for name in node.operands]
        values = [f"%{name}" for name in node.operands]
        attributes = f"momentum = {node.attributes['momentum']:e} : f64"
        if node.attributes["count"] is not None:
            values.append(writer.define(f"arith.constant {node.attributes['count']} : index"))
            types.append("index")
            attributes += ", unbiased"
        writer.line(
            f"{', '.join(f'%{name}' for name in node.results)} = "
            f'"bn.update_statistics"({", ".join(values)}) <{{{attributes}}}>'
            f" : ({', '.join(types)}) -> ({', '.join(types[:2])})"
        )

    def vjp(self, tape, node, cotangents):
        mean, variance = tape.or_zeros(cotangents, node.results)
        zero = tape.add("constant", [mean], value=0)
        running = tape.add("update_statistics", [mean, variance, zero, zero], **node.attributes)
        sample = tape.add("update_statistics", [zero, zero, mean, variance], **node.attributes)
        return [*running, *sample]


CHANNELWISE = {
    "broadcast": Broadcast(),
    "sum": Sum(),
    "pair_vjp": PairVJP(),
    "update_statistics": UpdateStatistics(),
    **{name: BatchNorm(op) for name, op in OPS.items()},
}
