"""Batch norms of other libraries, as evaluators for accuracy.py.

An evaluator takes an op, its wide operands of shape N x C x H x W (parameters: C),
epsilon, and whether the op's optional operands are there. It returns wide results
by name, or None where the library has no such op.
"""

import ctypes
from contextlib import ExitStack
from importlib.util import find_spec

import numpy as np

from batch_norm import DATA
from element_types import WIDE

# PyTorch


def torch_kernels(element_type, inner):
    """PyTorch's CPU kernels, on images of channels first or last."""
    import torch

    order = torch.channels_last if inner else torch.contiguous_format

    def evaluate(op, operands, epsilon, pair):
        if pair or op.name not in ("training", "inference", "training_backprop"):
            return None
        v = {
            name: torch.from_numpy(value.astype(element_type.storage))
            for name, value in operands.items()
        }
        for name in DATA & v.keys():
            v[name] = v[name].contiguous(memory_format=order)
        if op.name == "training_backprop":
            inverse = 1 / np.sqrt(operands["variance"] + WIDE(epsilon))
            inverse = torch.from_numpy(inverse.astype(element_type.storage))
            statistics = (None, None, v["mean"], inverse)
            results = torch.ops.aten.native_batch_norm_backward(
                v["delta"], v["input"], v["gamma"], *statistics, True, epsilon, [True] * 3
            )
        else:
            training = op.name == "training"
            statistics = (None, None) if training else (v["mean"], v["variance"])
            results = torch.ops.aten.native_batch_norm(
                v["input"], v["gamma"], v["beta"], *statistics, training, 0, epsilon
            )
        results = dict(zip(op.results, (result.numpy().astype(WIDE) for result in results)))
        # It keeps 1 / sqrt(variance + epsilon) instead.
        results.pop("variance", None)
        return results

    return evaluate


# oneDNN 2, through its C interface

FORMATS = {"nchw": 5, "nhwc": 20, "blocked": 93}
"""dnnl_nchw, dnnl_nhwc and dnnl_nChw8c, by name of the layout."""

SCALE_AND_SHIFT, GIVEN_STATISTICS = 8 | 16, 1
F32, PLAIN, CPU = 3, 2, 1
FORWARD_TRAINING, FORWARD_INFERENCE, BACKWARD = 64, 96, 128

ARGUMENTS = {
    "input": 1, "output": 17, "mean": 49, "variance": 50, "gamma": 51, "beta": 52,
    "input_delta": 129, "delta": 145, "gamma_delta": 255, "beta_delta": 256,
}  # fmt: skip
"""DNNL_ARG_SRC and so on."""


class OneDNN:
    """The library; a call that fails raises RuntimeError."""

    def __init__(self, library):
        self.library = library

    def call(self, name, *arguments):
        status = getattr(self.library, f"dnnl_{name}")(*arguments)
        if status:
            raise RuntimeError(f"oneDNN: dnnl_{name} returned status {status}")

    def make(self, stack, kind, *arguments):
        """A new object, destroyed with the stack."""
        made = ctypes.c_void_p()
        self.call(f"{kind}_create", ctypes.byref(made), *arguments)
        stack.callback(self.call, f"{kind}_destroy", made)
        return made


class Argument(ctypes.Structure):
    """dnnl_exec_arg_t"""

    _fields_ = [("key", ctypes.c_int), ("memory", ctypes.c_void_p)]


def load_onednn():
    """Debian's libdnnl2, or None."""
    try:
        return OneDNN(ctypes.CDLL("libdnnl.so.2"))
    except OSError:
        return None


def description():
    """Room for a descriptor, which the library fills in."""
    return ctypes.create_string_buffer(4096)


def onednn_kernels(onednn, layout):
    """oneDNN's f32 primitives on one of its layouts."""

    def run(stack, op, operands, results, epsilon):
        def type_of(array, tag):
            made = description()
            dims = (ctypes.c_int64 * 12)(*array.shape)
            onednn.call("memory_desc_init_by_tag", made, array.ndim, dims, F32, tag)
            return made

        # The library's order of dims is N x C x H x W whatever the layout.
        shape = operands["input"].shape
        data = type_of(np.broadcast_to(np.float32(0), shape), FORMATS[layout.name])
        channel = type_of(operands["gamma"], PLAIN)
        engine = onednn.make(stack, "engine", CPU, ctypes.c_size_t(0))
        stream = onednn.make(stack, "stream", engine, 1)
        epsilon = ctypes.c_float(epsilon)
        flags = SCALE_AND_SHIFT | ("training" not in op.name) * GIVEN_STATISTICS
        kind = FORWARD_INFERENCE if op.name == "inference" else FORWARD_TRAINING
        forward = description()
        onednn.call("batch_normalization_forward_desc_init", forward, kind, data, epsilon, flags)
        primitive = onednn.make(stack, "primitive_desc", forward, None, engine, None)
        if "delta" in operands:
            backward = description()
            onednn.call(
                "batch_normalization_backward_desc_init",
                backward, BACKWARD, data, data, epsilon, flags,
            )  # fmt: skip
            primitive = onednn.make(stack, "primitive_desc", backward, None, engine, primitive)
        primitive = onednn.make(stack, "primitive", primitive)

        # The gradient does not depend on beta, but asks for one.
        operands = {"beta": np.zeros_like(operands["gamma"])} | operands
        arrays = {name: arrange(name, value) for name, value in operands.items()} | results
        arguments = (Argument * len(arrays))()
        for argument, (name, array) in zip(arguments, arrays.items()):
            argument.key = ARGUMENTS[name]
            argument.memory = onednn.make(
                stack, "memory", data if name in DATA else channel, engine,
                ctypes.c_void_p(array.ctypes.data),
            ).value  # fmt: skip
        onednn.call("primitive_execute", primitive, stream, len(arguments), arguments)
        onednn.call("stream_wait", stream)

    def arrange(name, value):
        value = layout.arrange(value) if name in DATA else value
        return np.ascontiguousarray(value, np.float32)

    def evaluate(op, operands, epsilon, pair):
        shape = operands["input"].shape
        if pair or "double" in op.name or layout.name == "blocked" and shape[1] != 8:
            return None
        results = {
            name: np.empty_like(arrange(name, operands["input" if name in DATA else "gamma"]))
            for name in op.results
            if name in ARGUMENTS
        }
        with ExitStack() as stack:
            run(stack, op, operands, results, epsilon)
        return {
            name: layout.restore(value, shape).astype(WIDE) if name in DATA else value.astype(WIDE)
            for name, value in results.items()
        }

    return evaluate


def find_peers(element_type, layouts):
    """Evaluators by title for a type, and a line for each library that is missing."""
    peers, missing = {}, []
    # PyTorch's kernels for f16 and bf16 on CPUs are another thing: some are missing.
    if element_type.precision >= 24:
        if find_spec("torch"):
            peers["torch nchw"] = torch_kernels(element_type, inner=False)
            peers["torch nhwc"] = torch_kernels(element_type, inner=True)
        else:
            missing.append("PyTorch (python3-torch) is not installed")
    if element_type.name == "f32":
        onednn = load_onednn()
        if onednn:
            for layout in layouts:
                if layout.name in FORMATS:
                    peers[f"dnnl {layout.name}"] = onednn_kernels(onednn, layout)
        else:
            missing.append("oneDNN 2 (libdnnl2) is not installed")
    return peers, missing
