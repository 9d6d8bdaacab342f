"""Makes a failing case smaller as long as it fails in the same way."""

from dataclasses import replace

from generate import Case, differentiate_case
from program import Tensor
from reference import evaluate


def primal(case):
    """The case before it was differentiated."""
    program = case.program.source or case.program
    arguments = {name: case.arguments[name] for name in program.arguments}
    return Case(case.seed, program, arguments)


def with_program(case, program):
    """A case of a changed primal program; new arguments have the values of the old one."""
    program = program.without_dead_nodes()
    values = evaluate(case.program, case.arguments)
    return Case(case.seed, program, {name: values[name] for name in program.arguments})


def without_result(case, index):
    returned = case.program.returned
    return with_program(
        case, replace(case.program, returned=returned[:index] + returned[index + 1 :])
    )


def without_node(case, index):
    """The results of the node become arguments.

    None where they are the statistics that belong to an input: those of another
    size would not belong to it.
    """
    program = case.program
    node = program.nodes[index]
    if node.operation == "training" and any(
        other.operation.startswith("training_") and set(node.results[1:]) & set(other.operands)
        for other in program.nodes
    ):
        return None
    return with_program(
        case,
        replace(
            program,
            nodes=program.nodes[:index] + program.nodes[index + 1 :],
            arguments=program.arguments + node.results,
        ),
    )


def with_static_sizes(case):
    types = {
        name: Tensor(type.element, type.dims, (False,) * len(type.dims))
        for name, type in case.program.types.items()
    }
    return replace(case, program=replace(case.program, types=types))


def with_size(case, dim, size):
    """Arguments lose what is beyond the new size."""
    sizes = list(case.program.sizes)
    sizes[dim] = size
    arguments = {
        name: value[tuple(slice(size) if d == dim else slice(None)
                          for d in case.program.types[name].dims)]
        for name, value in case.arguments.items()
    }  # fmt: skip
    return Case(case.seed, replace(case.program, sizes=tuple(sizes)), arguments)


def smaller(case):
    """Cases that are smaller by one step, the largest steps first."""
    program = case.program
    for index in range(len(program.nodes)):
        yield without_node(case, index)
    if len(program.returned) > 1:
        for index in range(len(program.returned)):
            yield without_result(case, index)
    if any(any(type.dynamic) for type in program.types.values()):
        yield with_static_sizes(case)
    for dim, size in enumerate(program.sizes):
        for less in sorted({min(2, size // 2), size // 2, size - 1}):
            if 0 < less < size:
                yield with_size(case, dim, less)


def reduce(case, fails):
    """The smallest case found; `fails` tells whether a case still fails."""
    small, order = primal(case), case.program.order
    while order and fails(differentiate_case(small, order - 1)):
        order -= 1
    progress = True
    while progress:
        progress = False
        for candidate in smaller(small):
            if candidate is None or not candidate.program.nodes:
                continue
            full = differentiate_case(candidate, order)
            if full.program.order == order and fails(full):
                small, progress = candidate, True
                break
    return differentiate_case(small, order)
