"""Records of ways gathered into columns, some at a time: a country of them at once would take many times the memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.network.columns import usable_ways, ways_of
from geo.network.model import Ways, Words
from geo.network.records import Way
from geo.network.report import BuildFinding, Findings
from geo.routing.graph import FloatArray, Int64Array

_AT_ONCE = 20_000


@dataclass(frozen=True, eq=False)
class Lines:
    """The points of ways, way by way.

    points:
        ``(ways,)`` how many each has.
    node:
        ``(points,)`` their ids in UTF-8, which is in the order of the texts and takes a quarter of the memory.
    lon, lat:
        ``(points,)`` EPSG:6668, degrees; NaN where there is no position.
    """

    points: Int64Array
    node: npt.NDArray[np.bytes_]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True, eq=False)
class Gathered:
    """Ways that can be used, as columns, and what was wrong with these and the others."""

    ways: Ways
    lines: Lines
    findings: tuple[BuildFinding, ...]

    def __len__(self) -> int:
        return len(self.ways)


def gathered(ways: Iterable[Way]) -> Gathered:
    """The columns of records, which are let go of some at a time."""
    findings = Findings()
    parts = list(_parts(ways, findings))
    columns: dict[str, Any] = {}
    for field in fields(Ways):
        each = [getattr(part, field.name) for part, _ in parts]
        columns[field.name] = _joined(each) if isinstance(each[0], Words) else np.concatenate(each)
    lines = Lines(*(np.concatenate([getattr(part, field.name) for _, part in parts]) for field in fields(Lines)))
    return Gathered(Ways(**columns), lines, findings.all())


def _parts(ways: Iterable[Way], findings: Findings) -> Iterator[tuple[Ways, Lines]]:
    """One at least."""
    left, seen = iter(ways), set[str]()
    some = list(islice(left, _AT_ONCE))
    while True:
        usable = usable_ways(some, seen, findings)
        yield ways_of(usable, findings), _lines(usable)
        some = list(islice(left, _AT_ONCE))
        if not some:
            return


def _lines(ways: Sequence[Way]) -> Lines:
    points = np.array([len(way.node_ids) for way in ways], np.int64)
    node = np.array([name.encode() for way in ways for name in way.node_ids], np.bytes_)
    lon, lat = (
        np.fromiter(chain.from_iterable(each), np.float64, len(node))
        for each in ((way.lon for way in ways), (way.lat for way in ways))
    )
    return Lines(points, node, lon, lat)


def _joined(parts: Sequence[Words]) -> Words:
    """One column of texts, coded in the order in which they are met."""
    codes: dict[str, int] = {}
    code = []
    for part in parts:
        number = np.array([codes.setdefault(text, len(codes)) for text in part.known.tolist()], np.int32)
        code.append(np.append(number, np.int32(-1))[part.code])
    return Words(np.concatenate(code), np.array(list(codes), np.str_))
