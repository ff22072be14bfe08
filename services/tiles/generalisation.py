"""What a tile of a small scale shows of many features: fewer marks, and nothing that silently goes missing.

Points on one spot (a cell of two pixels, of one class) become the first of them.  Areas smaller than a cell become
the cells they lie in, merged to one feature for each class; of several classes in a cell the last of the legend, which
is the gravest, is shown.  What stands for several features says so in ``feature_count``.

Areas of hazards never shrink, since an absent hazard looks safe: small ones take every cell they touch, large ones are
widened by as much as simplifying may take away.  What is drawn covers what is true, at every zoom.

Features of a layer of any geometry stay one by one; what is too small to be seen becomes a point on it.
"""

from collections.abc import Iterable, Mapping
from math import pi

from psycopg import sql

from geo.crs import STORAGE, WEB_MERCATOR
from layers.model import Geometry, Layer, Theme
from services.database.schema import column_type
from services.tiles.extent import BUFFER, EXTENT

LEVELS = 6
"""How often a tile that is too large is drawn again, each time with cells of twice the size."""
_CELL_UNITS = 32
_TOLERANCE_UNITS = 4
_DEGREE_M = 6_378_137.0 * pi / 180

AROUND = sql.SQL(
    "ST_MakeEnvelope(%(around_west)s, %(around_south)s, %(around_east)s, %(around_north)s, {srid})"
).format(srid=sql.Literal(STORAGE))

_BOUNDS = sql.SQL("ST_MakeBox2D(ST_MakePoint(%(west)s, %(south)s), ST_MakePoint(%(east)s, %(north)s))")

# Names of our own begin with an underscore, as no field can.
_TILE = sql.SQL("SELECT ST_AsMVT(drawn, {name}, {extent}, '_mvt') FROM ({features}) AS drawn")

_POINTS = sql.SQL(
    """SELECT each.id, {each_columns}, nullif(_n, 1) AS feature_count, {mvt} AS _mvt FROM (
        SELECT min(id COLLATE "C") AS _first, count(*) AS _n FROM (
            SELECT id, {keys}, floor(({x} - %(west)s) / %(cell)s) AS _cx, floor((%(north)s - {y}) / %(cell)s) AS _cy
              FROM {relation} WHERE geometry && {around}) AS placed
        GROUP BY _cx, _cy, {keys}) AS spot
    JOIN {relation} AS each ON each.id = _first ORDER BY _first"""
)
_EACH = sql.SQL(
    'SELECT id, {columns}, {mvt} AS _mvt FROM {relation} WHERE geometry && {around} ORDER BY id COLLATE "C" OFFSET 0'
)
_MERGED_LINES = sql.SQL(
    "SELECT {keys}, count(*) AS feature_count, {mvt} AS _mvt FROM {relation} WHERE geometry && {around} "
    "GROUP BY {keys} ORDER BY {keys}"
)
_AREAS = sql.SQL(
    """WITH found AS NOT MATERIALIZED (
        SELECT id, {columns}, geometry, _box, {small} AS _small FROM (
            SELECT *, geometry::box2d::box3d AS _box FROM {relation} WHERE geometry && {around} OFFSET 0) AS boxed),
    parts AS MATERIALIZED (
        SELECT id, {columns}, _part, _box, {small} AS _small FROM (
            SELECT id, {columns}, _part, _part::box2d::box3d AS _box
              FROM found CROSS JOIN LATERAL (SELECT (ST_Dump(geometry)).geom AS _part) AS dump
             WHERE NOT _small AND _part && {around} OFFSET 0) AS dumped),
    pieces AS (
        SELECT {keys}, _box FROM found WHERE _small UNION ALL SELECT {keys}, _box FROM parts WHERE _small),
    cells AS (
        SELECT {rank} AS _rank, {others}, _cx, _cy, count(*) AS _n FROM ({celled}) AS celled
         GROUP BY {others}, _cx, _cy),
    runs AS (
        SELECT _rank, {others}, _cy, min(_cx) AS _first, max(_cx) + 1 AS _after, sum(_n) AS _n FROM (
            SELECT *, _cx - row_number() OVER (PARTITION BY _rank, {others}, _cy ORDER BY _cx) AS _run
              FROM cells) AS numbered
         GROUP BY _rank, {others}, _cy, _run),
    blocks AS (
        SELECT _rank, {others}, sum(_n)::bigint AS _n, ST_Collect(ST_MakeEnvelope(
                   %(west)s + _first * %(cell)s, %(north)s - (_cy + 1) * %(cell)s,
                   %(west)s + _after * %(cell)s, %(north)s - _cy * %(cell)s, {srid}) ORDER BY _cy, _first) AS _shape
          FROM runs GROUP BY _rank, {others}),
    whole AS (
        SELECT id, {columns}, {large} AS _shape FROM parts WHERE NOT _small GROUP BY id, {columns})
    SELECT * FROM (
        SELECT id, {columns}, NULL::bigint AS feature_count, {mvt} AS _mvt FROM whole
        UNION ALL
        SELECT NULL, {block_columns}, _n, {mvt} FROM blocks) AS every
    ORDER BY {order}"""
)
# A piece that touches a cell of a hazard counts in it; of other areas it counts in the one cell of its middle.
_TOUCHED = sql.SQL(
    """SELECT {keys}, _cx, _cy FROM pieces
        CROSS JOIN LATERAL generate_series(floor(({left} - %(west)s) / %(cell)s)::integer,
                                           floor(({right} - %(west)s) / %(cell)s)::integer) AS _cx
        CROSS JOIN LATERAL generate_series(floor((%(north)s - {top}) / %(cell)s)::integer,
                                           floor((%(north)s - {bottom}) / %(cell)s)::integer) AS _cy"""
)
_CENTRAL = sql.SQL(
    """SELECT {keys}, floor(({x} - %(west)s) / %(cell)s)::integer AS _cx,
              floor((%(north)s - {y}) / %(cell)s)::integer AS _cy FROM pieces"""
)
_SMALL = sql.SQL("ST_XMax(_box) - ST_XMin(_box) < %(cell_deg)s AND ST_YMax(_box) - ST_YMin(_box) < %(cell_deg)s")


def values(side_m: float, around: tuple[float, float, float, float], coarser: int) -> Mapping[str, object]:
    """The figures of a tile: cell and tolerances in units of its system and in degrees.

    A tolerance in degrees is the shorter of what it is across and along, so that it is kept in both directions.
    """
    unit = side_m / EXTENT
    across, along = around[2] - around[0], around[3] - around[1]
    unit_deg = min(across, along) / (EXTENT + 2 * BUFFER)
    scale = 2**coarser
    return {
        "cell": unit * _CELL_UNITS * scale,
        "cell_deg": unit_deg * _CELL_UNITS * scale,
        "tolerance_deg": unit_deg * _TOLERANCE_UNITS * scale,
        "reach": unit * (_TOLERANCE_UNITS * scale + 1),
    }


def statement(
    layer: Layer, columns: tuple[str, ...], relation: sql.Identifier, *, srid: int, merge_lines: bool
) -> sql.Composed:
    """The query of one generalised tile; ``merge_lines`` joins the lines of each class and leaves out their ids."""
    style = layer.style
    keys = [name for name in (style.by, style.one_of, "fictitious") if name is not None and name in columns]
    parts: dict[str, sql.Composable] = {
        "columns": _names(columns),
        "keys": _names(keys),
        "relation": relation,
        "around": AROUND,
    }
    if layer.geometry is Geometry.POINT:
        x, y = _place(sql.SQL("ST_X(geometry)"), sql.SQL("ST_Y(geometry)"), srid)
        each = sql.SQL(", ").join(sql.Identifier("each", name) for name in columns)
        shown = _mvt(_transformed(sql.SQL("each.geometry"), srid))
        features = _POINTS.format(**parts, each_columns=each, x=x, y=y, mvt=shown)
    elif layer.geometry is Geometry.ANY:  # few, and each of its own meaning: none stands for another
        shape = _mvt(_transformed(sql.SQL("ST_Simplify(geometry, %(tolerance_deg)s, true)"), srid))
        spot = _mvt(_transformed(sql.SQL("ST_PointOnSurface(geometry)"), srid))
        features = _EACH.format(**parts, mvt=sql.SQL("coalesce({}, {})").format(shape, spot))
    elif layer.geometry in (Geometry.LINE, Geometry.MULTILINE):
        line = sql.SQL("ST_LineMerge(ST_Collect(geometry))" if merge_lines else "geometry")
        simple = sql.SQL("ST_Simplify({}, %(tolerance_deg)s, true)").format(line)
        features = (_MERGED_LINES if merge_lines else _EACH).format(**parts, mvt=_mvt(_transformed(simple, srid)))
    else:
        features = _areas(layer, columns, keys, parts, srid)
    return _TILE.format(name=sql.Literal(layer.id), extent=sql.Literal(EXTENT), features=features)


def drawing_order(layer: Layer, columns: tuple[str, ...]) -> sql.Composable:
    """Keys that put the features of a tile in one order, the last drawn uppermost: of areas the gravest class."""
    by_id = sql.SQL('id COLLATE "C"')
    if layer.geometry is not Geometry.MULTIPOLYGON or layer.style.by not in columns or not layer.style.classes:
        return by_id
    return sql.SQL("{} NULLS FIRST, {}").format(_rank(layer.style.by), by_id)


def class_values(layer: Layer) -> list[str]:
    """The classes of the legend as PostgreSQL writes their values."""
    return [_text(entry.value) for entry in layer.style.classes]


def _rank(by: str) -> sql.Composed:
    return sql.SQL("array_position(%(classes)s::text[], {}::text)").format(sql.Identifier(by))


def _areas(
    layer: Layer, columns: tuple[str, ...], keys: list[str], parts: dict[str, sql.Composable], srid: int
) -> sql.Composed:
    by = layer.style.by if layer.style.by in keys else None
    others = [name for name in keys if name != by]
    large = _transformed(sql.SQL("ST_Collect(ST_SimplifyPreserveTopology(_part, %(tolerance_deg)s))"), srid)
    left, bottom = _place(sql.SQL("ST_XMin(_box)"), sql.SQL("ST_YMin(_box)"), srid)
    right, top = _place(sql.SQL("ST_XMax(_box)"), sql.SQL("ST_YMax(_box)"), srid)
    if layer.theme is Theme.HAZARD:
        large = sql.SQL("ST_Buffer({}, %(reach)s, 'quad_segs=1')").format(large)
        celled = _TOUCHED.format(keys=_names(keys), left=left, bottom=bottom, right=right, top=top)
    else:
        x, y = _place(
            sql.SQL("(ST_XMin(_box) + ST_XMax(_box)) / 2"), sql.SQL("(ST_YMin(_box) + ST_YMax(_box)) / 2"), srid
        )
        celled = _CENTRAL.format(keys=_names(keys), x=x, y=y)
    rank: sql.Composable = sql.SQL("NULL::integer")
    if by is not None:
        rank = sql.SQL("max({})").format(_rank(by))
    block_columns = (
        sql.SQL("{} AS {}").format(_block_value(layer, name, by, others), sql.Identifier(name)) for name in columns
    )
    return _AREAS.format(
        **parts,
        srid=sql.Literal(srid),
        others=_names(others),
        small=_SMALL,
        rank=rank,
        celled=celled,
        large=large,
        order=drawing_order(layer, columns),
        block_columns=sql.SQL(", ").join(block_columns),
        mvt=_mvt(sql.SQL("_shape")),
    )


def _block_value(layer: Layer, name: str, by: str | None, others: list[str]) -> sql.Composable:
    """A property of a merged feature: its class, what else it was merged by, else unknown."""
    if name in others:
        return sql.Identifier(name)
    kind = sql.SQL(column_type(layer.by_name[name]))
    if name == by:
        return sql.SQL("(%(classes)s::text[])[_rank]::{}").format(kind)
    return sql.SQL("NULL::{}").format(kind)


def _place(lon: sql.Composable, lat: sql.Composable, srid: int) -> tuple[sql.Composable, sql.Composable]:
    """Easting and northing of a position in degrees.

    In Web Mercator by its formula (EPSG:1024): a tenth of the time of ``ST_Transform``, which counts where a tile is
    of 200,000 features.
    """
    if srid == WEB_MERCATOR:
        metres = sql.Literal(_DEGREE_M)
        x: sql.Composable = sql.SQL("({}) * {}").format(lon, metres)
        y: sql.Composable = sql.SQL("degrees(ln(tan(radians(45 + ({}) / 2)))) * {}").format(lat, metres)
        return x, y
    point = sql.SQL("ST_Transform(ST_SetSRID(ST_MakePoint({}, {}), {}), {})").format(
        lon, lat, sql.Literal(STORAGE), sql.Literal(srid)
    )
    return sql.SQL("ST_X({})").format(point), sql.SQL("ST_Y({})").format(point)


def _transformed(shape: sql.Composable, srid: int) -> sql.Composed:
    return sql.SQL("ST_Transform({}, {})").format(shape, sql.Literal(srid))


def _mvt(shape: sql.Composable) -> sql.Composed:
    return sql.SQL("ST_AsMVTGeom({}, {}, {}, {}, true)").format(
        shape, _BOUNDS, sql.Literal(EXTENT), sql.Literal(BUFFER)
    )


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _text(value: str | int | bool) -> str:
    """A class's value as PostgreSQL writes it as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
