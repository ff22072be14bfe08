"""The town to take along: crooked streets, so that no two ways are equally long; sites open and closed; its bundle."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point, box

from geo.network.model import Slopes
from geo.network.profiles import profile
from geo.travel.conditions import Conditions, conditions
from geo.travel.topology import topology_of
from layers import site_status
from services.offline.bundle import made
from services.offline.files import Written, write
from services.ogc.analysis.frames import FrameLayers
from services.ogc.processes._model import Context
from tests.geo.travel.streets import position, street, street_map
from tests.services.ogc.processes import places
from tests.services.ogc.processes.town import CITY

SIDE = 9
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
SMALL = CITY.model_copy(update={"bbox": (135.325, 34.725, 135.36, 34.762)})
"""The part of the town with its streets: an export of all of it takes longer than a test may."""


@cache
def crooked() -> Conditions:
    """Streets every 100 m, each crossing moved, some stairs, some for nobody on foot, heights of one half."""
    random = np.random.default_rng(11)
    moved = random.uniform(-30, 30, (SIDE, SIDE, 2))

    def at(east: int, north: int) -> tuple[float, float]:
        x, y = moved[east, north]
        return 100.0 * east + float(x), 100.0 * north + float(y)

    streets = []
    for number in range(SIDE):
        for kind in ("east", "north"):
            line = [at(each, number) if kind == "east" else at(number, each) for each in range(SIDE)]
            tags: dict[str, Any] = {"highway": ("secondary", "residential", "footway")[number % 3]}
            if (kind, number) == ("north", 5):
                tags = {"highway": "motorway"}
            if (kind, number) == ("east", 4):
                tags = {"highway": "steps"}
            streets.append(street(f"{kind}-{number}", *line, **tags))
    network = street_map(streets)
    count = len(network.stretches)
    up, down, steep = random.uniform(0, 5, count), random.uniform(0, 5, count), random.uniform(0, 0.2, (2, count))
    for column in (up, down, *steep):
        column[::2] = np.nan
    slower = np.where(np.isnan(up), np.nan, random.uniform(1, 1.5, count))
    slopes = Slopes(up, down, steep[0], steep[1], slower, slower)
    return conditions(topology_of(replace(network, slopes=slopes)), profile("walking"))


@dataclass(frozen=True)
class Streets(places.Streets):
    """The crooked streets as the roads of the town."""

    def conditions(self, _profile_id: str, *, metric: bool = True) -> Conditions:  # noqa: ARG002
        return crooked()


def status(number: int, common_id: str, state: str, at: str, **more: Any) -> dict[str, Any]:
    return {"id": f"o{number}", "common_id": common_id, "status": state, "updated_at": at, "geometry": None, **more}


def context(clock: Callable[[], datetime] = lambda: NOW) -> Context:
    """The town on crooked streets, with more sites, an area of fire hazard between streets, and openings."""
    frames = places.every()
    sites = [
        *places.SITES,
        places.site("s6", "己公園", 700, 700, for_flood=False, for_earthquake=True),
        places.site("s7", "庚公園", 150, 500),
        places.site("s8", "辛体育館", 420, 250, for_landslide=True),
    ]
    frames["emergency-sites"] = gpd.GeoDataFrame(sites, geometry="geometry", crs=6668)
    pond = box(*position(330, 330), *position(370, 480))
    flood = frames["hazard-inland-flood"] = gpd.GeoDataFrame(
        [
            {
                "id": "i1",
                "rank": 2,
                "hazard_class": "depth-2",
                "depth_lower_m": 0.3,
                "depth_upper_m": 0.5,
                "municipality_code": "28204",
                "dataset": "test-inland",
                "source_id": "test",
                "fictitious": False,
                "geometry": pond,
            }
        ],
        geometry="geometry",
        crs=6668,
    )
    assert len(flood) == 1
    openings = [
        status(1, "s2", "closed", "2026-08-31T00:00:00+00:00", closed_at="2026-08-31T00:00:00+00:00"),
        status(2, "s1", "open", "2026-08-31T06:00:00+00:00", opened_at="2026-08-31T05:00:00+00:00"),
        status(3, "s3", "open", "2026-08-31T06:00:00+00:00", crowding="full"),
        status(4, "s5", "permanent", "2025-01-01T00:00:00+00:00"),
    ]
    frames[site_status.LAYER.id] = gpd.GeoDataFrame(openings, geometry=[Point(135.34, 34.74)] * 4, crs=6668)
    options: dict[str, Any] = {"roads": Streets(), "clock": clock}
    return Context(FrameLayers(frames), SMALL, **options)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The town as files; not to be changed."""
    return write(made(context()), tmp_path_factory.mktemp("offline") / "town", 30)


@pytest.fixture(scope="session")
def folder(bundle: Written) -> Path:
    return bundle.folder
