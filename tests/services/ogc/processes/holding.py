"""What holds at a time in the town of squares: evacuation orders and closures, as the staff would have entered them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd

from layers import evacuation_orders, road_closures
from services.ogc.analysis.frames import FrameLayers
from services.ogc.processes._model import Context
from tests.services.ogc.processes import places
from tests.services.ogc.processes.town import CITY

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


def order(key: str, level: int, area: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "level": level,
        "area_name": "石在町ほか",
        "hazard": "flood",
        "reason": "甲川の水位上昇",
        "from": (NOW - timedelta(hours=1)).isoformat(),
        "until": None,
        "issued_by": "市長",
        "exercise": None,
        "position_quality": "edited",
        "dataset": "edits",
        "source_id": "edits",
        "fictitious": False,
        "geometry": area,
        **more,
    }


def closure(key: str, place: Any, **more: Any) -> dict[str, Any]:
    given = {"name": "甲橋", "reason": "flooding", "depth_m": None, "until": None, "fictitious": False}
    return {"id": key, "from": (NOW - timedelta(hours=2)).isoformat(), **given, **more, "geometry": place}


def town(
    orders: list[dict[str, Any]] | None = None,
    closures: list[dict[str, Any]] | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    **options: Any,
) -> Context:
    """The town; layers of what holds are served where rows are given, even none."""
    frames = places.every()
    for layer, rows in ((evacuation_orders.LAYER, orders), (road_closures.LAYER, closures)):
        if rows is not None:
            columns: Any = rows or {"id": [], "geometry": []}
            frames[layer.id] = gpd.GeoDataFrame(columns, geometry="geometry", crs=6668)
    return Context(FrameLayers(frames), CITY, **{"roads": places.Streets(), "clock": clock, **options})
