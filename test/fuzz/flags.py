"""Flags, which are arguments of random programs beside numbers."""

import numpy as np

from element_types import TYPES, WIDE


class Flag:
    """The type i1, with what programs need of an ElementType; flags are 0 or 1."""

    name, descr, storage = "i1", "|b1", "|b1"

    def ulp(self, wide):
        return np.zeros_like(wide)

    def encode(self, wide):
        return wide.astype(self.storage)

    def decode(self, stored):
        return stored.astype(WIDE)


ELEMENTS = TYPES | {"i1": Flag()}
"""The types of elements by name; those of TYPES are numbers."""
