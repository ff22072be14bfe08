"""One tile of one layer, drawn by PostGIS from the rows of one side: what a map needs to draw and name a feature.

From ``DETAIL_ZOOM`` on geometries are drawn as they are; below, and where that makes a tile too large, as
``services.tiles.generalisation`` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from psycopg import Connection, sql

from geo.crs import WEB_MERCATOR
from geo.tile_matrix import TileMatrixSet
from layers.model import Layer
from services.database.revisions import Schema
from services.tiles import generalisation
from services.tiles.extent import BUFFER, EXTENT

DETAIL_ZOOM = 14
MAX_ZOOM = 18
"""Last zoom for which tiles are drawn; clients magnify these further."""
MOST_BYTES = 500_000
"""A tile that is larger is drawn again more coarsely."""
_AS_THEY_ARE = -1  # the step before the finest generalisation

MARGIN = BUFFER / EXTENT
"""How far beyond its edges a tile shows features, as a share of its side."""

# A strip of this height is so low that Web Mercator is straight in it: at zoom 14 and 35 degrees N the rows of a tile
# are off by at most 0.11 units, a hundredth of a pixel.  So degrees are scaled to the tile without a transformation,
# which is half of the work.
_DETAIL = sql.SQL(
    "SELECT ST_AsMVT(drawn, {name}, {extent}, 'mvt') FROM (SELECT id, {columns}, "
    "ST_AsMVTGeom({shape}, ST_MakeBox2D(ST_MakePoint(%(west)s, %(south)s), ST_MakePoint(%(east)s, %(north)s)), "
    "{extent}, {buffer}, true) AS mvt FROM {relation} WHERE geometry && {around} ORDER BY {order}) AS drawn"
)


@dataclass(frozen=True, eq=False)
class Drawing:
    """How a layer is drawn from one side: ``published`` shows public columns only."""

    layer: Layer
    side: Schema

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The properties a tile carries beside the id: what the style asks for, the title, and fictitious or not."""
        fields = self.layer.public_fields if self.side == "published" else self.layer.fields
        known = {"fictitious", *(field.name for field in fields)}
        style = self.layer.style
        wanted = (style.by, style.one_of, self.layer.title_field, "fictitious")
        return tuple(dict.fromkeys(name for name in wanted if name in known and name is not None))

    @cached_property
    def relation(self) -> sql.Identifier:
        return sql.Identifier(self.side, self.layer.table)

    @cached_property
    def definition(self) -> str:
        """Says what decides a tile's bytes beside the rows: a tile drawn by another definition is worthless."""
        said = [self.statement(coarser).as_string(None) for coarser in (_AS_THEY_ARE, 0, 1)]
        return blake2b(repr((said, DETAIL_ZOOM, MOST_BYTES)).encode(), digest_size=8).hexdigest()

    def statement(self, coarser: int, srid: int = WEB_MERCATOR) -> sql.Composed:
        """The query of one tile's bytes; its values are those of ``_values``."""
        if coarser > _AS_THEY_ARE:
            return generalisation.statement(self.layer, self.columns, self.relation, srid=srid, merge_lines=coarser > 0)
        shape: sql.Composable = sql.SQL("geometry")
        if srid != WEB_MERCATOR:
            shape = sql.SQL("ST_Transform(geometry, {})").format(sql.Literal(srid))
        return _DETAIL.format(
            name=sql.Literal(self.layer.id),
            extent=sql.Literal(EXTENT),
            buffer=sql.Literal(BUFFER),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            shape=shape,
            relation=self.relation,
            around=generalisation.AROUND,
            order=generalisation.drawing_order(self.layer, self.columns),
        )


def draw(
    connection: Connection[tuple[Any, ...]], drawing: Drawing, scheme: TileMatrixSet, zoom: int, column: int, row: int
) -> bytes:
    """The tile as it is now; empty where it holds nothing.  Errors are psycopg's, for ``store_errors``."""
    tile = b""
    for coarser in range(_AS_THEY_ARE if zoom >= DETAIL_ZOOM else 0, generalisation.LEVELS):
        values = _values(drawing, scheme, zoom, column, row, coarser)
        if values is None:
            return b""
        statement = drawing.statement(coarser, scheme.srid)
        found = connection.cursor(binary=True).execute(statement, values).fetchone()
        tile = bytes(found[0]) if found is not None and found[0] is not None else b""
        if len(tile) <= MOST_BYTES:
            break
    return tile


def _values(
    drawing: Drawing, scheme: TileMatrixSet, zoom: int, column: int, row: int, coarser: int
) -> Mapping[str, object] | None:
    """The values of a tile's query; None where the tile lies outside of all that its system can say."""
    around = scheme.lonlat_box(zoom, column, row, MARGIN)
    straight = coarser == _AS_THEY_ARE and scheme.srid == WEB_MERCATOR
    box = scheme.lonlat_box(zoom, column, row) if straight else scheme.tile_box(zoom, column, row)
    if around is None or box is None:
        return None
    names = ("west", "south", "east", "north")
    values: dict[str, object] = dict(zip(names, box, strict=True))
    values |= {f"around_{name}": value for name, value in zip(names, around, strict=True)}
    values["classes"] = generalisation.class_values(drawing.layer)
    if coarser > _AS_THEY_ARE:
        values |= generalisation.values(scheme.tile_side_m(zoom), around, coarser)
    return values
