"""`.npy` files, read and written to the letter.

NumPy's own reader would hide what has to be checked: it takes any descriptor of
the same size for bf16's '<V2', and it converts byte and dimension order.
"""

import ast

import numpy as np

MAGIC = b"\x93NUMPY\x01\x00"


class BadFile(Exception):
    """A file is not what it should be; the message says how."""


def write(path, element_type, wide):
    """Writes wide values, rounded to `element_type`."""
    header = {"descr": element_type.descr, "fortran_order": False, "shape": wide.shape}
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        file.write(element_type.encode(wide).tobytes())


def read(path, element_type, shape):
    """The array in storage form; type, shape and size must be exactly as given."""
    if not path.exists():
        raise BadFile(f"{path.name} was not written")
    content = path.read_bytes()
    if content[:8] != MAGIC:
        raise BadFile(f"{path.name} is not a .npy file of version 1.0")
    start = 10 + int.from_bytes(content[8:10], "little")
    header = ast.literal_eval(content[10:start].decode("latin1"))
    if header.get("descr") != element_type.descr:
        raise BadFile(
            f"{path.name} has descr {header.get('descr')!r}, expected {element_type.descr!r}"
        )
    if header.get("shape") != tuple(shape):
        raise BadFile(f"{path.name} has shape {header.get('shape')}, expected {tuple(shape)}")
    if header.get("fortran_order"):
        raise BadFile(f"{path.name} is in Fortran order")
    size = int(np.prod(shape, dtype=int)) * np.dtype(element_type.storage).itemsize
    if len(content) - start != size:
        raise BadFile(f"{path.name} has {len(content) - start} bytes of data, expected {size}")
    return np.frombuffer(content, element_type.storage, offset=start).reshape(shape)
