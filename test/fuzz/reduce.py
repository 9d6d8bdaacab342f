"""Makes a failing case smaller as long as it fails in the same way."""

import time
from dataclasses import replace

from case import Case, differentiate_case
from program import Tensor
from reference import evaluate

TIME_LIMIT = 60  # seconds


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


def fewer_nodes(case):
    last = len(case.program.nodes) - 1
    return [lambda i=i: without_node(case, i) for i in range(last, -1, -1)] if last else []


def with_node_here(case, index):
    nodes = list(case.program.nodes)
    nodes[index] = replace(nodes[index], place="here")
    return replace(case, program=replace(case.program, nodes=tuple(nodes)))


def plainer_places(case):
    return [
        lambda i=i: with_node_here(case, i)
        for i, node in enumerate(case.program.nodes)
        if node.place != "here"
    ]


def fewer_results(case):
    count = len(case.program.returned)
    return [lambda i=i: without_result(case, i) for i in range(count)] if count > 1 else []


def fewer_dynamic_sizes(case):
    dynamic = any(any(case.program.types[name].dynamic) for name in case.program.arguments)
    return [lambda: with_static_sizes(case)] if dynamic else []


def smaller_sizes(case):
    return [
        lambda dim=dim, less=less: with_size(case, dim, less)
        for dim, size in enumerate(case.program.sizes)
        for less in sorted({1, 2, size // 2, size - 1})
        if 0 < less < size
    ]


STEPS = (fewer_results, fewer_nodes, plainer_places, fewer_dynamic_sizes, smaller_sizes)


def reduce(case, fails):
    """A smaller case; `fails` tells whether a case still fails.

    Takes a step wherever one is possible, until none is or time is up.
    """
    small, order = primal(case), case.program.order
    end = time.time() + TIME_LIMIT
    while order and fails(differentiate_case(small, order - 1)):
        order -= 1
    progress = True
    while progress:
        progress = False
        for kind in STEPS:
            index = 0
            while time.time() < end:
                candidates = kind(small)
                if index >= len(candidates):
                    break
                candidate = candidates[index]()
                full = candidate and differentiate_case(candidate, order)
                if full and full.program.order == order and fails(full):
                    small, progress = candidate, True
                else:
                    index += 1
    return differentiate_case(small, order)
