"""npy-files.py DIR: the array [1, 2, 3] of f32 in many forms, good and bad."""

import os
import struct
import sys

from files import header, npy

DATA = struct.pack("<3f", 1, 2, 3)
PLAIN = header("<f4", (3,))

GOOD = {
    "version2": npy(PLAIN, DATA, version=2),
    "version3": npy(PLAIN, DATA, version=3),
    "python2": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3L,), }", DATA),
    "quotes": npy('{"shape":(3,),"fortran_order":False,"descr":"<f4"}', DATA),
    "spaces": npy(" { 'shape' : ( 3 , ) , 'fortran_order' : False , 'descr' : '<f4' } \n", DATA),
}

BAD = {
    "empty": b"",
    "magic": b"NUMPY\x93" + npy(PLAIN, DATA)[6:],
    "text": b"1 2 3, and more than ten bytes\n",
    "version": npy(PLAIN, DATA, version=4),
    "minor-version": b"\x93NUMPY\x01\x01" + npy(PLAIN, DATA)[8:],
    "truncated-preamble": npy(PLAIN, DATA, version=2)[:10],
    "truncated-header": npy(PLAIN, DATA)[:40],
    "truncated-data": npy(PLAIN, DATA[:-1]),
    "trailing": npy(PLAIN, DATA + b"\0"),
    "header-length": b"\x93NUMPY\x02\x00" + b"\xff" * 4 + PLAIN.encode() + DATA,
    "no-dictionary": npy("['descr', '<f4']", DATA),
    "open-dictionary": npy(PLAIN[:-3], DATA),
    "open-string": npy("{'descr': '<f4", DATA),
    "after-dictionary": npy(PLAIN + "{}", DATA),
    "no-shape": npy("{'descr': '<f4', 'fortran_order': False}", DATA),
    "unknown-key": npy("{'order': 'C'}", DATA),
    "shape-number": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", DATA),
    "shape-negative": npy(header("<f4", (-3, -1)), DATA),
    "shape-huge": npy(header("<f4", (2**62, 2**62)), DATA),
    "shape-huge-empty": npy(header("<f4", (0, 2**62, 2**62)), b""),
    "shape-overflow": npy(header("<f4", (2**70,)), DATA),
    "shape-large": npy(header("<f4", (2**40,)), DATA),
    "order": npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", DATA),
    "fortran": npy(header("<f4", (3,), fortran_order=True), DATA),
    "big-endian": npy(header(">f4", (3,)), DATA),
    "complex": npy(header("<c8", (3,)), DATA),
    "record": npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", DATA),
}

for kind, contents in (("good", GOOD), ("bad", BAD)):
    for name, content in contents.items():
        with open(f"{sys.argv[1]}/{kind}-{name}.npy", "wb") as file:
            file.write(content)
os.mkfifo(f"{sys.argv[1]}/bad-pipe.npy")
