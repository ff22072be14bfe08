"""Packs of columns: every number comes back, in the bytes that the format says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.offline.packing import Packer, unpacked, varints

NUMBERS = st.lists(st.integers(-(2**52), 2**52), max_size=30)


def test_numbers_of_seven_bits_take_a_byte_and_larger_ones_more() -> None:
    # 300 is 0b10_0101100: the examples of the encoding of Protocol Buffers.
    assert varints(np.array([0, 1, 127, 128, 150, 300])) == bytes.fromhex("00 01 7f 8001 9601 ac02")


@given(NUMBERS, st.lists(st.booleans(), max_size=30))
def test_every_column_comes_back(numbers: list[int], truths: list[bool]) -> None:
    plain = [abs(each) for each in numbers]
    pack = Packer().deltas("signed", numbers).plain("plain", plain).bits("truths", truths).packed(name="名前")
    head, columns = unpacked(pack)
    assert head["name"] == "名前"
    assert columns["signed"].tolist() == numbers
    assert columns["plain"].tolist() == plain
    assert columns["truths"].tolist() == [int(each) for each in truths]


def test_what_a_browser_could_not_hold_is_refused() -> None:
    with pytest.raises(InputError):
        Packer().plain("negative", [-1])
    with pytest.raises(InputError):
        Packer().deltas("large", [2**53])
