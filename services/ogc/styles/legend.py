"""The legend of a layer: what each mark means, and what the absence of a mark does not mean."""

from dataclasses import dataclass

from layers.model import Geometry, Layer, Text, Theme
from layers.patterns import UNKNOWN, Pattern, patterns_of
from services.ogc.rights import as_of, attribution, display_title
from services.ogc.source import Source
from services.ogc.styles.choices import StyleChoice

UNKNOWN_CLASS = Text("区分不明の区域", "Area of unknown class")
NO_DATA = Text("データなし／不明（安全を意味しません）", "No data / unknown (does not mean safe)")
OTHER = Text("その他", "Other")
NO_VALUE = Text("データなし", "No data")
AREAS = frozenset({Geometry.MULTIPOLYGON, Geometry.RASTER})
"""The geometries whose marks are areas."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a mark and its meaning.  ``color`` None: nothing is drawn; ``opacity`` None: the legend's."""

    label: str
    color: str | None
    width: float
    pattern: Pattern | None = None
    opacity: float | None = None


@dataclass(frozen=True, slots=True)
class Legend:
    """A legend in one language; ``notes`` say source and date."""

    title: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    geometry: Geometry
    opacity: float
    outline: str | None
    radius: float


def is_hazard(layer: Layer) -> bool:
    """Whether what is absent from a map of the layer must not be taken for safe."""
    return layer.theme is Theme.HAZARD


def legend(source: Source, choice: StyleChoice, language: str) -> Legend:
    """The legend of a layer in ``ja`` or ``en``."""
    layer, style = source.layer, source.layer.style
    patterns = patterns_of(layer)
    entries = [
        Entry(
            each.title.in_language(language),
            each.color,
            each.width or style.width,
            patterns.get(each.value),
            each.opacity,
        )
        for each in style.classes
    ]
    title = display_title(source).in_language(language)
    if style.ramp:  # heights in metres
        entries = [Entry(f"{value:g} m", color, style.width) for value, color in reversed(style.ramp)]
        entries.append(Entry(NO_VALUE.in_language(language), None, style.width))
    elif not entries:
        entries.append(Entry(layer.title.in_language(language), style.color, style.width))
    else:
        other = UNKNOWN_CLASS if layer.is_ranked else OTHER
        entries.append(Entry(other.in_language(language), style.color, style.width, UNKNOWN if patterns else None))
    if is_hazard(layer):
        entries.append(Entry(NO_DATA.in_language(language), None, style.width))
    if choice.value is not None:
        title = f"{title} — {choice.title.in_language(language)}"
    source_word, date_word = ("出典：", "データ時点：") if language == "ja" else ("Source: ", "As of: ")
    return Legend(
        title=title,
        entries=tuple(entries),
        notes=(source_word + attribution(source, language), date_word + as_of(source, language)),
        geometry=layer.geometry,
        opacity=style.opacity,
        outline=style.outline,
        radius=style.radius,
    )
