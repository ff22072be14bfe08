"""Inundation depth: what published texts mean, the official ranks, and what water does to traffic.

Depth classes are published as text that differs by prefecture and layer (``0.3m以上 ～ 1m未満``, ``1.0～2.0m``,
``20.0m以上``); ``parse_depth`` makes all of them one interval in metres.  Decisions on safety take the upper bound of
an interval, and say so.
"""

import re
import unicodedata
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class DepthInterval:
    """Depths from ``lower_m`` (inclusive) to ``upper_m`` (exclusive; None: without limit), in metres."""

    lower_m: float
    upper_m: float | None

    def __post_init__(self) -> None:
        if not (isfinite(self.lower_m) and self.lower_m >= 0):
            raise InputError(f"A depth cannot begin at {self.lower_m} m.")
        if self.upper_m is not None and not (isfinite(self.upper_m) and self.upper_m > self.lower_m):
            raise InputError(f"A depth interval cannot go from {self.lower_m} m to {self.upper_m} m.")

    def __contains__(self, depth_m: float) -> bool:
        return self.lower_m <= depth_m and (self.upper_m is None or depth_m < self.upper_m)


class Rank(NamedTuple):
    """One official class: ``lower`` inclusive, ``upper`` exclusive (None: open), in the unit of its table."""

    value: int
    lower: float
    upper: float | None
    color: str
    ja: str
    en: str


# Classes and colours: 洪水浸水想定区域図作成マニュアル（第4版）, 水害ハザードマップ作成の手引き.  The values 1-6 are
# also the codes of 国土数値情報 A31 (A31a_x05, A31b_x01), with the same intervals.
DEPTH_RANKS_6 = (
    Rank(1, 0, 0.5, "#f7f5a9", "0.5m未満", "under 0.5 m"),
    Rank(2, 0.5, 3, "#ffd8c0", "0.5m以上3m未満", "0.5 to 3 m"),
    Rank(3, 3, 5, "#ffb7b7", "3m以上5m未満", "3 to 5 m"),
    Rank(4, 5, 10, "#ff9191", "5m以上10m未満", "5 to 10 m"),
    Rank(5, 10, 20, "#f285c9", "10m以上20m未満", "10 to 20 m"),
    Rank(6, 20, None, "#dc7adc", "20m以上", "20 m or more"),
)
"""Depth in metres, six ranks."""

DEPTH_RANKS_8 = (
    Rank(1, 0, 0.3, "#ffffb3", "0.3m未満", "under 0.3 m"),
    Rank(2, 0.3, 0.5, "#f7f5a9", "0.3m以上0.5m未満", "0.3 to 0.5 m"),
    Rank(3, 0.5, 1, "#f8e1a6", "0.5m以上1m未満", "0.5 to 1 m"),
    Rank(4, 1, 3, "#ffd8c0", "1m以上3m未満", "1 to 3 m"),
    Rank(5, 3, 5, "#ffb7b7", "3m以上5m未満", "3 to 5 m"),
    Rank(6, 5, 10, "#ff9191", "5m以上10m未満", "5 to 10 m"),
    Rank(7, 10, 20, "#f285c9", "10m以上20m未満", "10 to 20 m"),
    Rank(8, 20, None, "#dc7adc", "20m以上", "20 m or more"),
)
"""Depth in metres, eight ranks (storm surge, tsunami, inland flood, and flood in detail)."""

DURATION_RANKS = (
    Rank(1, 0, 12, "#a0d2ff", "12時間未満", "under 12 hours"),
    Rank(2, 12, 24, "#0041ff", "12時間以上1日未満", "12 hours to 1 day"),
    Rank(3, 24, 72, "#faf500", "1日以上3日未満", "1 to 3 days"),
    Rank(4, 72, 168, "#ff9900", "3日以上1週間未満", "3 days to 1 week"),
    Rank(5, 168, 336, "#ff2800", "1週間以上2週間未満", "1 to 2 weeks"),
    Rank(6, 336, 672, "#b40068", "2週間以上4週間未満", "2 to 4 weeks"),
    Rank(7, 672, None, "#600060", "4週間以上", "4 weeks or more"),
)
"""Duration of inundation (浸水継続時間) in hours; codes and intervals of 国土数値情報 A31."""

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_UNIT = r"(m|cm)?"
_BOUND = rf"{_NUMBER}{_UNIT}"
_AT_LEAST = r"(?:以上|より大きい|を超える|超)"
_LESS = r"(?:未満|より小さい|以下)"
_RANGE = re.compile(rf"{_BOUND}{_AT_LEAST}?~?{_BOUND}{_LESS}?")
_DIVIDED = re.compile(rf"~|{_AT_LEAST}")
_FROM = re.compile(rf"{_BOUND}(?:{_AT_LEAST}~?|~)")
_TO = re.compile(rf"~?{_BOUND}{_LESS}|~{_BOUND}")
_DASHES = re.compile("[-‐‑‒–—―−ー〜~]")
_PREFIX = re.compile(r"^(?:想定|最大|計画)*(?:浸水|水|湛水)?深?[::]?")
_SUFFIX = re.compile(r"(?:の?(?:区域|範囲|浸水|エリア))+$|\([^)]*\)$")


def parse_depth(text: str) -> DepthInterval:
    """The interval that a published depth text means.

    Full and half width, ``～`` and every dash, metres and centimetres, 以上/未満 or a bare range are understood.
    以下 counts as 未満 and 超 as 以上: the classes differ by a single depth.  A bound without a unit takes the
    unit of the other, else metres.

    >>> parse_depth("0.3m以上 ～ 1m未満")
    DepthInterval(lower_m=0.3, upper_m=1.0)
    >>> parse_depth("２０．０ｍ以上")
    DepthInterval(lower_m=20.0, upper_m=None)

    Raises
    ------
    InputError
        If the text states no interval: an unknown depth stays unknown.
    """
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    folded = folded.replace("センチメートル", "cm").replace("センチ", "cm").replace("メートル", "m")
    folded = _PREFIX.sub("", _SUFFIX.sub("", folded))
    if folded.startswith(("-", "−")):
        raise InputError(f"{text!r} begins below zero: that is no depth.")
    folded = _DASHES.sub("~", folded)
    if matched := _FROM.fullmatch(folded):
        return DepthInterval(_metres(matched[1], matched[2]), None)
    if matched := _TO.fullmatch(folded):
        number, unit = (matched[1], matched[2]) if matched[1] else (matched[3], matched[4])
        return DepthInterval(0.0, _metres(number, unit))
    if (matched := _RANGE.fullmatch(folded)) and _DIVIDED.search(folded):
        lower_unit, upper_unit = matched[2] or matched[4], matched[4] or matched[2]
        lower, upper = _metres(matched[1], lower_unit), _metres(matched[3], upper_unit)
        if lower < upper:
            return DepthInterval(lower, upper)
    raise InputError(f"{text!r} states no interval of depth.")


def _metres(number: str, unit: str | None) -> float:
    return float(number) / 100 if unit == "cm" else float(number)


def flood_rank(depth: float | DepthInterval, ranks: tuple[Rank, ...] = DEPTH_RANKS_6) -> int | None:
    """The rank a depth (metres) falls into; of an interval, the highest rank it reaches into.

    The highest, because a class that straddles two ranks must not be shown as the lower one.  Zero and NaN are in
    no rank: None, which means "no depth is known", never "safe".

    >>> flood_rank(0.5), flood_rank(DepthInterval(0.3, 1.0))
    (2, 2)

    Raises
    ------
    InputError
        If the depth is negative.
    """
    if isinstance(depth, DepthInterval):
        for rank in reversed(ranks):
            if depth.upper_m is None or depth.upper_m > rank.lower:
                return rank.value
        return None
    if depth < 0:
        raise InputError(f"A depth of {depth} m does not exist.")
    if depth == 0:
        return None
    for rank in ranks:
        if rank.lower <= depth and (rank.upper is None or depth < rank.upper):
            return rank.value
    return None


class SpeedCurve(NamedTuple):
    """Speed in km/h over water depth w in mm, v = a w2 + b w + c, 0 from ``closed_at_mm`` on.

    The parabolas of Pregnolato, Ford, Wilkinson & Dawson (2017), The impact of flooding on road transport,
    doi:10.1016/j.trd.2017.06.020.  A parabola turns up behind its vertex and the central one is still at 2 km/h at
    300 mm: it is cut there, where the engine of a car stops.
    """

    a: float
    b: float
    c: float
    closed_at_mm: float


CENTRAL = SpeedCurve(0.0009, -0.5529, 86.9448, 300.0)
SLOW_DECLINE = SpeedCurve(0.0002415, -0.2898, 86.94, 300.0)  # the authors' "conservative"; vertex at 600 mm
STEEP_DECLINE = SpeedCurve(0.003864, -1.1592, 86.94, 150.0)  # the authors' "aggressive"; vertex at 150 mm


def flooded_speed_kph(
    depth_mm: npt.ArrayLike, free_speed_kph: npt.ArrayLike = np.inf, curve: SpeedCurve = CENTRAL
) -> npt.NDArray[np.float64]:
    """The speed a car can keep in standing water, never above its free speed, in km/h.

    >>> float(flooded_speed_kph(0)), float(flooded_speed_kph(300)), float(flooded_speed_kph(0, 40))
    (86.9448, 0.0, 40.0)

    Parameters
    ----------
    depth_mm, free_speed_kph:
        Scalars or arrays that broadcast.  A depth of NaN (unknown) gives NaN, not the free speed.

    Raises
    ------
    InputError
        If a depth or a free speed is negative.
    """
    depth = np.asarray(depth_mm, dtype=np.float64)
    free = np.asarray(free_speed_kph, dtype=np.float64)
    if (depth < 0).any() or (free < 0).any():
        raise InputError("Depths and speeds are not negative.")
    # Beyond the closing depth the parabola is not evaluated: infinity would give NaN.
    shallow = np.where(depth >= curve.closed_at_mm, curve.closed_at_mm, depth)
    speed = np.maximum(0.0, curve.a * shallow**2 + curve.b * shallow + curve.c)
    speed = np.where(depth >= curve.closed_at_mm, 0.0, speed)
    return np.asarray(np.minimum(speed, free), dtype=np.float64)
