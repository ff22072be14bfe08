"""From the neutral style of a layer to the layers that MapLibre draws: the one derivation, for pages and clients.

The features come from vector tiles: one source-layer with the layer's id, whose features carry the field of
``style.by``, the one of ``style.one_of`` and the title field.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from layers.model import Geometry, Layer, StyleClass, Text
from layers.patterns import UNKNOWN, image_name, patterns_of

MapLayer = dict[str, Any]
"""One layer of the MapLibre style specification (version 8)."""

FONTS = ("Hiragino Sans", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "Noto Sans JP")
"""Fonts of the devices: MapLibre draws the glyphs itself where a style names no glyph server."""
_LABEL_ZOOM = {Geometry.POINT: 15, Geometry.LINE: 14, Geometry.MULTILINE: 14, Geometry.MULTIPOLYGON: 15}
_ARE_POINTS = ["match", ["geometry-type"], ["Point", "MultiPoint"], True, False]
_ARE_AREAS = ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], True, False]
_CLASS_LABEL_ZOOM = 13
_INK = "#1d2733"
_DARKEN = 0.45
_WIDTH_STOPS = ((10, 0.35), (14, 1), (18, 3.2))

# From the ground up: areas under lines under points under labels.
_ORDER = ("background", "raster", "fill", "line", "circle", "symbol")


def map_layers(
    layer: Layer, source: str, say: Callable[[Text], Any], *, title_field: str | None, choice: str | None = None
) -> list[MapLayer]:
    """The layers that draw one layer of the city, from the ground up; none for what has no features with places.

    Parameters
    ----------
    source:
        Name of the vector source.
    say:
        What stands for a text: in one language, or in all.
    title_field:
        Field of the labels; None where it may not be shown.
    choice:
        Of a layer with ``style.one_of``: the value shown; its first where not given.
    """
    if layer.geometry in (Geometry.NONE, Geometry.RASTER):
        return []
    drawn = _marks(layer)
    if (label := _label(layer, say, title_field)) is not None:
        drawn.append(label)
    shown = choice or first_choice(layer)
    for each in drawn:
        each["source"], each["source-layer"] = source, layer.id
        each["minzoom"] = max(layer.style.min_zoom, each.get("minzoom", 0))
        if shown is not None:
            is_shown = ["==", ["to-string", ["get", layer.style.one_of]], shown]
            each["filter"] = ["all", each["filter"], is_shown] if "filter" in each else is_shown
    return drawn


def with_patterns(layer: Layer, drawn: list[MapLayer]) -> list[MapLayer]:
    """The layers of one layer of the city with the patterns of its classes upon their colours, and that of none."""
    patterns = patterns_of(layer)
    cases = [
        part
        for entry in layer.style.classes
        if entry.value in patterns and patterns[entry.value].segments
        for part in (class_text(entry), image_name(patterns[entry.value]))
    ]
    if not cases or not drawn or drawn[0]["type"] != "fill":
        return drawn
    fill = drawn[0]
    by = ["to-string", ["get", layer.style.by]]
    plain = [text for text in map(class_text, layer.style.classes) if text not in cases[::2]]
    pattern_layer: MapLayer = {
        **{key: value for key, value in fill.items() if key != "paint"},
        "id": f"{fill['id']}:pattern",
        "paint": {"fill-pattern": ["match", by, *cases, image_name(UNKNOWN)], "fill-opacity": 0.5},
    }
    if plain:
        is_hatched = ["match", by, plain, False, True]
        pattern_layer["filter"] = ["all", is_hatched, fill["filter"]] if "filter" in fill else is_hatched
    return [fill, pattern_layer, *drawn[1:]]


def repainted(before: Iterable[MapLayer], after: Iterable[MapLayer]) -> dict[str, dict[str, Any]]:
    """By layer, the paint properties in which the same layers in other colours differ."""
    found = {}
    for one, other in zip(before, after, strict=True):
        paint = {name: value for name, value in other["paint"].items() if one["paint"].get(name) != value}
        if paint:
            found[one["id"]] = paint
    return found


def stacked(per_layer: Iterable[list[MapLayer]]) -> list[MapLayer]:
    """The layers of several layers of the city, given with the topmost first, in drawing order."""
    flat = [each for drawn in reversed(list(per_layer)) for each in drawn]
    return sorted(flat, key=_rank)  # stable: the order within one kind stays


def first_choice(layer: Layer) -> str | None:
    """The value of ``style.one_of`` that is shown at first; None for a layer without."""
    if layer.style.one_of is None:
        return None
    codes = layer.by_name[layer.style.one_of].codes
    return None if codes is None else str(codes.codes[0].value)


def _rank(drawn: Mapping[str, Any]) -> int:
    # The outline of an area lies on its area, not above all lines.
    return _ORDER.index("fill" if drawn["id"].endswith(":outline") else drawn["type"])


def _marks(layer: Layer) -> list[MapLayer]:
    if layer.geometry is Geometry.POINT:
        return [_circle(layer, layer.id)]
    if layer.geometry in (Geometry.LINE, Geometry.MULTILINE):
        return _lines(layer)
    if layer.geometry is Geometry.ANY:
        # A fill would close lines, and circles would stand at every vertex; lines are the edges of areas too.
        fill, _ = _areas(layer, f"{layer.id}:area")
        return [
            {**fill, "filter": _ARE_AREAS},
            *_lines(layer),
            {**_circle(layer, f"{layer.id}:point"), "filter": _ARE_POINTS},
        ]
    return _areas(layer, layer.id)


def _circle(layer: Layer, name: str) -> MapLayer:
    style = layer.style
    paint = {
        "circle-color": _by_class(layer, lambda color: color),
        "circle-radius": _scaled(style.radius, (10, 0.5), (14, 1), (18, 1.7)),
        "circle-opacity": style.opacity,
        "circle-stroke-color": style.outline or "#ffffff",
        "circle-stroke-width": _scaled(1.5, (10, 0.4), (14, 1), (18, 1.3)),
        "circle-stroke-opacity": style.opacity,
    }
    return {"id": name, "type": "circle", "paint": paint}


def _lines(layer: Layer) -> list[MapLayer]:
    style = layer.style
    line = _line(layer.id, _by_class(layer, lambda color: color), _widths(layer, 0), style.opacity)
    if style.outline is None:
        return [line]
    return [_line(f"{layer.id}:casing", style.outline, _widths(layer, 2), style.opacity), line]


def _areas(layer: Layer, name: str) -> list[MapLayer]:
    """The fill, and its edge."""
    style = layer.style
    own = any(entry.opacity is not None for entry in style.classes)
    fill = {
        "fill-color": _by_class(layer, lambda color: color),
        "fill-opacity": _matched(layer, lambda entry: entry.opacity or style.opacity, style.opacity)
        if own
        else style.opacity,
        "fill-antialias": False,
    }
    outline = {
        # Neighbouring official colours are hard to tell apart; a darker edge of the same hue helps.
        "line-color": style.outline or _by_class(layer, _darker),
        "line-width": _scaled(min(style.width, 3), (10, 0.3), (14, 0.8), (18, 1.6)),
        "line-opacity": max(style.opacity, 0.6),
    }
    return [
        {"id": name, "type": "fill", "paint": fill},
        {"id": f"{layer.id}:outline", "type": "line", "layout": {"line-join": "round"}, "paint": outline},
    ]


def _line(name: str, color: Any, width: Any, opacity: float) -> MapLayer:
    return {
        "id": name,
        "type": "line",
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": color, "line-width": width, "line-opacity": opacity},
    }


def _label(layer: Layer, say: Callable[[Text], Any], title_field: str | None) -> MapLayer | None:
    """Labels: of areas and ranks the class, which is read then and not guessed from its colour; else the title."""
    style = layer.style
    zoom = style.label_zoom or _LABEL_ZOOM.get(layer.geometry, 14)
    if style.by and style.classes and (layer.geometry is Geometry.MULTIPOLYGON or layer.is_ranked):
        text = _matched(layer, lambda entry: say(entry.title), "")
        zoom = style.label_zoom or _CLASS_LABEL_ZOOM
    elif title_field is not None:
        text = ["to-string", ["get", title_field]]
    else:
        return None
    of_point = layer.geometry is Geometry.POINT
    of_line = layer.geometry in (Geometry.LINE, Geometry.MULTILINE)
    return {
        "id": f"{layer.id}:label",
        "type": "symbol",
        "minzoom": zoom,
        "layout": {
            "text-field": text,
            "text-font": list(FONTS),
            "text-size": 12.5 if of_point else 11.5,
            "symbol-placement": "line" if of_line else "point",
            **({"text-anchor": "top", "text-offset": [0, 0.8]} if of_point else {}),
            "text-max-width": 9,
            "text-padding": 4,
        },
        "paint": {"text-color": _INK, "text-halo-color": "#ffffff", "text-halo-width": 1.6},
    }


def _matched(layer: Layer, value: Callable[[StyleClass], Any], other: Any) -> Any:
    """A value for each class by ``match``; ``other`` for values in no class, and where there are no classes."""
    style = layer.style
    if not style.by or not style.classes:
        return other
    # Compared as text: a tile holds numbers and booleans as such, and `match` accepts no booleans.
    cases = [part for entry in style.classes for part in (class_text(entry), value(entry))]
    return ["match", ["to-string", ["get", style.by]], *cases, other]


def class_text(entry: StyleClass) -> str:
    """The value of a class as MapLibre's ``to-string`` gives it."""
    return str(entry.value).lower() if isinstance(entry.value, bool) else str(entry.value)


def _by_class(layer: Layer, shade: Callable[[str], str]) -> Any:
    return _matched(layer, lambda entry: shade(entry.color), shade(layer.style.color))


def _widths(layer: Layer, more: int) -> list[Any]:
    """Widths that grow with the zoom; ``more`` is added on both sides together, for the casing."""
    expression: list[Any] = ["interpolate", ["exponential", 1.4], ["zoom"]]
    for zoom, factor in _WIDTH_STOPS:
        of_class = _matched(layer, _width(layer, factor, more), _grown(layer.style.width, factor, more))
        expression += [zoom, of_class]
    return expression


def _width(layer: Layer, factor: float, more: int) -> Callable[[StyleClass], float]:
    return lambda entry: _grown(entry.width or layer.style.width, factor, more)


def _grown(declared: float, factor: float, more: int) -> float:
    return round(declared * factor + more * min(factor, 1), 2)


def _scaled(size: float, *stops: tuple[int, float]) -> list[Any]:
    flat = [part for zoom, factor in stops for part in (zoom, round(size * factor, 3))]
    return ["interpolate", ["linear"], ["zoom"], *flat]


def _darker(color: str) -> str:
    """The same hue as ``#rrggbb``, nearer to ink."""
    parts = (round(int(color[at : at + 2], 16) * (1 - _DARKEN)) for at in (1, 3, 5))
    return f"rgb({','.join(map(str, parts))})"
