"""Ways as columns: which of them can be used at all, and what their tags say, as codes and numbers."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from geo.network.access import ACCESS_TAGS, Access, Mode, is_known, resolve
from geo.network.classes import HIGHWAY_CODE
from geo.network.model import Int8Array, Oneway, Ways, Words
from geo.network.records import Way
from geo.network.report import Findings
from geo.routing.graph import FloatArray

_RANGES: Mapping[str, tuple[float, float]] = {
    "width_m": (0.3, 100),
    "max_height_m": (0.5, 20),
    "max_width_m": (0.3, 20),
    "max_length_m": (1, 50),
    "max_weight_t": (0.1, 200),
    "maxspeed_kph": (1, 130),
    "lanes": (1, 20),
}
"""What is believed, both ends inclusive; as in ``layers.roads``."""

_ONEWAY = {
    **dict.fromkeys(("no", "false", "0"), Oneway.BOTH),
    **dict.fromkeys(("yes", "true", "1"), Oneway.ALONG),
    **dict.fromkeys(("-1", "reverse"), Oneway.AGAINST),
    "reversible": Oneway.REVERSIBLE,
    "alternating": Oneway.ALTERNATING,
}
_CIRCLES = ("roundabout", "circular")


def usable_ways(ways: Iterable[Way], seen: set[str], findings: Findings) -> list[Way]:
    """Those of a known class, with an id that is not among those ``seen``, which it is then, and a position for every
    node id; the others are reported.
    """
    usable: list[Way] = []
    for way in ways:
        points = len(way.node_ids)
        if way.highway not in HIGHWAY_CODE:
            findings.add("way-class-unknown", way.id, str(way.highway))
        elif way.id in seen:
            findings.add("way-repeated", way.id)
        elif not points == len(way.lon) == len(way.lat):
            findings.add("way-unaligned", way.id, f"{points} ids, {len(way.lon)} and {len(way.lat)} coordinates")
        else:
            seen.add(way.id)
            usable.append(way)
    return usable


def ways_of(ways: Sequence[Way], findings: Findings) -> Ways:
    """Columns of ways that are all usable."""
    return Ways(
        id=np.array([way.id for way in ways], np.str_),
        highway=np.array([HIGHWAY_CODE[way.highway] for way in ways], np.int8),
        name=_words(way.name for way in ways),
        name_english=_words(way.name_english for way in ways),
        ref=_words(way.ref for way in ways),
        oneway=np.array([_oneway(way, findings) for way in ways], np.int8),
        roundabout=np.array([way.junction in _CIRCLES for way in ways], np.bool_),
        lanes=np.nan_to_num(_numbers(ways, "lanes", findings)).astype(np.int8),
        width_m=_numbers(ways, "width_m", findings),
        max_height_m=_numbers(ways, "max_height_m", findings),
        max_width_m=_numbers(ways, "max_width_m", findings),
        max_length_m=_numbers(ways, "max_length_m", findings),
        max_weight_t=_numbers(ways, "max_weight_t", findings),
        maxspeed_kph=_numbers(ways, "maxspeed_kph", findings),
        bridge=np.array([bool(way.bridge) for way in ways], np.bool_),
        tunnel=np.array([bool(way.tunnel) for way in ways], np.bool_),
        toll=np.array([bool(way.toll) for way in ways], np.bool_),
        access=_access(ways, findings),
    )


def _oneway(way: Way, findings: Findings) -> Oneway:
    if way.oneway is not None:
        if way.oneway in _ONEWAY:
            return _ONEWAY[way.oneway]
        findings.add("oneway-unknown", way.id, way.oneway)
    # https://wiki.openstreetmap.org/wiki/Key:oneway: what these are without a word.
    return Oneway.ALONG if way.highway == "motorway" or way.junction in _CIRCLES else Oneway.BOTH


def _numbers(ways: Sequence[Way], field: str, findings: Findings) -> FloatArray:
    least, most = _RANGES[field]
    given = np.array([np.nan if (value := getattr(way, field)) is None else value for way in ways], np.float64)
    wrong = ~np.isnan(given) & ~((given >= least) & (given <= most))
    for row in np.flatnonzero(wrong).tolist():
        findings.add("value-out-of-range", ways[row].id, f"{field} = {given[row]:g}")
    return np.where(wrong, np.nan, given)


def _words(texts: Iterable[str | None]) -> Words:
    codes: dict[str, int] = {}
    code = [-1 if text is None else codes.setdefault(text, len(codes)) for text in texts]
    return Words(np.array(code, np.int32), np.array(list(codes), np.str_))


def _access(ways: Sequence[Way], findings: Findings) -> Int8Array:
    """Few combinations of tags exist, so each is resolved once."""
    names = sorted({name for tags in ACCESS_TAGS.values() for name in tags})
    known: dict[tuple[str | None, ...], tuple[Access, ...]] = {}
    rows = []
    for way in ways:
        values: tuple[str | None, ...] = tuple(getattr(way, name) for name in names)
        if values not in known:
            known[values] = resolve(dict(zip(names, values, strict=True)))
        rows.append(known[values])
        for name, value in zip(names, values, strict=True):
            if value is not None and not is_known(value):
                findings.add("access-unknown", way.id, f"{name} = {value}")
    return np.array(rows, np.int8).reshape(len(ways), len(Mode))
