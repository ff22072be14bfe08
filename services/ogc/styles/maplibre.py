"""MapLibre styles (version 8) of one layer and of the whole city, with our own tiles as their sources."""

from collections.abc import Sequence
from html import escape
from typing import Any

from geo.tile_matrix import TILE_PIXELS, WEB_MERCATOR_QUAD
from layers.maplibre import MapLayer, map_layers, stacked, with_patterns
from layers.model import Geometry, Text
from services.ogc.rasters.map_tiles import MAX_ZOOM, MIN_ZOOM
from services.ogc.rights import as_of, attribution, display_title
from services.ogc.source import Source
from services.ogc.styles.choices import StyleChoice
from services.ogc.tiles.metadata import Tileset
from services.tiles.pyramid import KEPT_ZOOM

_CITY = "city"


def layer_style(source: Source, choice: StyleChoice, base: str, language: str) -> dict[str, Any]:
    """The style that draws one layer, visible."""
    if source.layer.geometry is Geometry.RASTER:
        return _relief_style(source, base, language)
    tileset = Tileset(
        title=display_title(source).in_language(language),
        description="",
        address=f"{base}/collections/{source.layer.id}/tiles/{WEB_MERCATOR_QUAD.id}",
        query=f"revision={source.state.revision}",
        sources=[source],
        scheme=WEB_MERCATOR_QUAD,
        base=base,
        language=language,
    )
    name = source.layer.id
    return _style(tileset, name, _drawn(source, name, choice.value, language))


def city_style(sources: Sequence[Source], title: str, base: str, language: str) -> dict[str, Any]:
    """The style of all layers over one source; those that the map hides at first are hidden."""
    tileset = Tileset(
        title=title,
        description="",
        address=f"{base}/tiles/{WEB_MERCATOR_QUAD.id}",
        query="",
        sources=sources,
        scheme=WEB_MERCATOR_QUAD,
        base=base,
        language=language,
    )
    per_layer = []
    for source in sources:
        drawn = _drawn(source, _CITY, None, language)
        if not source.layer.style.visible:
            drawn = [{**each, "layout": {**each.get("layout", {}), "visibility": "none"}} for each in drawn]
        per_layer.append(drawn)
    return _style(tileset, _CITY, stacked(per_layer))


def _style(tileset: Tileset, source_name: str, layers: list[MapLayer]) -> dict[str, Any]:
    tiles = {
        "type": "vector",
        "tiles": [tileset.tile_template("z", "y", "x")],
        "minzoom": min(tileset.min_zoom, KEPT_ZOOM),
        "maxzoom": KEPT_ZOOM,
        "attribution": escape(tileset.attribution, quote=False),
    }
    whole = _document(tileset.title, tileset.sources, tileset.bounds, tileset.language, {source_name: tiles}, layers)
    return {**whole, "sprite": f"{tileset.base}/styles/sprite"}


def _relief_style(source: Source, base: str, language: str) -> dict[str, Any]:
    """The style of a grid, whose map tiles have its colours already."""
    name = source.layer.id
    address = f"{base}/collections/{name}/map/tiles/{WEB_MERCATOR_QUAD.id}"
    tiles = {
        "type": "raster",
        "tiles": [f"{address}/{{z}}/{{y}}/{{x}}?f=png&revision={source.state.revision}"],
        "tileSize": TILE_PIXELS,
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        "attribution": escape(attribution(source, language), quote=False),
    }
    layer: MapLayer = {"id": name, "type": "raster", "source": name}
    title = display_title(source).in_language(language)
    return _document(title, [source], source.bounds, language, {name: tiles}, [layer])


def _document(
    title: str,
    sources: Sequence[Source],
    bounds: tuple[float, float, float, float] | None,
    language: str,
    tiles: dict[str, dict[str, Any]],
    layers: list[MapLayer],
) -> dict[str, Any]:
    centre = {"center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2], "zoom": 11} if bounds else {}
    return {
        "version": 8,
        "name": title,
        "metadata": {
            "ngis:fictitious": any(source.state.fictitious for source in sources),
            "ngis:as-of": {source.layer.id: as_of(source, language) for source in sources},
        },
        **centre,
        "sources": {name: {**each, "bounds": list(bounds)} if bounds else each for name, each in tiles.items()},
        "layers": layers,
    }


def _drawn(source: Source, source_name: str, choice: str | None, language: str) -> list[MapLayer]:
    """The layers of one layer of the city, a hazard's patterns upon its colours."""

    def say(text: Text) -> str:
        return text.in_language(language)

    drawn = map_layers(source.layer, source_name, say, title_field=source.title_field, choice=choice)
    return with_patterns(source.layer, drawn)
