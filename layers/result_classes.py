"""Classes by which results of analyses are told apart: in their files, as kept layers, on portable maps and in reports.

A legend goes from the best to the worst, or from the least to the most; then what is not known, what was left out, and
places of which nothing is to be said.  Its ranks are those without a pattern of their own, which they have in turn.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from layers.model import StyleClass, Text
from layers.patterns import PLAIN, UNKNOWN

CLASS = "result_class"
"""The column that says of which class a feature is."""
LEGEND = "legend"
"""The member of a file, and of a kept result's declaration, that holds the classes."""
FIFTHS = ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837")
"""From the least fifth to the greatest (ColorBrewer)."""
Legend = tuple[StyleClass, ...]


def rank(value: str, ja: str, en: str, colour: str) -> StyleClass:
    """A class in the order of the legend."""
    return StyleClass(value, Text(ja, en), colour)


def unknown(value: str, ja: str, en: str, colour: str) -> StyleClass:
    """A class of what is not known, with question marks."""
    return StyleClass(value, Text(ja, en), colour, pattern=UNKNOWN.id)


def aside(value: str, ja: str, en: str) -> StyleClass:
    """A class of places of which nothing is to be said: hardly to be seen."""
    return StyleClass(value, Text(ja, en), "#ececec", pattern=PLAIN.id, opacity=0.2)


EXCLUDED = unknown("excluded", "除外（計算していない）", "excluded (not computed)", "#bdbdbd")
EMPTY = aside("empty", "需要がない", "no demand")


def is_rank(entry: StyleClass) -> bool:
    """Whether a class has its place in the order of the legend."""
    return entry.pattern is None


def legend_as_json(legend: Iterable[StyleClass]) -> list[dict[str, Any]]:
    """As files and declarations of results hold it."""
    return [
        {
            "value": each.value,
            "title": {"ja": each.title.ja, "en": each.title.en},
            "color": each.color,
            "pattern": each.pattern,
            "opacity": each.opacity,
        }
        for each in legend
    ]


def legend_from_json(stored: Iterable[Mapping[str, Any]]) -> Legend:
    """The inverse of ``legend_as_json``."""
    return tuple(
        StyleClass(
            each["value"],
            Text(each["title"]["ja"], each["title"]["en"]),
            each["color"],
            pattern=each["pattern"],
            opacity=each["opacity"],
        )
        for each in stored
    )
