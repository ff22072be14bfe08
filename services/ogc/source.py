"""What a provider is handed: one layer as one face serves it.

pygeoapi builds a provider anew for each request from its configuration; this object is that configuration's
``data``.  It is made once per state of the database, so that a request pays for nothing but its query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from psycopg import sql

from layers.model import CodeList, FieldKind, Geometry, Layer, Text
from services.database.lending import Connections
from services.database.revisions import LayerState
from services.ogc.face import Face
from services.settings import City


@dataclass(frozen=True, slots=True)
class Column:
    """One property of the features served: a field of the declaration, or a reserved column of every layer."""

    name: str
    kind: FieldKind
    title: Text
    unit: str | None = None
    codes: CodeList | None = None
    description: Text | None = None
    members: CodeList | None = None

    def schema(self) -> dict[str, Any]:
        """The column as a JSON Schema property, without its title (which has a language)."""
        schema: dict[str, Any] = dict(_JSON_TYPES[self.kind])
        if self.codes is not None:
            schema["type"] = "integer" if self.codes.is_integer else "string"
        if self.members is not None:
            schema["items"] = {"type": "string", "enum": list(self.members.by_value)}
        return schema


IDENTIFIER = Column("id", FieldKind.TEXT, Text("識別子", "Identifier"))
"""What tells features apart: not among the properties of an answer, but it can be asked for."""

PROVENANCE = (
    Column("source_id", FieldKind.TEXT, Text("データ形式", "Source format")),
    Column("dataset", FieldKind.TEXT, Text("データセット", "Dataset")),
    Column("as_of", FieldKind.DATE, Text("データ時点", "As of"), description=Text("空欄は不明", "absent: unknown")),
    Column("fictitious", FieldKind.FLAG, Text("架空データ", "Fictitious")),
    Column("position_quality", FieldKind.TEXT, Text("位置の精度区分", "Position quality")),
    Column("position_error_m", FieldKind.NUMBER, Text("位置の誤差", "Position error"), unit="m"),
)
"""Where a feature comes from and how good its position is: part of every answer."""

_JSON_TYPES: Mapping[FieldKind, Mapping[str, Any]] = {
    FieldKind.TEXT: {"type": "string"},
    FieldKind.INTEGER: {"type": "integer"},
    FieldKind.NUMBER: {"type": "number"},
    FieldKind.FLAG: {"type": "boolean"},
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.DATETIME: {"type": "string", "format": "date-time"},
    # A local time of day; JSON Schema's format "time" demands an offset from UTC.
    FieldKind.TIME: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"},
    FieldKind.CODE: {"type": "string"},
    FieldKind.TEXT_LIST: {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Territory:
    """The layer of municipalities as it stands, and which of them is the city."""

    state: LayerState
    city: City


@dataclass(frozen=True, eq=False)
class Source:
    """A layer, the relation its rows are in for this face, and how to reach it.

    row_count, bounds, first_id:
        Of the relation at this revision; west, south, east, north in degrees, None where nothing has a place; the first
        id in their order, None where there is none.
    var:
        Folder of what is kept beside the database.
    times:
        First and last time of its rows, both of UTC; None for a layer without a time, or without rows.
    observations:
        Of a layer of stations: the layer their values are in, where this face serves it.
    territory:
        The city's own area on this face, where answers of this layer follow from it too: by it what lies outside of
        every hazard zone is told from what nobody studied.  None: there is none.
    """

    layer: Layer
    face: Face
    state: LayerState
    row_count: int
    bounds: tuple[float, float, float, float] | None
    first_id: str | None
    pool: Connections
    plane_crs: int
    var: Path
    times: tuple[datetime, datetime] | None = None
    observations: "Source | None" = None
    territory: Territory | None = None

    @classmethod
    def unmeasured(
        cls, layer: Layer, face: Face, state: LayerState, pool: Connections, plane_crs: int, var: Path
    ) -> Self:
        """A source whose rows are read and never counted: of what is measured it knows nothing."""
        return cls(layer, face, state, 0, None, None, pool, plane_crs, var)

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # pygeoapi copies its configuration; a pool cannot be copied, and need not be

    @cached_property
    def stamp(self) -> str:
        """Says which state of the layer this is, the same in every process; what was made from another is outdated.

        The states of its observations and of the territory, where its answers follow from them, are part of it.
        """
        observed = None if self.observations is None else self.observations.state
        state = (str(self.face), self.state, self.territory, observed)
        return blake2b(repr(state).encode(), digest_size=8).hexdigest()

    @property
    def rasters(self) -> Path:
        """Folder of the grids, one cloud-optimised GeoTIFF ``<sha256>.tif`` per row of a raster layer."""
        return self.var / "rasters"

    @cached_property
    def statements(self) -> dict[tuple[Any, ...], bytes]:
        """Texts of statements that were composed for this source, by what they depend on."""
        return {}

    @cached_property
    def relation(self) -> sql.Identifier:
        return sql.Identifier(self.face.schema, self.layer.table)

    @cached_property
    def has_geometry(self) -> bool:
        return self.layer.geometry is not Geometry.NONE

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The properties by name: on the public face only what the declaration lets out."""
        fields = self.layer.public_fields if self.face is Face.PUBLIC else self.layer.fields
        own = (
            Column(each.name, each.kind, each.title, each.unit, each.codes, each.description, each.members)
            for each in fields
        )
        return {column.name: column for column in (*own, *PROVENANCE)}

    @property
    def is_editable(self) -> bool:
        """Whether this face lets anybody change features by hand."""
        return self.face is Face.INTERNAL and bool(self.layer.editable_by)

    @cached_property
    def queryables(self) -> Mapping[str, Column]:
        """What can be asked for by name beside the geometry."""
        return {IDENTIFIER.name: IDENTIFIER, **self.columns}

    @cached_property
    def time_field(self) -> str | None:
        return self.layer.time_field if self.layer.time_field in self.columns else None

    @cached_property
    def title_field(self) -> str | None:
        return self.layer.title_field if self.layer.title_field in self.columns else None
