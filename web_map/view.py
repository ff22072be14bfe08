"""From declarations and their state to the plain data that the map page is drawn from.

The view is JSON-able throughout (str, int, float, bool, None, list, dict).  It names every layer handed in, in the
order handed in, whether there is data or not: a layer left out of the list would look like a city without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import quote

from layers.licences import known_licences
from layers.maplibre import MapLayer, map_layers, repainted, with_patterns
from layers.model import CodeList, Field, Geometry, Layer, Licence, SourceFormat, Style, Text
from layers.palettes import in_safe_colours
from layers.patterns import IMAGES, SIDE, UNKNOWN, Pattern, image_name, lines_on, patterns_of

TILE_MATRIX_SET = "WebMercatorQuad"
_SWATCH = (28, 18)


class DatasetState(Protocol):
    """What is known of one dataset of a layer: who gave it, under which terms, and as of when (None: not stated)."""

    @property
    def format_id(self) -> str: ...

    @property
    def licence(self) -> str | None: ...

    @property
    def attribution(self) -> str | None: ...

    @property
    def as_of(self) -> date | None: ...


class LayerState(Protocol):
    """What the database knows of a layer on the face that serves the page.

    ``revision`` moves with every change of what is served; it is part of the tile addresses.
    """

    @property
    def revision(self) -> int: ...

    @property
    def row_count(self) -> int: ...

    @property
    def fictitious(self) -> bool: ...

    @property
    def datasets(self) -> Sequence[DatasetState]: ...


class CityFacts(Protocol):
    """What the page says of the city; ``bbox`` is west, south, east, north in degrees."""

    @property
    def name_ja(self) -> str: ...

    @property
    def name_en(self) -> str: ...

    @property
    def bbox(self) -> tuple[float, float, float, float]: ...

    @property
    def contact_name(self) -> str: ...

    @property
    def contact_url(self) -> str: ...

    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MapUrls:
    """Where things are, as paths on the same origin, without a final slash (but for ``page``)."""

    ogc: str = "/ogc"
    static: str = "/static"
    page: str = "/"


def map_view(
    layers: Sequence[Layer],
    states: Mapping[str, LayerState],
    urls: MapUrls,
    city: CityFacts,
    *,
    gsi_tiles: bool = False,
) -> dict[str, object]:
    """The view of a map of ``layers``; with ``gsi_tiles`` the reader may choose GSI's maps as its ground.

    Texts stay in both languages (``{"ja": ..., "en": ...}``); ``web_map.pages`` takes the one it renders.  A layer
    without a state, or with no rows, has ``"available": False`` and is said to be unknown.
    """
    return {
        "city": {
            "name": {"ja": city.name_ja, "en": city.name_en},
            "bbox": list(city.bbox),
            "contact_name": city.contact_name,
            "contact_url": city.contact_url,
            "time_zone": city.time_zone,
        },
        "urls": {"ogc": urls.ogc, "static": urls.static, "page": urls.page},
        "fictitious": any(state.fictitious for state in states.values()),
        "patterns": patterns_view(),
        "gsi_tiles": gsi_tiles,
        "layers": [_layer(layer, states.get(layer.id), urls) for layer in layers],
    }


def _layer(layer: Layer, state: LayerState | None, urls: MapUrls) -> dict[str, object]:
    collection = f"{urls.ogc}/collections/{quote(layer.id)}"
    raster = layer.geometry is Geometry.RASTER
    drawn = layer.geometry is not Geometry.NONE
    revision = state.revision if state else 0
    datasets = state.datasets if state else ()
    return {
        "id": layer.id,
        "title": _text(layer.title),
        "description": _text(layer.description),
        "theme": layer.theme.value,
        "geometry": layer.geometry.value,
        "drawn": drawn,
        # Of what holds now, nothing may hold; the page reads it itself.
        "available": state is not None and (state.row_count > 0 or layer.holds is not None),
        "holds": None if layer.holds is None else list(layer.holds),
        "revision": revision,
        "row_count": state.row_count if state else 0,
        "as_of": _dates(datasets),
        "fictitious": bool(state and state.fictitious),
        "update_frequency": layer.update_frequency.value,
        "owner": _text(layer.owner),
        "licences": _licences(layer, datasets),
        "attributions": _attributions(layer, datasets),
        "sources": {source.id: _source(source, layer, datasets) for source in layer.formats},
        "title_field": _title_field(layer),
        "fields": [_field(field) for field in layer.public_fields],
        "style": _style(layer),
        "map_layers": _drawn(layer),
        "safe_paint": _safe_paint(layer),
        "collection": collection,
        "items": None if raster else f"{collection}/items",
        "tiles": _tile_template(collection, revision) if drawn and not raster else None,
        "image": _image_template(collection, revision, "png") if raster else None,
        "heights": _image_template(collection, revision, "gsi-dem-png") if raster else None,
    }


def _drawn(layer: Layer) -> list[MapLayer]:
    return with_patterns(layer, map_layers(layer, layer.id, _text, title_field=_title_field(layer)))


def _safe_paint(layer: Layer) -> dict[str, dict[str, object]] | None:
    """What differs in colours for every kind of colour vision; None where the layer has no such colours."""
    safe = in_safe_colours(layer)
    return None if safe is layer else repainted(_drawn(layer), _drawn(safe))


def patterns_view() -> dict[str, object]:
    """How the map draws the patterns that its layers name, in CSS pixels."""
    return {
        "side": SIDE,
        "images": {
            image_name(each): {
                "width": each.width,
                "ink": list(each.ink),
                "strength": each.strength,
                "segments": [list(segment) for segment in each.segments],
            }
            for each in IMAGES
        },
    }


def _tile_template(collection: str, revision: int) -> str:
    # OGC API Tiles: tileMatrix / tileRow / tileCol, so the row (y) comes before the column (x).
    return f"{collection}/tiles/{TILE_MATRIX_SET}/{{z}}/{{y}}/{{x}}?f=mvt&revision={revision}"


def _image_template(collection: str, revision: int, form: str) -> str:
    return f"{collection}/map/tiles/{TILE_MATRIX_SET}/{{z}}/{{y}}/{{x}}?f={form}&revision={revision}"


def _title_field(layer: Layer) -> str | None:
    name = layer.title_field
    return name if name is not None and layer.by_name[name].public else None


def _text(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def _dates(datasets: Sequence[DatasetState]) -> dict[str, object]:
    """The span of the datasets' dates, both inclusive; ``complete`` is False where a dataset states none."""
    stated = [dataset.as_of for dataset in datasets if dataset.as_of is not None]
    return {
        "oldest": min(stated).isoformat() if stated else None,
        "newest": max(stated).isoformat() if stated else None,
        "complete": bool(datasets) and len(stated) == len(datasets),
    }


def _licence(licence: Licence) -> dict[str, object]:
    return {"title": _text(licence.title), "url": licence.url}


def _known_licences(layer: Layer) -> Mapping[str, Licence]:
    declared = [layer.licence, *(source.licence for source in layer.formats if source.licence)]
    return {**known_licences(), **{licence.id: licence for licence in declared}}


def _licences(layer: Layer, datasets: Sequence[DatasetState]) -> list[dict[str, object]]:
    """What the datasets state, each once; the declaration's where they state nothing."""
    known = _known_licences(layer)
    stated = dict.fromkeys(dataset.licence for dataset in datasets) or {None: None}
    return [
        # A licence that only the data names is quoted as it is.
        {"title": {"ja": name, "en": name}, "url": None}
        if name is not None and name not in known
        else _licence(known[name] if name is not None else layer.licence)
        for name in stated
    ]


def _attributions(layer: Layer, datasets: Sequence[DatasetState]) -> list[dict[str, str]]:
    """Who is to be named, each once.  What the data itself says is not translated."""
    stated = dict.fromkeys(dataset.attribution for dataset in datasets) or {None: None}
    return [{"ja": name, "en": name} if name is not None else _text(layer.attribution) for name in stated]


def _source(source: SourceFormat, layer: Layer, datasets: Sequence[DatasetState]) -> dict[str, object]:
    """Whom to name for features of this format: who gave the data, not who usually publishes in this form."""
    given = [dataset for dataset in datasets if dataset.format_id == source.id]
    stated = list(dict.fromkeys(dataset.attribution for dataset in given if dataset.attribution))
    licences = list(dict.fromkeys(dataset.licence for dataset in given if dataset.licence))
    declared = source.licence or layer.licence
    known = _known_licences(layer)
    return {
        "title": _text(source.title),
        "attributions": [{"ja": name, "en": name} for name in stated]
        or [_text(source.attribution or layer.attribution)],
        "licences": [_text(known[name].title) if name in known else {"ja": name, "en": name} for name in licences]
        or [_text(declared.title)],
    }


def _field(field: Field) -> dict[str, object]:
    codes = field.codes or field.members
    return {
        "name": field.name,
        "kind": field.kind.value,
        "title": _text(field.title),
        "unit": field.unit or (field.codes.unit if field.codes else None),
        "codes": _codes(codes) if codes else None,
    }


def _codes(codes: CodeList) -> dict[str, dict[str, str]]:
    return {str(code.value): _text(code.title) for code in codes.codes}


def _style(layer: Layer) -> dict[str, object]:
    style = layer.style
    return {
        **legend_view(style, in_safe_colours(layer).style, patterns_of(layer)),
        "by": style.by,
        "one_of": _choice(layer),
        "min_zoom": style.min_zoom,
        "visible": style.visible,
    }


def legend_view(style: Style, safe: Style, patterns: Mapping[str | int | bool, Pattern]) -> dict[str, object]:
    """How features look, for a legend; ``safe`` is the same style in colours for every kind of colour vision."""
    return {
        "color": style.color,
        "safe_color": safe.color,
        "classes": [
            {
                "value": entry.value,
                "title": _text(entry.title),
                "color": entry.color,
                "safe_color": other.color,
                "width": entry.width,
                "opacity": entry.opacity,
                "hatch": _hatch(patterns.get(entry.value)),
            }
            for entry, other in zip(style.classes, safe.classes, strict=True)
        ],
        "hatch": _hatch(UNKNOWN) if patterns else None,
        "opacity": style.opacity,
        "width": style.width,
        "radius": style.radius,
        "outline": style.outline,
    }


def _hatch(pattern: Pattern | None) -> dict[str, str] | None:
    """The lines of a pattern on a swatch, and their colour."""
    if pattern is None or not pattern.segments:
        return None
    return {"lines": lines_on(pattern, *_SWATCH), "ink": "#{:02x}{:02x}{:02x}".format(*pattern.ink)}


def _choice(layer: Layer) -> dict[str, object] | None:
    """The field of which one value is shown at a time, with its values; the first is shown first."""
    if layer.style.one_of is None:
        return None
    field = layer.by_name[layer.style.one_of]
    codes = field.codes.codes if field.codes else ()
    return {
        "field": field.name,
        "title": _text(field.title),
        "options": [{"value": str(code.value), "title": _text(code.title)} for code in codes],
    }
