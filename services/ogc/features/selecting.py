"""What a request for items selects, out of its checked parameters."""

from typing import cast

from psycopg import sql

from services.ogc import cql2, filters
from services.ogc.asked import Asked
from services.ogc.crs import CRS84, lonlat_bounds, served_crs
from services.ogc.parameters import DEFAULT_ITEMS, MAX_ITEMS
from services.ogc.selection import Selection
from services.ogc.source import Source


def selected(asked: Asked) -> Selection:
    """The rows of one page of features; of a file, which has no pages, all or as many as are asked for.

    Features without a geometry are in no box.  Sorted by ``sortby``, absent values last, then by id.

    Raises
    ------
    ParameterError
        If the filter is none, or the box is not within its reference system.
    """
    source, given = _source(asked), asked.given
    columns = source.columns
    limit, conditions = given.get("limit"), _conditions(asked, source)
    if asked.format.bulk:
        most = None if limit is None else int(limit)
    else:
        most = DEFAULT_ITEMS if limit is None else min(int(limit), MAX_ITEMS)
    return Selection(
        source=source,
        columns=[columns[name] for name in given["properties"].split(",")]
        if "properties" in given
        else list(columns.values()),
        conditions=conditions,
        order=_order(source, given.get("sortby")),
        ordered="sortby" in given,
        crs=served_crs(source.plane_crs)[given.get("crs", CRS84)],
        with_geometry=source.has_geometry and given.get("skipGeometry") != "true",
        only_in_box=source.has_geometry and "bbox" in given and len(conditions) == 1,
        limit=most,
        offset=int(given.get("offset", 0)),
    )


def every_one(asked: Asked) -> Selection:
    """All features with all that is known of them, in the reference system asked for."""
    source = _source(asked)
    return Selection(
        source=source,
        columns=list(source.columns.values()),
        conditions=[],
        order=_BY_ID,
        ordered=False,
        crs=served_crs(source.plane_crs)[asked.given.get("crs", CRS84)],
        with_geometry=source.has_geometry,
    )


_BY_ID = sql.SQL("id")


def _source(asked: Asked) -> Source:
    assert asked.source is not None  # noqa: S101 - items belong to a layer
    return asked.source


def _conditions(asked: Asked, source: Source) -> list[filters.Condition]:
    given, queryables = asked.given, source.queryables
    found = [
        filters.equals(queryables[name], value)
        for name, value in given.items()
        if name in queryables and name not in asked.page.by_name
    ]
    if (box := given.get("bbox")) is not None:
        bounds = lonlat_bounds([float(each) for each in box.split(",")], given.get("bbox-crs", CRS84), source.plane_crs)
        found.append(filters.within(bounds) if source.has_geometry else (sql.SQL("false"), []))
    if (text := given.get("filter")) is not None:
        language = cast(cql2.Language, given.get("filter-lang", "cql2-text"))  # one of them, as was checked
        expression = cql2.parse(text, language)
        if language == "cql-text":
            expression = cql2.standardised(expression, source)
        found.append(cql2.condition(expression, source, given.get("filter-crs", CRS84)))
    if (time := given.get("datetime")) is not None and (condition := filters.during(source, time)) is not None:
        found.append(condition)
    return found


def _order(source: Source, sortby: str | None) -> sql.Composable:
    if sortby is None:
        return _BY_ID
    keys = [
        sql.SQL("{} {} NULLS LAST").format(
            sql.Identifier(source.columns[key.lstrip("+- ")].name), sql.SQL("DESC" if key.startswith("-") else "ASC")
        )
        for key in sortby.split(",")
    ]
    return sql.SQL(", ").join([*keys, _BY_ID])
