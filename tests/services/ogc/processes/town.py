"""A town of a few squares, held in memory: what is where can be said by heart.

The city is the square from (135.30, 34.70) to (135.40, 34.80); east of it lies another.
"""

from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from services.database.revisions import DatasetState, LayerState
from services.ogc.analysis.frames import FrameLayers
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.settings import ROOT, read_city

CITY = read_city(ROOT / "city.toml")
Rows = list[dict[str, Any]]

DISTRICTS: Rows = [
    {"id": "d1", "municipality_code": "28204", "name": "西宮市", "geometry": box(135.30, 34.70, 135.40, 34.80)},
    {"id": "d2", "municipality_code": "28202", "name": "尼崎市", "geometry": box(135.40, 34.70, 135.50, 34.80)},
]


def flood(key: str, scenario: str, rank: int | None, area: BaseGeometry, **more: Any) -> dict[str, Any]:
    """An area of the river 甲川, with the depth of its rank."""
    bounds = {1: (0.0, 0.5), 2: (0.5, 3.0), 3: (3.0, 5.0), 6: (20.0, None)}
    is_depth = scenario in ("maximum", "planned") and rank is not None
    lower, upper = bounds[rank] if is_depth and rank is not None else (None, None)
    return {
        "id": key,
        "scenario": scenario,
        "rank": rank,
        "hazard_class": f"depth-{rank}" if is_depth else {1: "bank-overflow"}.get(rank or 0),
        "depth_lower_m": lower,
        "depth_upper_m": upper,
        "river_name": "甲川",
        "dataset": f"ksj-a31a-{scenario}/{scenario}/1",
        "source_id": f"ksj-a31a-{scenario}",
        "as_of": "2024-03-31",
        "fictitious": False,
        "geometry": area,
        **more,
    }


FLOOD: Rows = [
    flood("f1", "maximum", 2, box(135.30, 34.70, 135.34, 34.75)),
    flood("f2", "maximum", 3, box(135.34, 34.70, 135.36, 34.75)),
    flood("f3", "planned", 1, box(135.30, 34.70, 135.32, 34.75)),
    flood("f4", "collapse", 1, box(135.35, 34.70, 135.36, 34.75)),
]
LANDSLIDE: Rows = [
    {
        "id": key,
        "phenomenon": 2,
        "zone": zone,
        "rank": rank,
        "hazard_class": f"debris-flow-{name}",
        "prefecture_code": "28",
        "dataset": "ksj-a33/28",
        "source_id": "ksj-a33",
        "geometry": area,
    }
    for key, zone, rank, name, area in (
        ("l1", 1, 1, "yellow", box(135.31, 34.77, 135.33, 34.79)),
        ("l2", 2, 2, "red", box(135.315, 34.775, 135.325, 34.785)),
    )
]
TSUNAMI: Rows = [
    {
        "id": "t1",
        "rank": 4,
        "hazard_class": "depth-4",
        "depth_lower_m": 1.0,
        "depth_upper_m": 3.0,
        "depth_text": "1m以上3m未満",
        "prefecture_code": "28",
        "dataset": "ksj-a40/28",
        "source_id": "ksj-a40",
        "geometry": box(135.30, 34.70, 135.36, 34.72),
    }
]
TOWNS: Rows = [
    {"id": f"t{number}", "name": name, "municipality_code": "28204", "geometry": Point(lon, lat)}
    for number, (name, lon, lat) in enumerate(
        (
            ("六湛寺町", 135.3395, 34.74),
            ("石在町", 135.33, 34.735),
            ("田中町", 135.345, 34.745),
            ("馬場町", 135.335, 34.73),
            ("名塩一丁目", 135.38, 34.79),
            ("名塩二丁目", 135.382, 34.788),
            ("名塩三丁目", 135.378, 34.792),
            ("名塩四丁目", 135.377, 34.787),
        )
    )
]
EVERY: dict[str, Rows] = {
    "districts": DISTRICTS,
    "hazard-flood": FLOOD,
    "hazard-landslide": LANDSLIDE,
    "hazard-tsunami": TSUNAMI,
    "towns": TOWNS,
}


def frames(**layers: Rows) -> dict[str, gpd.GeoDataFrame]:
    """Layers as frames; names with ``_`` for ``-``."""
    return {
        name.replace("_", "-"): gpd.GeoDataFrame(rows, geometry="geometry", crs=6668) for name, rows in layers.items()
    }


def context(layers: dict[str, Rows] | None = None, *, without: str = "", **options: Any) -> Context:
    """A context over the town, or over other layers."""
    every = {name: rows for name, rows in (EVERY if layers is None else layers).items() if name != without}
    states = {"hazard-flood": flood_state()} if "hazard-flood" in every else {}
    return Context(FrameLayers({name: frames(x=rows)["x"] for name, rows in every.items()}, states), CITY, **options)


def flood_state() -> LayerState:
    """What is known of the flood areas: datasets of two dates."""
    return LayerState(
        "hazard-flood",
        revision=3,
        published_at=None,
        datasets=tuple(
            DatasetState(
                id=f"ksj-a31a-{scenario}/{scenario}/1",
                format_id=f"ksj-a31a-{scenario}",
                source_id=None,
                title=None,
                url=None,
                licence="CC-BY-4.0",
                attribution="兵庫県" if scenario == "maximum" else None,
                as_of=date(2024 if scenario == "maximum" else 2022, 3, 31),
                fictitious=False,
                row_count=1,
                loaded_at=datetime(2025, 1, 1, tzinfo=UTC),
            )
            for scenario in ("maximum", "planned", "collapse")
        ),
    )


def at(lon: float, lat: float, where: Context | None = None, **inputs: Any) -> dict[str, Any]:
    """The hazards at a position, by layer."""
    found: dict[str, Any] = ask({"location": [lon, lat], **inputs}, where)["hazards"]
    return found


def ask(inputs: dict[str, Any], where: Context | None = None) -> dict[str, Any]:
    """The answer of hazard-at-point, with the hazards by layer."""
    answer = processes()["hazard-at-point"].run(inputs, where or context())["answer"]
    return {**answer, "hazards": {each["id"]: each for each in answer["hazards"]}}
