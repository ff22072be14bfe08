"""What a citizen asks about, held in memory: the town of squares with sites, readings, facilities and streets."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
from shapely.geometry import Point

from geo.network.profiles import profile
from geo.travel.conditions import Conditions, conditions
from geo.travel.topology import topology_of
from services.ogc.analysis.frames import FrameLayers
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from services.routing.calibrated import NOT_CALIBRATED, RoadFigures
from tests.geo.travel.streets import grid, position, street_map
from tests.services.ogc.processes.town import CITY, EVERY, Rows

SIDE = 7
"""Streets each way, 100 m apart; the one in the south-west corner crosses at ``position(0, 0)``."""


def site(key: str, name: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """An emergency site at a place of the street map."""
    return {
        "id": key,
        "common_id": key,
        "name": name,
        "name_kana": None,
        "address": "西宮市石在町1番1号",
        "remarks": None,
        "for_flood": True,
        "for_tsunami": True,
        "for_landslide": None,
        "for_earthquake": False,
        "dataset": "test",
        "source_id": "test",
        "fictitious": False,
        "geometry": Point(*position(x, y)),
        **more,
    }


SITES: Rows = [
    site("s1", "甲小学校", 300, 0, remarks="洪水は２階以上、津波は３階以上が対象", name_kana="コウショウガッコウ"),
    site("s2", "乙公園", 0, 300),
    site("s3", "丙公園", 600, 600, for_tsunami=None),
    site("s4", "丁公園", 500, 0, for_flood=None),
    site("s5", "戊公園", 600, 0),
]
POSTAL_CODES: Rows = [
    {"id": f"p{number}", "postal_code": code, "town": town, "town_kana": kana, "municipality_code": "28204"}
    for number, (code, town, kana) in enumerate(
        (
            ("6620911", "石在町", "イシザイチョウ"),
            ("6691147", "名塩", "ナジオ"),
            ("6620918", "六湛寺町", "ロクタンジチョウ"),
            ("6620918", "田中町", "タナカチョウ"),
        )
    )
]
FACILITIES: Rows = [
    {
        "id": "f1",
        "name": "甲小学校",
        "name_kana": "コウショウガッコウ",
        "address": "西宮市石在町1番1号",
        "x": 305,
        "y": 5,
    },
    {"id": "f2", "name": "乙図書館", "name_kana": "オツトショカン", "address": "西宮市名塩一丁目", "x": 100, "y": 100},
    {"id": "f3", "name": "乙図書館", "name_kana": "オツトショカン", "address": "西宮市田中町", "x": 600, "y": 600},
]


def every() -> dict[str, gpd.GeoDataFrame]:
    """The layers as frames."""
    facilities = [
        {
            **{name: value for name, value in row.items() if name not in "xy"},
            "geometry": Point(*position(row["x"], row["y"])),
        }
        for row in FACILITIES
    ]
    layers = {**EVERY, "emergency-sites": SITES, "public-facilities": facilities}
    found = {name: gpd.GeoDataFrame(rows, geometry="geometry", crs=6668) for name, rows in layers.items()}
    found["postal-codes"] = gpd.GeoDataFrame(POSTAL_CODES, geometry=[None] * len(POSTAL_CODES), crs=6668)
    return found


@cache
def streets() -> Conditions:
    return conditions(topology_of(street_map(grid(SIDE))), profile("walking"))


@dataclass(frozen=True)
class Streets:
    """The street map as the roads of a city."""

    def conditions(self, _profile_id: str, *, metric: bool = True) -> Conditions:  # noqa: ARG002
        return streets()

    def is_current(self) -> bool:
        return True

    def knows_closures(self) -> bool:
        return False

    def figures(self) -> RoadFigures:
        return NOT_CALIBRATED


def context(*, without: str = "", **options: Any) -> Context:
    """The town with its streets, but for one layer."""
    layers = FrameLayers({name: frame for name, frame in every().items() if name != without})
    return Context(layers, CITY, **{"roads": Streets(), **options})


def answer(town: Context, **inputs: Any) -> dict[str, Any]:
    """What answer-card says."""
    found: dict[str, Any] = processes()["answer-card"].run(inputs, town)["answer"]
    return found
