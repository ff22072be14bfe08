"""How a layer is asked for with the tools that people have, in lines that work as they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from services.ogc.records.access import Access
from services.ogc.records.catalogue import Entry

_MENU = "Layer ▸ Add Layer ▸ "
_FEATURES = f"{_MENU}Add WFS / OGC API – Features Layer…"
_VECTOR_TILES = f"{_MENU}Add Vector Tile Layer… ▸ New Generic Connection"
_PICTURES = f"{_MENU}Add XYZ Layer…"
_AROUND = 0.005
"""Half the side of the piece of a coverage that is fetched, in degrees: some hundred metres."""


@dataclass(frozen=True, slots=True)
class Example:
    """``code`` is a line for a shell; where ``menu`` is given, an address for that menu of the program."""

    tool: str
    code: str
    menu: str | None = None


def examples(entry: Entry, accesses: list[Access], base: str) -> Iterator[Example]:
    """Those that fit a layer.  ``base`` is the address of the OGC API."""
    source, collection = entry.source, f"{base}/collections/{entry.id}"
    bulk = {each.format.name: each.href for each in accesses if each.format.bulk}
    coverage = next((each for each in accesses if each.page_href.endswith("/coverage") and each.is_file), None)
    if coverage is not None:
        piece = f"{coverage.form_href}&bbox={_piece(entry)}"
        yield Example("curl (GeoTIFF)", f"curl -o {entry.id}.tif '{piece}'")
        yield Example("gdalinfo", f"gdalinfo '/vsicurl/{piece}'")
        yield Example("rasterio", f"python -c 'import rasterio; print(rasterio.open(\"{piece}\").profile)'")
    if "feature" in entry.providers:
        where = f"bbox={_box(entry)}&" if source.has_geometry and source.bounds else ""
        yield Example("curl", f"curl '{collection}/items?{where}limit=10'")
        yield Example("ogrinfo", f"ogrinfo -so OAPIF:{base} {entry.id}")
        if source.has_geometry and "fgb" in bulk:
            yield Example("geopandas", f"python -c 'import geopandas; print(geopandas.read_file(\"{bulk['fgb']}\"))'")
        elif "csv" in bulk:
            yield Example("pandas", f"python -c 'import pandas; print(pandas.read_csv(\"{bulk['csv']}\"))'")
        yield Example("QGIS", base, _FEATURES)
    if "tile" in entry.providers:
        tile = f"{collection}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=mvt"
        yield Example("QGIS, MapLibre (MVT)", tile, _VECTOR_TILES)
    if "map" in entry.providers:
        yield Example("QGIS (PNG)", f"{collection}/map/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=png", _PICTURES)


def _box(entry: Entry) -> str:
    """All of the layer, in round figures."""
    west, south, east, north = (1_000 * each for each in entry.bounds)
    return ",".join(f"{each / 1_000:.3f}" for each in (floor(west), floor(south), ceil(east), ceil(north)))


def _piece(entry: Entry) -> str:
    west, south, east, north = entry.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    return ",".join(f"{value:.3f}" for value in (lon - _AROUND, lat - _AROUND, lon + _AROUND, lat + _AROUND))
