"""The demand of an analysis: people of the census by cell or by town, or given points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree
from shapely.geometry.base import BaseGeometry

from geo.coverage.covering import numbered
from geo.coverage.demand import MISSING, SUPPRESSED, Demand, Ints, demand_at
from geo.crs import STORAGE, transform_xy
from geo.mesh import mesh_bounds
from layers import population_areas, population_mesh
from layers.catalogue import catalogue
from layers.model import FieldKind, Layer
from layers.text import Text
from services.ogc.analysis.ages import BANDS, COLUMNS, persons_by_band
from services.ogc.analysis.city import DISTRICTS
from services.ogc.analysis.layers import Feature
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes import _place
from services.ogc.processes._exposure.people import newest_table
from services.ogc.processes._exposure.zones import POLYGON, asked_area
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.given import collection, features_of, number_of, point_of

Floats = npt.NDArray[np.float64]
MOST = 50_000
MESH, AREAS = population_mesh.LAYER.id, population_areas.LAYER.id
WEIGHT = "weight"
"""The property of given points that is their demand, unless another is named."""
PEOPLE = "population"
TOWN_REACH_M = 3_000.0
"""A place farther from the points of all towns is in none that is known."""

INPUTS: Mapping[str, Input] = {
    "demand": Input(
        title=Text("需要", "Demand"),
        description=Text(
            f"国勢調査の人口メッシュ（{MESH}、区画の中心）か町別人口（{AREAS}、町の代表点）、またはGeoJSONの"
            f"FeatureCollection。後者は属性{WEIGHT}（0以上の数、不明ならnull）を需要とし、town（町名）、reason（除外する"
            "理由）も読む。",
            f"The census mesh ({MESH}, at the centres of cells) or the population by town ({AREAS}, at the points of "
            f"towns), or a GeoJSON FeatureCollection, of whose features the property {WEIGHT} is the demand (0 or "
            "more, null where not known); town, and reason (why it is to be left out), are read too.",
        ),
        schema={"oneOf": [{"type": "string", "enum": [MESH, AREAS]}, collection(MOST)], "default": MESH},
        required=False,
    ),
    "weight": Input(
        title=Text("数える人数", "What is counted"),
        description=Text(
            f"需要とする属性。省略すると、レイヤーでは人口（{PEOPLE}）、与えた点では{WEIGHT}。"
            "例 households、aged_75_plus。",
            f"The property that is the demand: {PEOPLE} of a layer, {WEIGHT} of given points where left out. Such as "
            "households, aged_75_plus.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
    "area": Input(
        title=Text("範囲", "Area"),
        description=Text(
            "需要を数える範囲。GeoJSONのPolygonまたはMultiPolygon、または行政区域のコードか名称、都道府県名。点（区画の中心）がその中に"
            "あれば数える。省略すると市域（与えた点はすべて）。",
            "Demand within it is counted: a GeoJSON Polygon or MultiPolygon, the code or name of a district, or a "
            "prefecture. What "
            "has its point (the centre of a cell) there counts. The city where left out (of given points all).",
        ),
        schema={"oneOf": [{"type": "string", "minLength": 1, "maxLength": 50}, dict(POLYGON)]},
        required=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Band:
    """The demand of one age band at the same points."""

    id: str
    title: Text
    demand: Demand


@dataclass(frozen=True, eq=False)
class DemandPoints:
    """Demand at points in degrees (EPSG:6668).

    shapes:
        What each stands for: the cell, or the point itself.
    towns:
        Of each; None where it is not known.
    bands:
        By age; they add up to the demand, point by point.  None where demand is not people, or no age is known.
    without_ages:
        So many points have people who are in no published band.
    what, statistics:
        What is counted, and where the numbers are from.
    beyond:
        So many points lie outside of the area though what they stand for meets it, and their demand as far as it is
        known: that is not counted.
    properties:
        Of each point, as it was given or loaded.
    """

    ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    shapes: tuple[BaseGeometry, ...]
    demand: Demand
    towns: tuple[str | None, ...]
    bands: tuple[Band, ...] | None
    without_ages: int
    layer: Layer | None
    weight: str
    what: Text
    statistics: Mapping[str, Any] | None
    beyond: tuple[int, float] = (0, 0.0)
    properties: tuple[Mapping[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def by_town(self) -> tuple[Ints, tuple[str | None, ...]]:
        """The town of each point as a number, and the towns by number."""
        return numbered(self.towns)


def asked_demand(inputs: Values, context: Context) -> DemandPoints:
    """The demand of the inputs.

    Raises
    ------
    ParameterError
        If a number is negative, nothing counts, or the weight or the area cannot be used.
    UnanswerableError
        If the layer is not loaded, or empty, or no boundary is.
    """
    given, weight = inputs["demand"], inputs.get("weight")
    if isinstance(given, str):
        layer = catalogue()[given]
        if inputs.get("area") is None:
            key = f"planning-demand {weight} {context.city.code}"
            found = context.layers.remember(
                key, [layer.id, DISTRICTS, _place.TOWNS], lambda: _of_layer(layer, weight, None, context)
            )
        else:
            found = _of_layer(layer, weight, inputs["area"], context)
    else:
        found = _given(given, weight or WEIGHT, inputs.get("area"), context)
    if not (found.demand.counts & (found.demand.weights > 0)).any():
        raise _nothing_counts(found)
    return found


def _nothing_counts(found: DemandPoints) -> ParameterError:
    """With what has become of every point."""
    demand = found.demand
    unknown, reasoned = int((~demand.known).sum()), int((~demand.counts & demand.known).sum())
    return ParameterError(
        "demand",
        Text(
            f"数えられる需要がありません（{len(found):,}点のうち、需要が0のもの{demand.empty_points:,}、数の分からないもの"
            f"{unknown:,}、理由があって除外したもの{reasoned:,}。ほかに範囲の外の点{found.beyond[0]:,}）。",
            f"no demand counts: {len(found):,} points, of which {demand.empty_points:,} have a demand of 0, "
            f"{unknown:,} have no number and {reasoned:,} are excluded for a reason; {found.beyond[0]:,} more lie "
            "outside of the area.",
        ),
    )


def _of_layer(layer: Layer, weight: str | None, area: Any, context: Context) -> DemandPoints:
    state = context.layers.state(layer.id)
    if state is None or not state.row_count:
        raise UnanswerableError(
            Text(
                f"「{layer.title.ja}」のデータが読み込まれていません。demand を指定してください。",
                f"“{layer.title.en}” is not loaded; give a demand.",
            )
        )
    weight = weight or PEOPLE
    counted = {each.name: each for each in layer.fields if each.kind is FieldKind.INTEGER and each.minimum == 0}
    if weight not in counted:
        known = ", ".join(counted)
        raise ParameterError("weight", Text(f"次のいずれかです: {known}", f"it is one of {known}."))
    within = asked_area(area, context)
    rows, statistics = (_cells if layer.id == MESH else _towns)(within, context)
    context.check()
    places = [_cell_centre(each) if layer.id == MESH else point_of(each.geometry) for each in rows]
    shapely.prepare(within)
    lon, lat = np.array(places, np.float64).reshape(-1, 2).T.copy()
    inside = shapely.intersects_xy(within, lon, lat)
    kept = [row for row, is_in in zip(rows, inside.tolist(), strict=True) if is_in]
    outside = np.nan_to_num(_column(rows, weight))[~inside]
    lon, lat = lon[inside], lat[inside]
    columns = {name: _column(kept, name) for name in dict.fromkeys((*COLUMNS, weight))}
    # The statistics withhold what is missing (``*``, ``X``); a city's own table leaves it empty.
    reasons = [
        (SUPPRESSED if str(each.properties.get("source_id") or "").startswith("estat") else MISSING)
        if np.isnan(value)
        else None
        for each, value in zip(kept, columns[weight], strict=True)
    ]
    demand = demand_at(columns[weight], reasons)
    bands, without = _bands(columns, reasons) if weight == PEOPLE else (None, 0)
    towns = (
        nearest_towns(lon, lat, context, everywhere=area is not None)
        if layer.id == MESH
        else tuple(str(each.properties.get("area_name")) for each in kept)
    )
    shapes = tuple(each.geometry for each in kept if each.geometry is not None)
    ids = tuple(each.id for each in kept)
    return DemandPoints(
        ids,
        lon,
        lat,
        shapes,
        demand,
        towns,
        bands,
        without,
        layer,
        weight,
        counted[weight].title,
        statistics,
        (len(outside), float(outside.sum())),
        tuple(each.properties for each in kept),
    )


def _cells(area: BaseGeometry, context: Context) -> tuple[list[Feature], Mapping[str, Any]]:
    table = newest_table(context)
    if table is None:
        return [], {}
    name, year, size_m = table
    found = context.layers.features(MESH, within=area, equal={"statistics_table": name, "census_year": year})
    placed = [each for each in found if each.geometry is not None]
    return placed, {"layer": MESH, "table": name, "census_year": year, "cell_size_m": size_m}


def _towns(area: BaseGeometry, context: Context) -> tuple[list[Feature], Mapping[str, Any]]:
    """Those of one table: two would count the same people twice.  The one surveyed last, of several the first."""
    found = [each for each in context.layers.features(AREAS, within=area) if each.geometry is not None]
    tables: dict[str, str] = {}
    for each in found:
        table, surveyed = str(each.properties.get("source_id")), str(each.properties.get("surveyed_on") or "")
        tables[table] = max(tables.get(table, ""), surveyed)
    if not tables:
        return [], {}
    table = min(tables, key=lambda name: (-int(tables[name].replace("-", "") or 0), name))
    rows = [_with_oldest(each) for each in found if str(each.properties.get("source_id")) == table]
    return rows, {"layer": AREAS, "table": table, "surveyed_on": tables[table] or None}


def _with_oldest(town: Feature) -> Feature:
    """With men and women of 85 and over as one column, as the mesh has it."""
    parts = [town.properties.get(f"{sex}_85_plus") for sex in ("male", "female")]
    oldest = None if None in parts else sum(int(part) for part in parts if part is not None)
    return Feature(town.id, {**town.properties, "aged_85_plus": oldest}, town.geometry)


def _cell_centre(cell: Feature) -> tuple[float, float]:
    """The centre of the cell that the figures are of, also where cells that are withheld were merged into it."""
    west, south, east, north = mesh_bounds(str(cell.properties["mesh_code"]))
    return (west + east) / 2, (south + north) / 2


def _column(rows: Sequence[Feature], name: str) -> Floats:
    return np.array([each.properties.get(name) for each in rows], dtype=np.float64)


def _bands(columns: Mapping[str, Floats], reasons: Sequence[str | None]) -> tuple[tuple[Band, ...], int]:
    persons, incomplete = persons_by_band(columns)
    unknown = np.isnan(columns[PEOPLE])
    persons[unknown] = np.nan
    bands = tuple(Band(key, title, demand_at(persons[:, place], reasons)) for place, (key, title) in enumerate(BANDS))
    return bands, int((incomplete & ~unknown).sum())


def _given(given: Mapping[str, Any], weight: str, area: Any, context: Context) -> DemandPoints:
    every = features_of("demand", given)
    numbers = {name: _numbers(every, name) for name in (weight, *COLUMNS[1:])}
    for number, row in enumerate(every):
        if weight not in row.properties:
            where = f"features[{number}].properties.{weight}"
            raise ParameterError(
                "demand", Text(f"{where}がありません。", f"{where} is missing; give null where not known.")
            )
    lon, lat = np.array([point_of(each.geometry) for each in every if each.geometry is not None], np.float64).T.copy()
    inside = np.ones(len(every), bool) if area is None else shapely.intersects_xy(asked_area(area, context), lon, lat)
    beyond = int((~inside).sum()), float(np.nan_to_num(numbers[weight][~inside]).sum())
    lon, lat, columns = lon[inside], lat[inside], {name: values[inside] for name, values in numbers.items()}
    rows = [row for row, is_in in zip(every, inside.tolist(), strict=True) if is_in]
    weights = columns[weight]
    reasons = [None if (reason := row.properties.get("reason")) is None else str(reason)[:80] for row in rows]
    has_ages = any(not np.isnan(columns[name]).all() for name in COLUMNS[1:])
    bands, without = _bands({**columns, PEOPLE: weights}, reasons) if has_ages else (None, 0)
    named = [row.properties.get("town") for row in rows]
    towns = (
        tuple(None if each is None else str(each) for each in named)
        if any(each is not None for each in named)
        else nearest_towns(lon, lat, context, everywhere=True)
    )
    shapes = tuple(row.geometry for row in rows if row.geometry is not None)
    ids = tuple(row.id for row in rows)
    return DemandPoints(
        ids, lon, lat, shapes, demand_at(weights, reasons), towns, bands, without, None, weight,
        Text("需要", "demand"), None, beyond, tuple(row.properties for row in rows),
    )  # fmt: skip


def _numbers(rows: Sequence[Feature], name: str) -> Floats:
    """A property of given points, NaN where it is not known; ``ParameterError`` where it is no number of 0 or more."""
    values = [
        number_of("demand", f"features[{number}].properties.{name}", row.properties.get(name))
        for number, row in enumerate(rows)
    ]
    return np.array(values, np.float64)


def nearest_towns(lon: Floats, lat: Floats, context: Context, *, everywhere: bool) -> tuple[str | None, ...]:
    """The town whose point is nearest to each place, of the city or ``everywhere``; None where none is near."""
    towns = [
        (str(each.properties["name"]), each.geometry.x, each.geometry.y)
        for each in context.layers.features(_place.TOWNS)
        if each.geometry is not None
        and each.properties.get("name")
        and (everywhere or _place.may_be_of(each, context.city))
    ]
    if not towns or not len(lon):
        return (None,) * len(lon)
    names, town_lon, town_lat = zip(*towns, strict=True)
    plane = context.city.plane_crs
    tree = KDTree(np.column_stack(transform_xy(np.array(town_lon), np.array(town_lat), STORAGE, plane)))
    places = np.column_stack(transform_xy(lon, lat, STORAGE, plane))
    away_m, nearest = tree.query(places, distance_upper_bound=TOWN_REACH_M)
    return tuple(
        names[each] if np.isfinite(distance) else None
        for each, distance in zip(nearest.tolist(), away_m.tolist(), strict=True)
    )
