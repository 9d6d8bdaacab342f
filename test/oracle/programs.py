"""Programs of one bn op: their text, and running them with bn-runner."""

import shlex
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import npy
from batch_norm import DATA, OPS
from element_types import ElementType, parameter_type

TIME_LIMIT = 120  # seconds for one run


class RunFailure(Exception):
    """bn-runner failed, or its results are not arrays of the promised form."""


@dataclass(frozen=True)
class Program:
    """A function @main of one op in generic form.

    dynamic       one flag per dim of the data: written as `?`
    pair          whether the optional operands are there
    channel_dims  `None` leaves the attribute out; its default is then [1]
    zeros         operands that are constants of zeros rather than arguments
    returned      the results that @main returns; `None` for all
    schedule      channels, rows, or `None` for the cost model's choice
    """

    op: str
    element_type: ElementType
    shape: tuple
    channel_dims: tuple | None
    epsilon: float
    dynamic: tuple = ()
    pair: bool = False
    zeros: tuple = ()
    returned: tuple | None = None
    schedule: str | None = None

    @property
    def channels(self):
        return (1,) if self.channel_dims is None else self.channel_dims

    @property
    def operands(self):
        op = OPS[self.op]
        return op.operands + (op.optional if self.pair else ())

    @property
    def arguments(self):
        return tuple(name for name in self.operands if name not in self.zeros)

    @property
    def results(self):
        return OPS[self.op].results if self.returned is None else self.returned

    def type_of(self, name):
        """Element type of an operand or result."""
        return self.element_type if name in DATA else parameter_type(self.element_type)

    def shape_of(self, name):
        """Shape of an operand or result."""
        return self.shape if name in DATA else tuple(self.shape[d] for d in self.channels)

    def tensor_type(self, name):
        """The tensor type written in the program; parameters follow the data."""
        dynamic = self.dynamic or (False,) * len(self.shape)
        dims = range(len(self.shape)) if name in DATA else self.channels
        extents = ["?" if dynamic[d] else str(self.shape[d]) for d in dims]
        return f"tensor<{'x'.join(extents + [self.type_of(name).name])}>"

    @property
    def text(self):
        operand_types = ", ".join(self.tensor_type(name) for name in self.operands)
        op_results = OPS[self.op].results
        op_types = ", ".join(self.tensor_type(name) for name in op_results)
        result_types = ", ".join(self.tensor_type(name) for name in self.results)
        arguments = ", ".join(f"%{n}: {self.tensor_type(n)}" for n in self.arguments)
        constants = "".join(
            f"  %{n} = arith.constant dense<0.0> : {self.tensor_type(n)}\n" for n in self.zeros
        )
        values = ", ".join(f"%{name}" for name in self.operands)
        many = len(op_results) > 1
        returned = ", ".join(
            f"%r#{op_results.index(name)}" if many else "%r" for name in self.results
        )
        attributes = f"epsilon = {self.epsilon:.17e} : f64"
        if self.channel_dims is not None:
            dims = ", ".join(map(str, self.channel_dims))
            attributes = f"channel_dims = array<i64: {dims}>, {attributes}"
        schedule = f' {{bn.schedule = "{self.schedule}"}}' if self.schedule else ""
        return (
            f"func.func @main({arguments}) -> ({result_types}) {{\n{constants}"
            f'  %r{f":{len(op_results)}" if many else ""} = '
            f'"bn.{self.op}"({values}) <{{{attributes}}}>{schedule}\n'
            f"    : ({operand_types}) -> ({op_types})\n"
            f"  return {returned} : {result_types}\n"
            "}\n"
        )

    def reference(self, operands):
        """What the oracle makes of wide operands."""
        return OPS[self.op](operands, epsilon=self.epsilon, channel_dims=self.channels)

    def round(self, operands):
        """Wide operands, each rounded to its element type."""
        return {name: self.type_of(name).round(operands[name]) for name in self.operands}

    def decode(self, results):
        """Results in storage form as wide values."""
        return {name: self.type_of(name).decode(value) for name, value in results.items()}


class Runner:
    """bn-runner, working in `run`, a directory of its own inside the given one.

    All programs get the `schedule`.
    """

    def __init__(self, command, directory, schedule=None):
        self.command = command
        self.directory = Path(directory) / "run"
        self.schedule = schedule

    def run(self, program, operands, options=()):
        """Results by name, in storage form, for rounded wide operands; an int is an index.

        The directory is new for every run, so nothing stale can be read; the
        last one stays.
        """
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        path = self.directory / "program.mlir"
        if self.schedule:
            program = replace(program, schedule=self.schedule)
        path.write_text(program.text)
        command = [self.command, str(path), *options]
        for name in program.arguments:
            if isinstance(operands[name], int):
                command.append(f"--arg={operands[name]}")
                continue
            file = self.directory / f"{name}.npy"
            npy.write(file, program.type_of(name), operands[name])
            command.append(f"--arg={file}")
        # A result may bear the name of an operand.
        outputs = {name: self.directory / f"out-{name}.npy" for name in program.results}
        command += [f"--out={file}" for file in outputs.values()]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=TIME_LIMIT,
            )
        except subprocess.TimeoutExpired:
            reason = f"no end after {TIME_LIMIT} s"
            raise RunFailure(f"{reason}\n      {shlex.join(command)}") from None
        if done.returncode != 0:
            reason = f"exit status {done.returncode}, {done.stderr.strip()}"
            raise RunFailure(f"{reason}\n      {shlex.join(command)}")
        try:
            results = {
                name: npy.read(file, program.type_of(name), program.shape_of(name))
                for name, file in outputs.items()
            }
        except npy.BadFile as error:
            raise RunFailure(f"{error}\n      {shlex.join(command)}") from None
        return results

    def run_wide(self, program, operands):
        """The results as wide values."""
        return program.decode(self.run(program, operands))


