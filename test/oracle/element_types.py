"""The element types of the dialect, as `.npy` files and as wide values.

All arithmetic of the tests happens in `WIDE` (80-bit extended precision on
x86-64: 64 significand bits), so that results in f64 can be judged to 1e-14.
A value "of type T" is a wide value that T represents exactly.
"""

from dataclasses import dataclass

import numpy as np

WIDE = np.longdouble

if np.finfo(WIDE).nmant < 63:
    raise SystemExit("the oracle needs a long double of at least 64 significand bits")


@dataclass(frozen=True)
class ElementType:
    """A binary floating-point format.

    descr         type descriptor in the header of a `.npy` file
    storage       NumPy type with the same bytes (integers for bf16)
    precision     significand bits, the implicit one included
    min_exponent  every finite value is a multiple of 2**min_exponent
    """

    name: str
    descr: str
    storage: str
    precision: int
    min_exponent: int

    def ulp(self, wide):
        """Spacing of this type's values in the binade of `wide`."""
        _, exponent = np.frexp(np.where(np.isfinite(wide), wide, 0))
        return np.ldexp(WIDE(1), np.maximum(exponent - self.precision, self.min_exponent))

    def round(self, wide):
        """`wide` rounded once to this type, ties to even; NaN and Inf stay."""
        wide = np.asarray(wide, WIDE)
        ulp = self.ulp(wide)
        return np.where(np.isfinite(wide), np.rint(wide / ulp) * ulp, wide)

    def encode(self, wide):
        """The rounded values in `storage` form."""
        if self.precision >= 24:
            # Most are rounded already, which is found out faster than rounded again.
            with np.errstate(over="ignore"):
                stored = np.asarray(wide, WIDE).astype(self.storage)
            if np.array_equal(stored, wide):
                return stored
        rounded = self.round(wide)
        if self.name == "bf16":
            bits = rounded.astype("<f4").view("<u4")
            return (bits >> np.uint32(16)).astype("<u2")
        with np.errstate(over="ignore"):
            return rounded.astype(self.storage)

    def decode(self, stored):
        """The wide values of an array in `storage` form."""
        if self.name == "bf16":
            stored = (stored.astype("<u4") << np.uint32(16)).view("<f4")
        return stored.astype(WIDE)


TYPES = {
    t.name: t
    for t in (
        ElementType("f16", "<f2", "<f2", 11, -24),
        ElementType("bf16", "<V2", "<u2", 8, -133),
        ElementType("f32", "<f4", "<f4", 24, -149),
        ElementType("f64", "<f8", "<f8", 53, -1074),
    )
}


def parameter_type(input_type):
    """Type of parameters, statistics and their gradients: at least f32."""
    return TYPES["f32"] if input_type.name in ("f16", "bf16") else input_type
