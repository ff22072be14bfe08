"""Vector tiles that PostGIS draws: what a map needs to draw and name a feature, generalised by zoom."""

from typing import Any

from psycopg import sql
from pygeoapi.models.provider.base import LinkType, TileMatrixSetEnum, TileSetMetadata
from pygeoapi.provider.base_mvt import BaseMVTProvider

from geo.crs import STORAGE, WEB_MERCATOR
from layers.model import Geometry, Text
from services.database.failures import store_errors
from services.ogc.errors import ResourceError
from services.ogc.source import Column, Source

SCHEME = "WebMercatorQuad"
_EXTENT = 4096  # units of a tile's side, the usual of MVT
_BUFFER = 64
_DETAIL_ZOOM = 14
"""From this zoom on geometries are drawn as they are; below, what is smaller than a unit or two is left out."""
_WORLD_M = 40_075_016.685578488  # side of the Web Mercator square

# Points that fall on the same spot of a small-scale tile are drawn once per class: at 4,096 units a tile, one
# sixteenth of a 256 pixel tile's pixel is a unit, so 32 units are two pixels.
_POINT_GRID_UNITS = 32

_TILE = sql.SQL(
    """WITH tile AS MATERIALIZED (
        SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
               ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s), {storage}) AS around)
    SELECT ST_AsMVT(drawn, %(name)s, {extent}, 'mvt') FROM (
        SELECT {distinct} id, {columns}, ST_AsMVTGeom({shape}, bounds, {extent}, {buffer}, true) AS mvt
          FROM {relation}, tile WHERE geometry && around {order}) AS drawn
    WHERE mvt IS NOT NULL"""
)


class TileProvider(BaseMVTProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Tiles of one layer in WebMercatorQuad."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.source: Source = provider_def["data"]

    def get_layer(self) -> str:
        return self.source.layer.id

    def get_fields(self) -> dict[str, Any]:
        return {column.name: column.schema() for column in tile_columns(self.source)}

    def get_tiling_schemes(self) -> list[Any]:
        return [each.value for each in TileMatrixSetEnum if each.value.tileMatrixSet == SCHEME]

    def get_tiles_service(
        self,
        baseurl: str | None = None,  # noqa: ARG002
        servicepath: str | None = None,
        dirpath: str | None = None,  # noqa: ARG002
        tile_type: str | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        self._service_url = servicepath
        links: dict[str, Any] = self.get_tms_links()
        return links

    def get_tiles(
        self,
        layer: str | None = None,  # noqa: ARG002
        tileset: str | None = None,
        z: Any = None,
        y: Any = None,
        x: Any = None,
        format_: str | None = None,  # noqa: ARG002
    ) -> bytes:
        """One tile; empty where it holds nothing.  ``ResourceError`` for a tile that does not exist."""
        zoom, row, column = tile_address(tileset, z, y, x, self.options["zoom"]["max"])
        if zoom < self.options["zoom"]["min"]:
            return b""
        statement = self._statement(zoom)
        values = {"z": zoom, "x": column, "y": row, "margin": _BUFFER / _EXTENT, "name": self.source.layer.id}
        with store_errors(), self.source.pool.connection() as connection:
            drawn = connection.cursor(binary=True).execute(statement, values).fetchone()
        return bytes(drawn[0]) if drawn is not None and drawn[0] is not None else b""

    def get_default_metadata(
        self,
        dataset: str,
        server_url: str,
        layer: str,
        tileset: str,
        title: str,
        description: str,
        keywords: list[str] | None,
        **_unused: Any,
    ) -> dict[str, Any]:
        scheme = self._scheme(tileset)
        found = TileSetMetadata(
            title=title,
            description=description,
            keywords=keywords,
            crs=scheme.crs,
            tileMatrixSetURI=scheme.tileMatrixSetURI,
            version=str(self.source.state.revision),
        )
        found.links = [
            LinkType(
                href=f"{server_url}/TileMatrixSets/{tileset}",
                rel="http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                type="application/json",
                title=f"{tileset} tile matrix set definition",
            ),
            LinkType(
                href=self._address(server_url, dataset),
                rel="item",
                type=self.mimetype,
                title=f"{tileset} vector tiles for {layer}",
            ),
        ]
        described: dict[str, Any] = found.model_dump(exclude_none=True, by_alias=True)
        return described

    def get_vendor_metadata(
        self,
        dataset: str,
        server_url: str,
        layer: str,
        tileset: str,
        title: str,
        description: str,
        keywords: list[str] | None,  # noqa: ARG002
        **_unused: Any,
    ) -> dict[str, Any]:
        """TileJSON 3.0."""
        self._scheme(tileset)
        return {
            "tilejson": "3.0.0",
            "name": title,
            "description": description,
            "version": "1.0.0",
            "scheme": "xyz",
            "tiles": [
                self._address(server_url, dataset)
                .replace("{tileMatrix}", "{z}")
                .replace("{tileRow}", "{y}")
                .replace("{tileCol}", "{x}")
            ],
            "minzoom": self.options["zoom"]["min"],
            "maxzoom": self.options["zoom"]["max"],
            **({"bounds": list(self.source.bounds)} if self.source.bounds else {}),
            "vector_layers": [
                {
                    "id": layer,
                    "fields": {"id": "string", **{name: each["type"] for name, each in self.get_fields().items()}},
                }
            ],
        }

    def get_html_metadata(
        self,
        dataset: str,
        server_url: str,
        layer: str,  # noqa: ARG002
        tileset: str,
        title: str,
        description: str,
        keywords: list[str] | None,  # noqa: ARG002
        **_unused: Any,
    ) -> dict[str, Any]:
        self._scheme(tileset)
        return {
            "id": dataset,
            "title": title,
            "description": description,
            "tileset": tileset,
            "address": self._address(server_url, dataset),
            "json_url": f"{server_url}/collections/{dataset}/tiles/{tileset}?f=json",
        }

    def _address(self, server_url: str, dataset: str) -> str:
        tile = "{tileMatrix}/{tileRow}/{tileCol}"
        return f"{server_url}/collections/{dataset}/tiles/{SCHEME}/{tile}?f=mvt&revision={self.source.state.revision}"

    def _scheme(self, tileset: str) -> Any:
        for scheme in self.get_tiling_schemes():
            if scheme.tileMatrixSet == tileset:
                return scheme
        raise _no_scheme()

    def _statement(self, zoom: int) -> sql.Composed:
        columns = [sql.Identifier(column.name) for column in tile_columns(self.source)]
        shape: sql.Composable = sql.SQL("ST_Transform(geometry, {})").format(sql.Literal(WEB_MERCATOR))
        distinct: sql.Composable = sql.SQL("")
        order: sql.Composable = sql.SQL("")
        unit = _WORLD_M / 2**zoom / _EXTENT
        if zoom < _DETAIL_ZOOM and self.source.layer.geometry is Geometry.POINT:
            grid = sql.SQL("ST_SnapToGrid({}, {})").format(shape, sql.Literal(unit * _POINT_GRID_UNITS))
            by = self.source.layer.style.by
            keys = sql.SQL(", ").join([grid, *([sql.Identifier(by)] if by in self.source.columns and by else [])])
            distinct = sql.SQL("DISTINCT ON ({})").format(keys)
            order = sql.SQL("ORDER BY {}, id").format(keys)
        elif zoom < _DETAIL_ZOOM:
            shape = sql.SQL("ST_Simplify({}, {}, true)").format(shape, sql.Literal(unit * 4))
        return _TILE.format(
            storage=sql.Literal(STORAGE),
            extent=sql.Literal(_EXTENT),
            buffer=sql.Literal(_BUFFER),
            distinct=distinct,
            columns=sql.SQL(", ").join(columns),
            shape=shape,
            relation=self.source.relation,
            order=order,
        )

    def __repr__(self) -> str:
        return f"<TileProvider {self.source.layer.id}>"


def tile_columns(source: Source) -> list[Column]:
    """The properties a tile carries beside the id: what the style asks for, the title, and fictitious or not."""
    style = source.layer.style
    wanted = (style.by, style.one_of, source.title_field, "fictitious")
    names = dict.fromkeys(name for name in wanted if name is not None and name in source.columns)
    return [source.columns[name] for name in names]


def tile_address(tileset: str | None, z: Any, y: Any, x: Any, max_zoom: int) -> tuple[int, int, int]:
    """Zoom, row and column as integers; ``ResourceError`` where there is no such tile."""
    if tileset != SCHEME:
        raise _no_scheme()
    texts = [str(part) for part in (z, y, x)]
    if all(part.isascii() and part.isdigit() and len(part) <= 9 for part in texts):
        zoom, row, column = map(int, texts)
        if zoom <= max_zoom and row < 2**zoom and column < 2**zoom:
            return zoom, row, column
    raise ResourceError(Text("このタイルはありません。", "There is no such tile."))


def _no_scheme() -> ResourceError:
    return ResourceError(Text(f"タイル方式は{SCHEME}だけです。", f"The only tile matrix set is {SCHEME}."))
