"""The SQL of pages: PostgreSQL writes the array of features as bytes.

The text of a statement depends on what is asked for, not on its values: it is written once and then known, to us and,
prepared, to the server.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from layers.model import FieldKind
from services.database.asking import Asking, Query
from services.database.editing.versions import row_version
from services.database.failures import store_errors
from services.ogc import filters
from services.ogc.asked import Asked
from services.ogc.crs import CRS84, served_crs
from services.ogc.jsonfg import JSON_FG_CLASSES
from services.ogc.selection import Selection
from services.ogc.source import Column, Source

COUNT_COST = 2_000.0
"""What counting a filter's matches may cost, in the planner's units (about 5 ms): beyond it a page says no number."""
COUNTED_IN_BOX = 2_000
"""So many features in a box are counted with its page: finding them by the index costs less than asking the planner."""

# The properties come out of a lateral row: the planner writes each column once (11 ms a thousand features of 23
# columns; a sub-select for each row 14 ms, ST_AsGeoJSON of a record 15 ms, json_agg more).
_PAGE = sql.SQL(
    """SELECT convert_to('[' || coalesce(string_agg({feature}, ','), '') || ']', 'UTF8'), count(*), max(id), {matched}
    FROM (SELECT * FROM {relation}{where} ORDER BY {order} LIMIT %s OFFSET %s) AS t
    CROSS JOIN LATERAL (SELECT {columns} OFFSET 0) AS p"""
)
_ITEM = sql.SQL(
    "SELECT convert_to({feature}, 'UTF8'), {version} FROM {relation} AS t "
    "CROSS JOIN LATERAL (SELECT {columns} OFFSET 0) AS p WHERE id = %s"
)
_COUNT = sql.SQL("SELECT count(*) FROM {relation}{where}")
_COUNT_FEW = sql.SQL("(SELECT count(*) FROM (SELECT FROM {relation}{where} LIMIT {most}) AS m)")
_FEATURE = sql.SQL(
    """'{{"type":"Feature","id":' || to_json(id)::text || {before} || ',"geometry":' || {geometry} ||
    ',"properties":' || row_to_json(p.*)::text || '}}'"""
)


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """A page: the JSON array, how many features it has, the last id, and how many match (None: not counted)."""

    raw: bytes
    returned: int
    last_id: str | None
    matched: int | None


def page(selection: Selection, form: str, after: str | None, *, known: bool) -> Asking[FeaturePage]:
    """The features selected, in one form of JSON; ``after`` goes on behind this id, in the order of ids.

    ``known`` says that statements of this shape come again, so that the text is kept: true of all but free filters.
    """
    source = selection.source
    conditions = list(selection.conditions)
    all_where, all_values = filters.all_of(conditions)
    if after is not None:
        conditions.append((sql.SQL("id > %s"), [after]))
    where, values = filters.all_of(conditions)
    few = _COUNT_FEW.format(relation=source.relation, where=all_where, most=sql.Literal(COUNTED_IN_BOX + 1))

    def write() -> sql.Composed:
        return _PAGE.format(
            feature=_feature(selection, form),
            matched=few if selection.only_in_box else sql.SQL("NULL"),
            relation=source.relation,
            where=where,
            order=selection.order,
            columns=_columns(selection.columns),
        )

    key = ("page", *_shape(selection, form), selection.only_in_box, _text(where), _text(selection.order))
    statement = _known(source, key, write) if known else write().as_bytes(None)
    bound = [*values, selection.limit, 0 if after is not None else selection.offset]
    if selection.only_in_box:
        bound = [*all_values, *bound]
    # With a filter, a plan made for the very values: the planner sees how much a box or a value selects.
    filtered = bool(selection.conditions)
    row = yield Query(statement, bound, prepare=not filtered)
    raw, returned, last_id, in_box = row if row is not None else (b"[]", 0, None, None)
    if not filtered:
        matched: int | None = source.row_count
    elif after is None and returned < (selection.limit or 0) and (returned or not selection.offset):
        matched = selection.offset + returned  # the last page: what was passed over and what is here
    elif selection.only_in_box:
        matched = in_box if in_box <= COUNTED_IN_BOX else None
    else:
        matched = yield from _counted(selection)
    return FeaturePage(bytes(raw), returned, last_id, matched)


def count(selection: Selection) -> Asking[int]:
    """How many features match, exactly and whatever it costs."""
    source = selection.source
    if not selection.conditions:
        return source.row_count
    where, values = filters.all_of(selection.conditions)
    row = yield Query(_COUNT.format(relation=source.relation, where=where).as_bytes(None), values)
    return int(row[0]) if row is not None else 0


def _counted(selection: Selection) -> Asking[int | None]:
    """How many features match, where the planner says that counting them is cheap."""
    where, values = filters.all_of(selection.conditions)
    counting = _COUNT.format(relation=selection.source.relation, where=where).as_bytes(None)
    plan = yield Query(b"EXPLAIN (FORMAT JSON) " + counting, values, prepare=False)
    if plan is None or plan[0][0]["Plan"]["Total Cost"] > COUNT_COST:
        return None
    row = yield Query(counting, values, prepare=False)
    return int(row[0]) if row is not None else None


def item(selection: Selection, form: str, identifier: str) -> Asking[tuple[bytes, str | None] | None]:
    """One feature as JSON, and its version where the layer is editable here; None where there is none."""
    source = selection.source

    def write() -> sql.Composed:
        return _ITEM.format(
            feature=_feature(selection, form),
            version=row_version(source.layer) if source.is_editable else sql.SQL("NULL::text"),
            relation=source.relation,
            columns=_columns(selection.columns),
        )

    statement = _known(source, ("item", *_shape(selection, form)), write)
    row = yield Query(statement, [identifier], prepare=True)
    return (bytes(row[0]), row[1]) if row is not None else None


def domains(source: Source, names: Iterable[str]) -> dict[str, list[Any]]:
    """The values that occur, of each of these properties that has a code list."""
    found: dict[str, list[Any]] = {}
    query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL ORDER BY 1")
    with store_errors(), source.pool.connection() as connection:
        for name in names:
            if source.columns[name].codes is not None:
                rows = connection.execute(query.format(sql.Identifier(name), source.relation)).fetchall()
                found[name] = [value for (value,) in rows]
    return found


def about(selection: Selection, asked: Asked) -> dict[str, Any]:
    """What a document says of all its features, beside them: in JSON-FG their type, schema and reference system."""
    if asked.format.name != "jsonfg":
        return {}
    layer_id = selection.source.layer.id
    return {
        "conformsTo": list(JSON_FG_CLASSES),
        "featureType": layer_id,
        "featureSchema": f"{asked.base}/collections/{layer_id}/schema?f=json",
        "coordRefSys": selection.crs.uri,
    }


# --- parts -----------------------------------------------------------------------------------------------------


def _feature(selection: Selection, form: str) -> sql.Composed:
    if form != "jsonfg":
        return _FEATURE.format(geometry=_geometry(selection), before=sql.SQL("''"))
    # JSON-FG: the geometry is always WGS 84; one in another system is the place.
    wgs84 = selection.crs.uri == CRS84
    place = sql.SQL("'null'") if wgs84 else _geometry(selection)
    plain = _geometry(selection, wgs84=True)
    before = sql.SQL("',\"time\":' || {} || ',\"place\":' || {}").format(_time(selection.source), place)
    return _FEATURE.format(geometry=plain, before=before)


def _geometry(selection: Selection, *, wgs84: bool = False) -> sql.Composable:
    if not selection.with_geometry:
        return sql.SQL("'null'")
    value, digits = selection.geometry(flip=True), selection.crs.digits
    if wgs84:
        value, digits = sql.SQL("geometry"), served_crs(selection.source.plane_crs)[CRS84].digits
    return sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(value, sql.Literal(digits))


def _time(source: Source) -> sql.Composable:
    if source.time_field is None:
        return sql.SQL("'null'")
    name = sql.Identifier("t", source.time_field)
    if source.columns[source.time_field].kind is FieldKind.DATE:
        return sql.SQL("coalesce('{{\"date\":\"' || {}::text || '\"}}', 'null')").format(name)
    stamp = sql.SQL("""to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""").format(name)
    return sql.SQL("coalesce('{{\"timestamp\":\"' || {} || '\"}}', 'null')").format(stamp)


def _columns(columns: Iterable[Column]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("t", column.name) for column in columns)


def _shape(selection: Selection, form: str) -> tuple[Any, ...]:
    names = tuple(column.name for column in selection.columns)
    return form, selection.crs.uri, selection.with_geometry, names


def _text(part: sql.Composable) -> bytes:
    return part.as_bytes(None)


def _known(source: Source, key: tuple[Any, ...], write: Callable[[], sql.Composed]) -> bytes:
    statements = source.statements
    text = statements.get(key)
    if text is None:
        if len(statements) >= _MOST_STATEMENTS:
            statements.clear()
        text = statements[key] = write().as_bytes(None)
    return text


_MOST_STATEMENTS = 500
