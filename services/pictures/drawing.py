"""A picture of what is around a place, as SVG: small, sharp on paper, its letters those of the reader's device.

It is never empty where something is unknown: what is not drawn is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from math import log10

import shapely
from shapely.geometry.base import BaseGeometry

from layers.model import Geometry, Layer, StyleClass, Text
from layers.patterns import UNKNOWN, patterns_of
from services.ogc.analysis.layers import Feature
from services.ogc.rights import credit_of
from services.ogc.styles.legend_layout import FONT_FAMILY, INK, PAPER, estimated
from services.ogc.styles.legend_svg import hatching
from services.pictures.surroundings import Reached, Surroundings
from web_map.ruby import without_ruby
from web_map.texts import texts

WIDTH, HEIGHT = 480, 340
SHAPE = WIDTH / HEIGHT
"""How many times as wide as high the map is; under it stand the sources."""
_FINE = 4  # so many steps to a pixel: whole numbers are short
_GROUND = "#f4f2ec"
_WAY, _SITE, _HERE = "#0b57d0", "#1a7f37", "#a3161f"
_MOST_NAMES = 14
_SMALL, _LETTER = 8.0, 11.0
_SAID, _ROW = 10.0, 13.5
_NARROW_PX, _FAR_M = 0.9, 900.0


def picture(around: Surroundings, language: str) -> str:
    """The document."""
    return _Picture(around, language).svg()


class _Picture:
    def __init__(self, around: Surroundings, language: str) -> None:
        self._around = around
        self._language = language
        self._words = texts(language)
        self._frame = around.frame
        self._patterns = patterns_of(around.hazard)

    def _say(self, key: str, **values: object) -> str:
        text = without_ruby(self._words[key])
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def _in(self, text: Text) -> str:
        return without_ruby(text.in_language(self._language))

    def svg(self) -> str:
        around = self._around
        title = self._in(around.hazard.title)
        credits_ = _wrapped(self._say("around.sources", names=" / ".join(self._credits())), WIDTH - 8, _SMALL)
        said = self._said(title)
        top = 5 + _ROW * len(said)
        height = top + HEIGHT + 6 + _SMALL * 1.35 * len(credits_)
        used = sorted({each for each in self._patterns.values() if each.segments}, key=lambda each: each.id)
        parts = [
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_GROUND}"/>',
            *self._ground(Geometry.MULTIPOLYGON),
            *self._areas(),
            *self._lines(),
            *([] if around.is_known else [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#{UNKNOWN.id})"/>']),
            *self._names(),
            *self._ways(),
            *self._marks(),
            *self._scale(),
        ]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * 2}" height="{height * 2:g}" '
            f'viewBox="0 0 {WIDTH} {height:g}" role="img" lang="{self._language}" font-family="{FONT_FAMILY}">'
            f"<title>{escape(self._say('around.picture_title', hazard=title))}</title>"
            f"<desc>{escape(self._described(title))}</desc>"
            f'<defs><clipPath id="seen"><rect width="{WIDTH}" height="{HEIGHT}"/></clipPath>'
            f"{''.join(map(hatching, [*used, UNKNOWN]))}</defs>"
            f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(said)}<g transform="translate(0 {top:g})">'
            f'<g clip-path="url(#seen)">{"".join(parts)}</g>'
            f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" fill="none" stroke="{INK}"/>'
            f"{''.join(_text(4, HEIGHT + 4 + _SMALL * 1.35 * n + 5, line, _SMALL) for n, line in enumerate(credits_))}"
            "</g></svg>"
        )

    # --- what is drawn ------------------------------------------------------------------------------------------

    def _ground(self, geometry: Geometry) -> Iterator[str]:
        for layer, features in self._around.ground:
            if layer.geometry is geometry:
                yield from self._filled(layer, features)

    def _areas(self) -> Iterator[str]:
        yield from self._filled(self._around.hazard, self._around.areas)

    def _filled(self, layer: Layer, features: Sequence[Feature]) -> Iterator[str]:
        style = layer.style
        for entry, members in _by_class(layer, features):
            path = "".join(self._path(each.geometry) for each in members if each.geometry is not None)
            color = style.color if entry is None else entry.color
            edge = f'stroke="{style.outline or INK}" stroke-width="{style.width * _FINE:g}"'
            yield _fine(
                f'<path d="{path}" fill="{color}" fill-opacity="{style.opacity:g}" fill-rule="evenodd" {edge}/>'
            )
            pattern = None if entry is None else self._patterns.get(entry.value)
            if layer is self._around.hazard and pattern is not None and pattern.segments:
                # Not in fine steps: the pattern has the size that it has in the legend.
                yield (
                    f'<g clip-path="url(#c-{pattern.id})"><rect width="{WIDTH}" height="{HEIGHT}" '
                    f'fill="url(#{pattern.id})"/></g>'
                    f'<clipPath id="c-{pattern.id}"><path transform="scale({1 / _FINE})" d="{path}" '
                    'clip-rule="evenodd"/></clipPath>'
                )

    def _lines(self) -> Iterator[str]:
        is_far = self._frame.half_width_m > _FAR_M
        for layer, features in self._around.ground:
            if layer.geometry is Geometry.MULTIPOLYGON:
                continue
            for entry, members in _by_class(layer, features):
                width = layer.style.width if entry is None or entry.width is None else entry.width
                if is_far and layer.style.by is not None and width < _NARROW_PX:
                    continue
                color = layer.style.color if entry is None else entry.color
                path = "".join(self._path(each.geometry) for each in members if each.geometry is not None)
                yield _fine(
                    f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width * _FINE * 1.1:g}" '
                    'stroke-linejoin="round"/>'
                )

    def _ways(self) -> Iterator[str]:
        for site in self._around.sites:
            if site.way:
                path = self._path(shapely.LineString(site.way))
                yield _fine(
                    f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="24" stroke-linejoin="round"/>'
                    f'<path d="{path}" fill="none" stroke="{_WAY}" stroke-width="14" stroke-linejoin="round"/>'
                )

    def _marks(self) -> Iterator[str]:
        here = self._at(*self._around.here)
        if self._around.error_m:
            radius = self._around.error_m / self._metres_px
            yield (
                f'<circle cx="{here[0]:.1f}" cy="{here[1]:.1f}" r="{radius:.1f}" fill="none" stroke="{_HERE}" '
                'stroke-width="1.5" stroke-dasharray="4 3"/>'
            )
        for number, site in enumerate(self._around.sites, 1):
            x, y = self._at(*site.at)
            yield (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{_SITE}" stroke="{PAPER}" stroke-width="2"/>'
                + _text(x, y + 4, str(number), 11, 'fill="#fff" font-weight="bold" text-anchor="middle"')
                + self._beside(x, y, site)
            )
        x, y = here
        yield (
            f'<path d="M{x:.1f} {y:.1f}l-8-14a9 9 0 1 1 16 0z" fill="{_HERE}" stroke="{PAPER}" stroke-width="1.5"/>'
            f'<circle cx="{x:.1f}" cy="{y - 18:.1f}" r="3.5" fill="{PAPER}"/>'
        )

    def _beside(self, x: float, y: float, site: Reached) -> str:
        is_right = x > WIDTH * 0.6
        return _haloed(x - 12 if is_right else x + 12, y + 4, site.name, _LETTER, "end" if is_right else "start")

    def _names(self) -> Iterator[str]:
        """Names of towns where they are not in each other's way, nor in that of sites."""
        taken = [self._at(*each) for each in (self._around.here, *(site.at for site in self._around.sites))]
        shown = 0
        for name, east, north in self._around.names:
            x, y = self._at(east, north)
            is_inside = 30 < x < WIDTH - 30 and 14 < y < HEIGHT - 30
            if is_inside and all(abs(x - a) > 74 or abs(y - b) > 20 for a, b in taken) and shown < _MOST_NAMES:
                taken.append((x, y))
                shown += 1
                yield _haloed(x, y, name, 9.5, "middle", "#4a5663")

    def _scale(self) -> Iterator[str]:
        length_m = _round_down(self._frame.half_width_m / 2)
        length = length_m / self._metres_px
        yield (
            f'<path d="M{WIDTH - 12 - length:.1f} {HEIGHT - 14}v5h{length:.1f}v-5" fill="none" stroke="{PAPER}" '
            f'stroke-width="4"/><path d="M{WIDTH - 12 - length:.1f} {HEIGHT - 14}v5h{length:.1f}v-5" fill="none" '
            f'stroke="{INK}" stroke-width="1.5"/>'
        )
        yield _haloed(WIDTH - 12, HEIGHT - 17, f"{length_m:,.0f} m", 9.5, "end")
        yield _haloed(WIDTH - 14, 16, f"{self._say('around.north')}▲", 10, "end")

    def _said(self, title: str) -> list[str]:
        """What is shown, and what the absence of a colour does not mean: over the map, so that nothing is hidden."""
        if not self._around.is_known:
            said = self._say("around.unknown", hazard=title)
        elif self._around.areas:
            said = self._say("page.no_colour_is_not_safe")
        else:
            said = self._say("around.nothing", hazard=title)
        lines = [title, *_wrapped(said, WIDTH - 8, _SAID)]
        return [
            _text(4, 1 + _ROW * number, line, _SAID, 'font-weight="bold"' if number == 1 else "")
            for number, line in enumerate(lines, 1)
        ]

    def _described(self, title: str) -> str:
        here = [self._say("around.here")]
        sites = [
            f"{number}. {site.name}"
            + ("" if site.minutes is None else f" ({self._say('card.walk_minutes', minutes=site.minutes)})")
            for number, site in enumerate(self._around.sites, 1)
        ]
        return self._say("client.list_separator").join([title, *here, *sites])

    def _credits(self) -> Iterable[str]:
        found = {layer.id: layer for layer, features in self._around.ground if features}
        found[self._around.hazard.id] = self._around.hazard
        named: dict[str, None] = {}
        for layer_id, layer in found.items():
            state = self._around.states.get(layer_id)
            if state is None:
                continue
            is_fictitious = f" ({self._say('page.fictitious_short')})" if state.fictitious else ""
            for dataset in state.datasets:
                date = "" if dataset.as_of is None else f" {dataset.as_of:%Y-%m-%d}"
                said = credit_of(layer, dataset, self._language) + is_fictitious
                named[said + date if layer is self._around.hazard else said] = None
        return named

    # --- where it is drawn --------------------------------------------------------------------------------------

    @property
    def _metres_px(self) -> float:
        return 2 * self._frame.half_width_m / WIDTH

    def _at(self, east: float, north: float) -> tuple[float, float]:
        frame = self._frame
        return (
            (east - frame.east + frame.half_width_m) / self._metres_px,
            (frame.north + frame.half_height_m - north) / self._metres_px,
        )

    def _path(self, geometry: BaseGeometry) -> str:
        """Its lines and outlines in fine steps; what is neither is left out."""
        return "".join(
            _steps(
                [self._at(x, y) for x, y in shapely.get_coordinates(ring)], closed=isinstance(ring, shapely.LinearRing)
            )
            for part in shapely.get_parts(geometry)
            for ring in _rings(part)
        )


def _rings(part: BaseGeometry) -> list[BaseGeometry]:
    if isinstance(part, shapely.Polygon):
        return [part.exterior, *part.interiors]
    return [part] if isinstance(part, shapely.LineString) else []


def _steps(points: Sequence[tuple[float, float]], *, closed: bool) -> str:
    whole = [(round(x * _FINE), round(y * _FINE)) for x, y in points]
    moves = [(x - a, y - b) for (a, b), (x, y) in pairwise(whole)]
    moves = [each for each in moves if each != (0, 0)]
    if not moves:
        return ""
    return f"M{whole[0][0]} {whole[0][1]}l" + " ".join(f"{x} {y}" for x, y in moves) + ("z" if closed else "")


def _by_class(layer: Layer, features: Sequence[Feature]) -> list[tuple[StyleClass | None, list[Feature]]]:
    """The features of each class that is there, in the order of the legend; None: of no class."""
    style = layer.style
    known: dict[object, StyleClass] = {entry.value: entry for entry in style.classes}
    found: dict[StyleClass | None, list[Feature]] = defaultdict(list)
    for each in features:
        found[known.get(each.properties.get(style.by)) if style.by is not None else None].append(each)
    order: list[StyleClass | None] = [None, *style.classes]
    return [(entry, found[entry]) for entry in order if entry in found]


def _fine(drawn: str) -> str:
    return f'<g transform="scale({1 / _FINE})">{drawn}</g>'


def _text(x: float, y: float, text: str, size: float, more: str = "") -> str:
    fill = "" if "fill=" in more else f' fill="{INK}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{fill} {more}>{escape(text)}</text>'


def _haloed(x: float, y: float, text: str, size: float, anchor: str, color: str = INK) -> str:
    return _text(
        x,
        y,
        text,
        size,
        f'fill="{color}" stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke" '
        f'text-anchor="{anchor}"',
    )


def _wrapped(text: str, width: float, size: float) -> list[str]:
    """The text in lines; between letters where it has no blanks, as Japanese has."""
    lines, line = [], ""
    for word in _words(text):
        if line and estimated(line + word, size) > width:
            lines.append(line)
            line = word.lstrip()
        else:
            line += word
    return [*lines, line]


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if word and (letter == " " or ord(letter) > 0x2E7F):
            yield word
            word = ""
        word += letter
    yield word


def _round_down(length_m: float) -> float:
    """1, 2 or 5 times a power of ten."""
    unit = 10.0 ** int(log10(length_m))
    return max(step * unit for step in (1.0, 2.0, 5.0) if step * unit <= length_m)
