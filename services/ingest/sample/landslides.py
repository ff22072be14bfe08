"""Landslide zones on the steep slopes near where people live: yellow zones (警戒区域) and red ones within them."""

from collections.abc import Mapping

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.plane import Floats, geometry_to_degrees
from services.ingest.sample.terrain import CELL_M, Terrain
from services.ingest.sample.towns import Towns, scatter

_STEEP = 0.30  # tangent of the slope; 30 degrees, the legal measure, is 0.58 on the ground and less on a 30 m grid
_NEAR_STREETS_M = 330.0
_APART_M = 150.0
_CORNERS = 14
_ALONG_TO_ACROSS = {1: (1.0, 1.35), 2: (2.6, 0.75), 3: (1.5, 1.2)}
_SIZE_M = {1: (42.0, 75.0), 2: (70.0, 120.0), 3: (110.0, 170.0)}

Feature = tuple[BaseGeometry, Mapping[str, object]]


def features(
    terrain: Terrain, streets: Floats, land: BaseGeometry, towns: Towns, random: np.random.Generator
) -> list[Feature]:
    """Records of A33 in degrees; ``A33_001`` is the phenomenon, ``A33_002`` the zone (1 yellow, 2 red)."""
    x, y = terrain.centres()
    steep = terrain.land & (np.nan_to_num(terrain.slope()) > _STEEP)
    candidates = np.column_stack((x[steep], y[steep])) + random.uniform(-CELL_M / 2, CELL_M / 2, (steep.sum(), 2))
    tree = shapely.STRtree(shapely.points(streets))
    _, distance = tree.query_nearest(shapely.points(candidates), return_distance=True, all_matches=False)
    near = candidates[distance < _NEAR_STREETS_M]
    places = near[scatter(near, _APART_M, random)]
    east, north = terrain.gradient()
    rise_x = terrain.at(places[:, 0], places[:, 1], east)
    rise_y = terrain.at(places[:, 0], places[:, 1], north)
    uphill = np.arctan2(rise_y, rise_x)
    kinds = random.choice((1, 2, 3), len(places), p=(0.62, 0.33, 0.05))
    inside = land.buffer(-2.0)
    town_of = towns.of(places)
    found: list[Feature] = []
    for number, (place, direction, kind) in enumerate(zip(places, uphill, kinds.tolist(), strict=True), start=1):
        if not np.isfinite(direction):
            continue
        has_red = kind != 3 and random.random() < 0.72
        yellow, red = _zone(place, float(direction), kind, random)
        name = f"架空-{towns.names[town_of[number - 1]]}({number})"
        for zone, area in ((1, yellow), (2, red)) if has_red else ((1, yellow),):
            properties = {
                "A33_001": kind,
                "A33_002": zone,
                "A33_003": "28",
                "A33_004": f"28204-{number:04d}-{kind}",
                "A33_005": name,
                "A33_006": f"兵庫県西宮市{towns.names[town_of[number - 1]]}",
                "A33_007": "2024-03-26",
                "A33_008": 0,
            }
            clipped = shapely.intersection(area, inside)
            found += [
                (part, properties) for part in shapely.get_parts(geometry_to_degrees(clipped)) if not part.is_empty
            ]
    return found


def _zone(place: Floats, direction: float, kind: int, random: np.random.Generator) -> tuple[Polygon, Polygon]:
    """A yellow zone, longer downhill than up, and the red one inside it: the same shape about its upper half."""
    angles = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    radius = random.uniform(*_SIZE_M[kind]) * random.uniform(0.8, 1.15, _CORNERS)
    along, across = _ALONG_TO_ACROSS[kind]
    local = np.column_stack((along * np.cos(angles), across * np.sin(angles))) * radius[:, None]
    turn = np.array([[np.cos(direction), np.sin(direction)], [-np.sin(direction), np.cos(direction)]])
    # Star-shaped about its centre: shrunk towards a point near the centre it stays inside itself.
    uphill = 0.18 * local[0, 0] * np.array([1.0, 0.0])
    return Polygon(place + local @ turn), Polygon(place + (uphill + 0.55 * local) @ turn)
