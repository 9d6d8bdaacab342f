"""Layers followed by bn.inference, compiled with and without bn-fold-inference.

    fold_inference.py --tmp=FOLDER

Both are compared with NumPy in float64. A folded layer must hold one
bn.inference each for its weights and its bias and none behind it.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

EPSILON = 1e-3
# Error allowed, relative to the largest value: sums of some 50 rounded products.
TOLERANCE = {"f64": 1e-14, "f32": 2e-6}


def conv(x, w):
    """Valid cross-correlation, x as NCHW and w as FCHW."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w)


@dataclass
class Layer:
    op: str
    x: tuple
    w: tuple
    y: tuple
    channel_dim: int
    apply: object


LAYERS = [
    Layer("matmul", (17, 48), (48, 10), (17, 10), 1, lambda x, w: x @ w),
    Layer("conv_2d_nchw_fchw", (2, 5, 9, 8), (7, 5, 3, 3), (2, 7, 7, 6), 1, conv),
    Layer("conv_2d_nhwc_hwcf", (2, 9, 8, 5), (3, 3, 5, 7), (2, 7, 6, 7), 3,
          lambda x, w: conv(x.transpose(0, 3, 1, 2), w.transpose(3, 2, 0, 1))
          .transpose(0, 2, 3, 1)),
]  # fmt: skip
BIASES = ("none", "destination", "added", "both")
PARAMETERS = ("bias", "gamma", "beta", "mean", "variance")


def tensor(shape, element):
    return f"tensor<{'x'.join(map(str, shape))}x{element}>"


def literal(array):
    """A dense attribute, to the bit."""
    return f'dense<"0x{array.tobytes().hex()}">'


def program(layer, element, bias, dynamic, constants):
    """The text of a program; `constants` holds arrays, by name, that it contains."""
    types = {"x": tensor(("?", *layer.x[1:]) if dynamic else layer.x, element)}
    types["w"] = tensor(layer.w, element)
    channel = tensor(layer.y[layer.channel_dim :][:1], element)
    types.update({name: channel for name in PARAMETERS})
    y = tensor(("?", *layer.y[1:]) if dynamic else layer.y, element)
    arguments = ", ".join(f"%{n}: {t}" for n, t in types.items() if n not in constants)
    body = [f"%{n} = arith.constant {literal(a)} : {types[n]}" for n, a in constants.items()]
    if dynamic:
        body.append("%c0 = arith.constant 0 : index")
        body.append(f"%n = tensor.dim %x, %c0 : {types['x']}")
    body.append(f"%empty = tensor.empty({'%n' if dynamic else ''}) : {y}")
    body.append(f"%zero = arith.constant 0.0 : {element}")
    body.append(f"%zeros = linalg.fill ins(%zero : {element}) outs(%empty : {y}) -> {y}")
    others = [dim for dim in range(len(layer.y)) if dim != layer.channel_dim]
    if bias != "none":
        body.append(f"%rows = linalg.broadcast ins(%bias : {channel}) outs(%empty : {y})"
                    f" dimensions = {others}")  # fmt: skip
    start = "%rows" if bias in ("destination", "both") else "%zeros"
    body.append(f"%l = linalg.{layer.op} ins(%x, %w : {types['x']}, {types['w']})"
                f" outs({start} : {y}) -> {y}")  # fmt: skip
    last = "%l"
    if bias in ("added", "both"):
        last = "%a"
        body.append(f"%a = arith.addf %l, %rows : {y}")
    body.append(f"%y = bn.inference {last}, %gamma, %beta, %mean, %variance"
                f" epsilon = {EPSILON:e} channel_dims = [{layer.channel_dim}] : {y}, {channel}")  # fmt: skip
    lines = "\n  ".join(body)
    return f"func.func @main({arguments}) -> {y} {{\n  {lines}\n  return %y : {y}\n}}\n"


def check(folder, layer, element, bias, dynamic, constant):
    """Returns an error message, or None."""
    dtype = {"f64": np.float64, "f32": np.float32}[element]
    random = np.random.default_rng(0)
    channels = layer.y[layer.channel_dim]
    values = {name: random.standard_normal(channels).astype(dtype) for name in PARAMETERS}
    values["variance"] = np.abs(values["variance"])
    values = {
        "x": random.standard_normal(layer.x).astype(dtype),
        "w": random.standard_normal(layer.w).astype(dtype),
        **values,
    }
    constants = {name: a for name, a in values.items() if constant and name != "x"}
    text = program(layer, element, bias, dynamic, constants)
    (folder / "plain.mlir").write_text(text)
    folded = subprocess.run(
        ["bn-opt", "--bn-fold-inference", "--canonicalize"], input=text, text=True, check=True,
        stdout=subprocess.PIPE,
    ).stdout  # fmt: skip
    (folder / "folded.mlir").write_text(folded)
    order = re.findall(rf"bn\.inference|linalg\.{layer.op}", folded)
    if order != ["bn.inference"] * 2 + [f"linalg.{layer.op}"]:
        return f"not folded: {order}"

    arguments = []
    for name, array in values.items():
        if name not in constants:
            np.save(folder / f"{name}.npy", array)
            arguments.append(f"--arg={folder}/{name}.npy")
    wide = {name: array.astype(np.float64) for name, array in values.items()}
    tail = (1,) * (len(layer.y) - 1 - layer.channel_dim)
    spread = {name: wide[name].reshape(-1, *tail) for name in PARAMETERS}
    expected = layer.apply(wide["x"], wide["w"])
    expected = expected + {"none": 0, "both": 2}.get(bias, 1) * spread["bias"]
    expected = spread["gamma"] * (expected - spread["mean"]) / np.sqrt(
        spread["variance"] + EPSILON
    ) + spread["beta"]
    for name in ("plain", "folded"):
        subprocess.run(
            ["bn-runner", folder / f"{name}.mlir", *arguments, f"--out={folder}/y.npy"], check=True
        )
        error = np.abs(np.load(folder / "y.npy") - expected).max() / np.abs(expected).max()
        if not error <= TOLERANCE[element]:
            return f"the {name} program is off by {error:.1e} of its largest value"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tmp", type=Path, required=True, help="folder for programs and arrays")
    folder = parser.parse_args().tmp
    folder.mkdir(parents=True, exist_ok=True)
    failures = 0
    for layer in LAYERS:
        for bias in BIASES:
            for element, dynamic, constant in (
                ("f32", False, False), ("f32", False, True), ("f64", True, False),
            ):  # fmt: skip
                problem = check(folder, layer, element, bias, dynamic, constant)
                failures += problem is not None
                kind = f"{'dynamic ' * dynamic}{'constant ' * constant}{element}"
                print(f"{layer.op}, bias {bias}, {kind}: {problem or 'agrees'}")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
