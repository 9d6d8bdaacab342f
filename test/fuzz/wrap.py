"""The text of random programs: their ops, in places that compilers have to look into.

here   in the function
call   in a function that is called
if     in a branch that is taken, which only the run shows
for    in a loop that does the same twice
"""

from operations import OPERATIONS
from program import Writer, function_text

PLACES = ("call", "if", "for")


def function(program, name):
    """The text of the function, not differentiated, and of those that it calls."""
    writer = Writer(program, name)
    for node in program.nodes:
        WRITERS[node.place](writer, node)
    text = function_text("func.func", name, writer, program.arguments, program.returned)
    return "\n".join([text, *writer.functions])


def write_here(writer, node):
    OPERATIONS[node.operation].write(writer, node)


def results(node):
    return ", ".join(f"%{name}" for name in node.results)


def write_call(writer, node):
    name = f"{writer.name}_callee{len(writer.functions)}"
    callee = Writer(writer.program, name)
    write_here(callee, node)
    operands = list(dict.fromkeys(node.operands))
    writer.functions.append(
        function_text("func.func private", name, callee, operands, node.results)
    )
    writer.line(
        f"{results(node)} = call @{name}({', '.join(f'%{n}' for n in operands)})"
        f" : ({writer.typed(operands)}) -> ({writer.typed(node.results)})"
    )


def write_zeros(writer, node):
    """Zeros like each of the results: a list of values."""
    values = []
    for name in node.results:
        tensor = writer.program.types[name]
        source = next(
            n for n in node.operands if set(tensor.dims) <= set(writer.program.types[n].dims)
        )
        empty = writer.empty(tensor, source)
        zero = writer.define(f"arith.constant 0.0 : {tensor.element}")
        type = writer.type(tensor)
        values.append(
            writer.define(
                f"linalg.fill ins({zero} : {tensor.element}) outs({empty} : {type}) -> {type}"
            )
        )
    return ", ".join(values)


def write_if(writer, node):
    types = writer.typed(node.results)
    zero = writer.define("arith.constant 0 : index")
    source = node.operands[0]
    given = writer.define(f"tensor.dim %{source}, {zero} : {writer.typed([source])}")
    dim = writer.program.types[source].dims[0]
    size = writer.define(f"arith.constant {writer.program.sizes[dim]} : index")
    taken = writer.define(f"arith.cmpi eq, {given}, {size} : index")
    writer.line(f"{results(node)} = scf.if {taken} -> ({types}) {{")
    write_here(writer, node)
    writer.line(f"scf.yield {results(node)} : {types}")
    writer.line("} else {")
    writer.line(f"scf.yield {write_zeros(writer, node)} : {types}")
    writer.line("}")


def write_for(writer, node):
    types = writer.typed(node.results)
    zero, one, two = (writer.define(f"arith.constant {n} : index") for n in range(3))
    starts = write_zeros(writer, node).split(", ")
    carried = ", ".join(f"%before_{n} = {start}" for n, start in zip(node.results, starts))
    writer.line(
        f"{results(node)} = scf.for %turn = {zero} to {two} step {one}"
        f" iter_args({carried}) -> ({types}) {{"
    )
    write_here(writer, node)
    writer.line(f"scf.yield {results(node)} : {types}")
    writer.line("}")


WRITERS = {"here": write_here, "call": write_call, "if": write_if, "for": write_for}
