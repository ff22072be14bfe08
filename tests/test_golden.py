"""The pictures of the screens: each is there, at its size, small, and none is left over."""

import struct

from tests.golden.__main__ import HERE, PICTURES, SIZES

LARGEST_BYTES = 450_000
_PALETTE = 3


def test_the_pictures_are_those_that_can_be_renewed() -> None:
    assert {path.stem for path in HERE.glob("*.png")} == set(PICTURES)
    screens = {name.rpartition("-")[0] for name in PICTURES if name.endswith("-phone")}
    assert {f"{screen}-{size}" for screen in screens for size in SIZES} <= set(PICTURES)
    for name, (_, size) in PICTURES.items():
        content = (HERE / f"{name}.png").read_bytes()
        *found, _, colours = struct.unpack(">IIBB", content[16:26])
        assert tuple(found) == size, name
        assert colours == _PALETTE, name
        assert len(content) <= LARGEST_BYTES, name
