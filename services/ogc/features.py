"""The feature provider: pages of features as GeoJSON bytes that PostgreSQL writes.

Named by its dotted path in the configuration.  What it may name in SQL are the columns of its ``Source``; all else
is bound.
"""

import json
from typing import Any

from psycopg import sql
from pygeoapi.provider.base import BaseProvider, SchemaType

from geo.crs import STORAGE
from layers.model import Text
from services.database.failures import store_errors
from services.ogc import filters
from services.ogc.asked import Asked, current_or_none
from services.ogc.crs import CRS84, ServedCrs, served_crs
from services.ogc.errors import ResourceError
from services.ogc.geojson import RawFeatures
from services.ogc.selection import Selection
from services.ogc.source import Column, Source

_FEATURE = sql.SQL(
    """'{{"type":"Feature","id":' || to_json(id)::text || ',"geometry":' || {geometry} ||
    ',"properties":' || {properties} || '}}'"""
)
_PAGE = sql.SQL(
    """SELECT convert_to('[' || coalesce(string_agg(feature, ','), '') || ']', 'UTF8'), count(*)
    FROM (SELECT {feature} AS feature FROM (SELECT * FROM {relation}{where} ORDER BY {order} LIMIT %s OFFSET %s) AS t)
    AS page"""
)
_ITEM = sql.SQL("SELECT {feature} FROM {relation} WHERE id = %s")
_COUNT = sql.SQL("SELECT count(*) FROM {relation}{where}")


class FeatureProvider(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """Features of one layer.  Raises ``ParameterError``, ``ResourceError`` and ``StoreError``, nothing of HTTP."""

    def __init__(self, provider_def: dict[str, Any]) -> None:
        # The base class builds a reference system per request, which costs more than most queries; all it would
        # set is set here.
        self.source: Source = provider_def["data"]
        self.name = provider_def["name"]
        self.type = "feature"
        self.data = self.source.layer.id
        self.id_field = "id"
        self.title_field = self.source.title_field
        self.time_field = self.source.time_field
        self.uri_field = self.x_field = self.y_field = self.z_field = None
        self.editable = False
        self.count = True
        self.options = self.filename = None
        self.properties: list[str] = []
        self.include_extra_query_parameters = False

    def get_fields(self) -> dict[str, Any]:
        return {name: column.schema() for name, column in self.source.columns.items()}

    @property
    def fields(self) -> dict[str, Any]:
        return self.get_fields()

    def get_schema(self, schema_type: SchemaType = SchemaType.item) -> tuple[str, dict[str, Any]]:
        properties = {name: {"oneOf": [schema, {"type": "null"}]} for name, schema in self.get_fields().items()}
        return "application/geo+json", {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"type": "string"},
                "geometry": {"type": "object", "nullable": True},
                "properties": {"type": "object", "properties": properties},
            },
            "x-schema-type": schema_type.value,
        }

    def query(
        self,
        offset: int = 0,
        limit: int = 10,
        resulttype: str = "results",
        bbox: list[float] | tuple[float, ...] = (),
        datetime_: str | None = None,
        properties: list[tuple[str, str]] | tuple[()] = (),
        sortby: list[dict[str, str]] | tuple[()] = (),
        select_properties: list[str] | tuple[()] = (),
        skip_geometry: bool = False,
        crs_transform_spec: Any = None,
        **_unused: Any,
    ) -> dict[str, Any]:
        """One page of features.

        ``bbox`` is west, south, east, north in degrees (``services.ogc.patches`` brings every CRS to that).  Features
        without a geometry are in no box.  Sorted by ``sortby``, absent values last, then by id.
        """
        conditions = self._conditions(bbox, datetime_, properties)
        if (asked := current_or_none()) is not None and asked.format.bulk:
            chosen = self._selection(asked, conditions, sortby, select_properties, skip_geometry)
            return {"features": [], "selection": chosen}  # read when the file is written
        where, values = filters.all_of(conditions)
        with store_errors(), self.source.pool.connection() as connection:
            if conditions:
                counted = connection.execute(_COUNT.format(relation=self.source.relation, where=where), values)
                matched = int((counted.fetchone() or (0,))[0])
            else:
                matched = self.source.row_count
            found: dict[str, Any] = {"type": "FeatureCollection", "features": [], "numberMatched": matched}
            if resulttype == "hits":
                return {**found, "numberReturned": 0}
            statement = _PAGE.format(
                feature=self._feature(crs_transform_spec, select_properties, skip_geometry),
                relation=self.source.relation,
                where=where,
                order=self._order(sortby),
            )
            row = connection.cursor(binary=True).execute(statement, [*values, limit, offset]).fetchone()
        raw, returned = row if row is not None else (b"[]", 0)
        return {**found, "features": RawFeatures(bytes(raw), returned), "numberReturned": returned}

    def get(self, identifier: str, crs_transform_spec: Any = None, **_unused: Any) -> dict[str, Any]:
        """The feature with this id; ``ResourceError`` where there is none."""
        statement = _ITEM.format(
            feature=self._feature(crs_transform_spec, (), skip_geometry=False), relation=self.source.relation
        )
        row = None
        if "\0" not in identifier:
            with store_errors(), self.source.pool.connection() as connection:
                row = connection.execute(statement, [identifier]).fetchone()
        if row is None:
            raise ResourceError(Text("この番号の地物はありません。", "There is no feature with this id."))
        feature: dict[str, Any] = json.loads(row[0])
        return feature

    def _conditions(
        self,
        bbox: list[float] | tuple[float, ...],
        datetime_: str | None,
        properties: list[tuple[str, str]] | tuple[()],
    ) -> list[filters.Condition]:
        found = [filters.equals(self.source.columns[name], value) for name, value in properties]
        if bbox:
            west, south, east, north = bbox
            inside = filters.within((west, south, east, north))
            found.append(inside if self.source.has_geometry else (sql.SQL("false"), []))
        if datetime_ and (condition := filters.during(self.source, datetime_)) is not None:
            found.append(condition)
        return found

    def _selection(
        self,
        asked: Asked,
        conditions: list[filters.Condition],
        sortby: list[dict[str, str]] | tuple[()],
        select: list[str] | tuple[()],
        skip_geometry: bool,
    ) -> Selection:
        """All that is asked for: a file has no pages, its limit is the asker's own or none."""
        limit = asked.given.get("limit")
        return Selection(
            source=self.source,
            columns=[self.source.columns[name] for name in select] or list(self.source.columns.values()),
            conditions=conditions,
            order=self._order(sortby),
            ordered=bool(sortby),
            crs=served_crs(self.source.plane_crs)[asked.given.get("crs", CRS84)],
            with_geometry=self.source.has_geometry and not skip_geometry,
            limit=None if limit is None else int(limit),
            offset=int(asked.given.get("offset", 0)),
        )

    def _feature(self, crs_transform_spec: Any, select: list[str] | tuple[()], skip_geometry: bool) -> sql.Composed:
        chosen = [self.source.columns[name] for name in select] or list(self.source.columns.values())
        return _FEATURE.format(
            geometry=sql.SQL("'null'") if skip_geometry else self._geometry(crs_transform_spec),
            properties=_properties(chosen),
        )

    def _geometry(self, crs_transform_spec: Any) -> sql.Composable:
        if not self.source.has_geometry:
            return sql.SQL("'null'")
        crs: ServedCrs = served_crs(self.source.plane_crs)[
            CRS84 if crs_transform_spec is None else crs_transform_spec.target_crs_uri
        ]
        value: sql.Composable = sql.SQL("geometry")
        if crs_transform_spec is not None and crs.srid != STORAGE:
            value = sql.SQL("ST_Transform(geometry, {})").format(sql.Literal(crs.srid))
        if crs.flip:
            value = sql.SQL("ST_FlipCoordinates({})").format(value)
        return sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(value, sql.Literal(crs.digits))

    def _order(self, sortby: list[dict[str, str]] | tuple[()]) -> sql.Composed:
        keys = [
            sql.SQL("{} {} NULLS LAST").format(
                sql.Identifier(self.source.columns[key["property"]].name),
                sql.SQL("DESC" if key["order"] == "-" else "ASC"),
            )
            for key in sortby
        ]
        return sql.SQL(", ").join([*keys, sql.SQL("id")])

    def __repr__(self) -> str:
        return f"<FeatureProvider {self.source.layer.id}>"


def _properties(columns: list[Column]) -> sql.Composable:
    """A row of exactly these columns as JSON; a row type keeps their order and their names as they are."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    return sql.SQL("row_to_json((SELECT p FROM (SELECT {}) AS p))::text").format(names)
