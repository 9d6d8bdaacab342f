"""Files for bn-runner's tests, written and read byte by byte."""

import ast

import numpy as np


def header(descr, shape, fortran_order=False):
    return f"{{'descr': {descr!r}, 'fortran_order': {fortran_order}, 'shape': {shape}, }}\n"


def npy(text, data, version=1):
    """The bytes of a .npy file with a header of any text."""
    size = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + text.encode() + data


def write(path, array, descr=None):
    """A file of `array`, under the type `descr` where NumPy does not know it."""
    with open(path, "wb") as file:
        file.write(npy(header(descr or array.dtype.str, array.shape), array.tobytes()))


def read(path, storage):
    """(descr, array) of a file as bn-runner writes it, to the letter."""
    with open(path, "rb") as file:
        content = file.read()
    assert content[:8] == b"\x93NUMPY\x01\x00", content[:8]
    start = 10 + int.from_bytes(content[8:10], "little")
    assert start % 64 == 0, start
    assert content[start - 1 : start] == b"\n"
    fields = ast.literal_eval(content[10:start].decode())
    assert set(fields) == {"descr", "fortran_order", "shape"}, fields
    assert fields["fortran_order"] is False
    return fields["descr"], np.frombuffer(content[start:], storage).reshape(fields["shape"])
