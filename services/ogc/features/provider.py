"""The feature provider: pages of features as GeoJSON bytes that PostgreSQL writes.

Named by its dotted path in the configuration.  What it may name in SQL are the columns of its ``Source``; all else
is bound.
"""

from dataclasses import replace
from typing import Any

from psycopg import sql
from pygeoapi.provider.base import BaseProvider, SchemaType

from layers.model import Text
from services.ogc import cql2, filters
from services.ogc.asked import Asked, current
from services.ogc.crs import CRS84, served_crs
from services.ogc.errors import ResourceError
from services.ogc.features import links, statements
from services.ogc.geojson import RawFeature, RawFeatures
from services.ogc.selection import Selection
from services.ogc.source import Source


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
        sortby: list[dict[str, str]] | tuple[()] = (),
        select_properties: list[str] | tuple[()] = (),
        skip_geometry: bool = False,
        **_unused: Any,
    ) -> dict[str, Any]:
        """One page of features, or for a file the selection that it is written from.

        ``bbox`` is west, south, east, north in degrees (``services.ogc.patches`` brings every CRS to that).  Features
        without a geometry are in no box.  Sorted by ``sortby``, absent values last, then by id.

        ``numberMatched`` is exact, and left out where counting would cost more than ``statements.COUNT_COST``.
        """
        asked = current()
        selection = Selection(
            source=self.source,
            columns=[self.source.columns[name] for name in select_properties] or list(self.source.columns.values()),
            conditions=self._conditions(asked, bbox, datetime_),
            order=self._order(sortby),
            ordered=bool(sortby),
            crs=served_crs(self.source.plane_crs)[asked.given.get("crs", CRS84)],
            with_geometry=self.source.has_geometry and not skip_geometry,
            limit=limit,
            offset=offset,
        )
        if asked.format.bulk:
            return {"features": [], "selection": _whole(selection, asked)}  # read when the file is written
        if resulttype == "hits":
            matched = statements.count(selection)
            return {
                "type": "FeatureCollection",
                "features": [],
                "numberMatched": matched,
                "numberReturned": 0,
                "links": links.around(asked, None),
            }
        after = asked.given.get("after") if not sortby else None
        page = statements.page(selection, asked.format.name, after, known="filter" not in asked.given)
        found: dict[str, Any] = {"type": "FeatureCollection", **statements.about(selection, asked)}
        if page.matched is not None:
            found["numberMatched"] = page.matched
        found["numberReturned"] = page.returned
        found["features"] = RawFeatures(page.raw, page.returned)
        found["links"] = links.around(asked, links.Place(offset, limit, page, seekable=not sortby))
        return found

    def get(self, identifier: str, **_unused: Any) -> dict[str, Any]:
        """The feature with this id; ``ResourceError`` where there is none."""
        asked = current()
        selection = Selection(
            source=self.source,
            columns=list(self.source.columns.values()),
            conditions=[],
            order=sql.SQL("id"),
            ordered=False,
            crs=served_crs(self.source.plane_crs)[asked.given.get("crs", CRS84)],
            with_geometry=self.source.has_geometry,
        )
        found = None if "\0" in identifier else statements.item(selection, asked.format.name, identifier)
        if found is None:
            raise ResourceError(Text("この番号の地物はありません。", "There is no feature with this id."))
        raw, version = found
        if version is not None:
            asked.noted["version"] = version
        feature = RawFeature(raw, statements.about(selection, asked))
        feature["links"] = links.beside_item(asked)
        return feature if asked.format.name not in ("html", "jsonld") else feature.parsed()

    def get_domains(self, properties: list[str] | tuple[()] = (), current: bool = False) -> Any:  # noqa: ARG002
        """Values that occur, of properties with a code list or few values; for ``profile=actual-domain``."""
        names = properties or [name for name, column in self.source.columns.items() if column.codes is not None]
        return statements.domains(self.source, names), True

    def _conditions(
        self, asked: Asked, bbox: list[float] | tuple[float, ...], datetime_: str | None
    ) -> list[filters.Condition]:
        queryables = self.source.queryables
        found = [
            filters.equals(queryables[name], value)
            for name, value in asked.given.items()
            if name in queryables and name not in asked.page.by_name
        ]
        if bbox:
            west, south, east, north = bbox
            inside = filters.within((west, south, east, north))
            found.append(inside if self.source.has_geometry else (sql.SQL("false"), []))
        if (text := asked.given.get("filter")) is not None:
            language: cql2.Language = "cql2-json" if asked.given.get("filter-lang") == "cql2-json" else "cql2-text"
            expression = cql2.parse(text, language)
            found.append(cql2.condition(expression, self.source, asked.given.get("filter-crs", CRS84)))
        if datetime_ and (condition := filters.during(self.source, datetime_)) is not None:
            found.append(condition)
        return found

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


def _whole(selection: Selection, asked: Asked) -> Selection:
    """All that is asked for: a file has no pages, its limit is the asker's own, however high, or none."""
    limit = asked.given.get("limit")
    return replace(selection, limit=None if limit is None else int(limit))
