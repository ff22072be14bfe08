"""Columns of whole numbers in few bytes, with what is to be known of them in front: read by ``bytes.mjs``.

A pack is the length of a JSON object (four bytes, the least first), the object, and the columns behind one another.
The object has ``columns``, by name how many values there are and how many bytes they take, and whatever was given.
"""

import json
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from geo.errors import InputError

_SEVEN = 7
_MOST = 1 << 53
"""JavaScript's numbers are exact below."""


class Packer:
    """Takes columns one by one; ``packed`` gives the bytes."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, Any]] = {}
        self._parts: list[bytes] = []

    def plain(self, name: str, values: npt.ArrayLike) -> Self:
        """Numbers of 0 or more.

        Raises
        ------
        InputError
            If a number is negative, or too large for a browser.
        """
        column = _whole(values)
        if np.any(column < 0):
            raise InputError(f"The column {name} has numbers below 0.")
        return self._put(name, "plain", len(column), varints(column))

    def deltas(self, name: str, values: npt.ArrayLike) -> Self:
        """Numbers of any sign of which each is near to the one before it."""
        steps = np.diff(_whole(values), prepend=0)
        return self._put(name, "deltas", len(steps), varints((steps << 1) ^ (steps >> 63)))

    def bits(self, name: str, values: npt.ArrayLike) -> Self:
        """Truth values, eight in a byte, the first in the lowest bit."""
        mask = np.asarray(values, np.bool_)
        return self._put(name, "bits", len(mask), np.packbits(mask, bitorder="little").tobytes())

    def packed(self, **beside: Any) -> bytes:
        """All of it; ``beside`` is JSON-able."""
        head = json.dumps({"columns": self._columns, **beside}, ensure_ascii=False, separators=(",", ":")).encode()
        return b"".join([len(head).to_bytes(4, "little"), head, *self._parts])

    def _put(self, name: str, kind: str, count: int, body: bytes) -> Self:
        self._columns[name] = {"kind": kind, "count": count, "bytes": len(body)}
        self._parts.append(body)
        return self


def varints(values: npt.NDArray[np.int64]) -> bytes:
    """Seven bits in a byte, the lowest first; the highest bit of a byte says that there are more."""
    if not len(values):
        return b""
    size = np.ones(len(values), np.int64)
    rest = values >> _SEVEN
    while np.any(rest):
        size += rest > 0
        rest = rest >> _SEVEN
    first = np.concatenate([[0], np.cumsum(size)])
    found = np.zeros(first[-1], np.uint8)
    for place in range(int(size.max())):
        here = size > place
        more = (size > place + 1)[here]
        found[first[:-1][here] + place] = ((values[here] >> (_SEVEN * place)) & 0x7F) | (more << _SEVEN)
    return found.tobytes()


def _whole(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    column = np.asarray(values, np.int64)
    if np.any(np.abs(column) >= _MOST):
        raise InputError("A number is too large for a browser.")
    return column


def unpacked(pack: bytes) -> tuple[Mapping[str, Any], dict[str, npt.NDArray[np.int64]]]:
    """The object in front and the columns, as a reader finds them."""
    behind = 4 + int.from_bytes(pack[:4], "little")
    head = json.loads(pack[4:behind])
    found = {}
    for name, column in head["columns"].items():
        body = np.frombuffer(pack[behind : behind + column["bytes"]], np.uint8)
        behind += column["bytes"]
        found[name] = _read(column["kind"], body, column["count"])
    return head, found


def _read(kind: str, body: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.int64]:
    if kind == "bits":
        return np.unpackbits(body, count=count, bitorder="little").astype(np.int64)
    ends = np.flatnonzero(body < 0x80) + 1
    begins = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    found = np.zeros(count, np.int64)
    for place in range(int((ends - begins).max(initial=0))):
        here = ends - begins > place
        found[here] |= (body[begins[here] + place].astype(np.int64) & 0x7F) << (_SEVEN * place)
    return found if kind == "plain" else np.cumsum((found >> 1) ^ -(found & 1))
