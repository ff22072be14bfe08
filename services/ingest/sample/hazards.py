"""Where water would stand: flood, inland flood, storm surge and tsunami, as nested depth contours of the terrain.

A depth field on the terrain's grid is cut at the official thresholds.  Every contour is smoothed, kept inside the
one of the next lower threshold, and inside the same contour of a worse scenario, so that ranks nest exactly.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from rasterio import Affine
from rasterio.features import shapes
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.boundary import Boundary
from services.ingest.sample.plane import Flags, Floats, geometry_to_degrees
from services.ingest.sample.rivers import River
from services.ingest.sample.terrain import CELL_M, Terrain, waves

Feature = tuple[BaseGeometry, Mapping[str, object]]

FLOOD_THRESHOLDS_M = (0.02, 0.5, 3.0, 5.0, 10.0, 20.0)  # lower bounds of the official ranks 1-6; 0 begins at 2 cm
DURATION_THRESHOLDS_H = (0.5, 12.0, 24.0, 72.0, 168.0)
SURGE_CLASSES = ((0.02, "0.3m未満"), (0.3, "0.3m以上0.5m未満"), (0.5, "0.5m以上1m未満"), (1.0, "1m以上3m未満"),
                 (3.0, "3m以上5m未満"))  # fmt: skip
TSUNAMI_CLASSES = ((0.02, "0.3m未満"), (0.3, "0.3m以上1m未満"), (1.0, "1m以上2m未満"), (2.0, "2m以上3m未満"),
                   (3.0, "3m以上4m未満"))  # fmt: skip
INLAND_CLASSES = ((0.05, "0.3m未満"), (0.3, "0.3m以上0.5m未満"), (0.5, "0.5m以上1m未満"), (1.0, "1m以上3m未満"))

GRID_M = 0.25
"""Vertices lie on a grid of this size, so that cutting leaves no sliver that rounding to degrees would fold."""
_SMALLEST_M2 = 6 * CELL_M**2
_PREFECTURE = ("兵庫県", "28")


class Hazards:
    """The water hazards as areas in the plane; ``features_…`` give them as records of the official forms."""

    def __init__(self, boundary: Boundary, terrain: Terrain, rivers: Sequence[River], random: np.random.Generator):
        self._land = boundary.land
        self._terrain = terrain
        self._rivers = rivers
        x, y = terrain.centres()
        self._mainland = shapely.contains_xy(boundary.mainland, x, y)
        self._spread = 1.0 + 0.22 * waves(x, y, (1300.0, 600.0), random)
        self.maximum = [self._flood(index, rivers[index].maximum_m, None) for index in range(len(rivers))]
        self.planned = [
            self._flood(index, rivers[index].planned_m, self.maximum[index][0]) for index in range(len(rivers))
        ]
        self.duration = [self._duration(index) for index in range(len(rivers))]
        from_sea = _distance_from_sea(boundary, terrain)
        self.surge = self._contours(4.2 - 0.0011 * from_sea - terrain.height, [low for low, _ in SURGE_CLASSES])
        self.tsunami = self._contours(3.6 - 0.0016 * from_sea - terrain.height, [low for low, _ in TSUNAMI_CLASSES])
        self.inland = self._contours(self._ponding(random), [low for low, _ in INLAND_CLASSES])
        self.flood_area = shapely.union_all([contours[0] for contours, _ in self.maximum])
        self.deep_flood_area = shapely.union_all([contours[2] for contours, _ in self.maximum])  # 3 m and more

    def _flood(
        self, index: int, rise_m: float, within: Sequence[BaseGeometry] | None
    ) -> tuple[list[BaseGeometry], Floats]:
        """Contours, and the depths they are of, where one river stands ``rise_m`` over its banks."""
        river, terrain = self._rivers[index], self._terrain
        distance = terrain.river_distance_m[index]
        fall = np.clip(1.0 - (distance / river.reach_m) ** 1.4, 0.0, 1.0)
        depth = terrain.river_bed_m[index] + 1.5 + rise_m * fall - terrain.height
        # Where the ground falls away from the river the water runs on: it does not stand at the river's level.
        depth = np.minimum(depth, rise_m * fall * self._spread)
        depth = np.where((distance < river.reach_m) & self._mainland, depth, 0.0)
        return self._contours(depth, FLOOD_THRESHOLDS_M, within), depth

    def _duration(self, index: int) -> list[BaseGeometry]:
        contours, depth = self.maximum[index]
        low_ground = 60.0 * np.exp(-np.maximum(self._terrain.height, 0.0) / 1.6)
        hours = np.where(depth > 0, 3.0 + 7.0 * depth + low_ground, 0.0)
        return self._contours(hours, DURATION_THRESHOLDS_H, [contours[0]] * len(DURATION_THRESHOLDS_H))

    def _ponding(self, random: np.random.Generator) -> Floats:
        x, y = self._terrain.centres()
        hollows = 0.75 * waves(x, y, (760.0, 380.0), random)
        higher = np.clip((self._terrain.height - 30.0) / 25.0, 0, 3)
        return np.asarray(hollows - 0.32 - 14.0 * self._terrain.slope() - higher)

    def _contours(
        self, depth: Floats, thresholds: Sequence[float], within: Sequence[BaseGeometry] | None = None
    ) -> list[BaseGeometry]:
        """For every threshold the area at least so deep, each inside the one before (and inside ``within``)."""
        found: list[BaseGeometry] = []
        outer: BaseGeometry = self._land
        for index, threshold in enumerate(thresholds):
            mask = np.nan_to_num(depth, nan=0.0) >= threshold
            area = shapely.intersection(self._polygons(mask & self._terrain.land), outer, grid_size=GRID_M)
            if within is not None:
                area = shapely.intersection(area, within[index], grid_size=GRID_M)
            outer = _polygonal(area)
            found.append(outer)
        return found

    def _polygons(self, mask: Flags) -> BaseGeometry:
        if not mask.any():
            return shapely.MultiPolygon()
        terrain = self._terrain
        to_plane = Affine(CELL_M, 0, terrain.x0 - CELL_M / 2, 0, CELL_M, terrain.y0 - CELL_M / 2)
        rings = [shapely.geometry.shape(area) for area, _ in shapes(mask.astype("uint8"), mask, 4, to_plane)]
        area = shapely.union_all([_without_small_holes(ring) for ring in rings if ring.area >= _SMALLEST_M2])
        rounded = area.buffer(17.0, quad_segs=2).buffer(-34.0, quad_segs=2).buffer(17.0, quad_segs=2)
        return rounded.simplify(6.0)

    def features_flood(self, scenario: str) -> list[Feature]:
        """Records of A31a for ``planned``, ``maximum``, ``duration`` or ``collapse``."""
        digit = {"planned": 1, "maximum": 2, "duration": 3, "collapse": 4}[scenario]
        contours = {
            "planned": [contours for contours, _ in self.planned],
            "maximum": [contours for contours, _ in self.maximum],
            "duration": self.duration,
        }
        features: list[Feature] = []
        for index, river in enumerate(self._rivers):
            ranks = self._collapse(index) if scenario == "collapse" else _bands(contours[scenario][index])
            for rank, area in ranks:
                properties = {
                    f"A31a_{digit}01": river.number,
                    f"A31a_{digit}02": f"{river.name}（架空）",
                    f"A31a_{digit}03": _PREFECTURE[1],
                    f"A31a_{digit}04": _PREFECTURE[0],
                    f"A31a_{digit}05": rank,
                }
                features += [(part, properties) for part in _in_degrees(area)]
        return features

    def _collapse(self, index: int) -> list[tuple[int, BaseGeometry]]:
        river, flooded = self._rivers[index], self.maximum[index][0][0]
        overflow = shapely.intersection(river.line.buffer(river.bank_m + 40.0 * river.maximum_m, quad_segs=3), flooded)
        erosion = shapely.intersection(river.line.buffer(river.bank_m + 9.0 * river.maximum_m, quad_segs=3), self._land)
        areas = [
            shapely.difference(overflow, erosion, grid_size=GRID_M),
            shapely.difference(erosion, overflow, grid_size=GRID_M),
            shapely.intersection(overflow, erosion, grid_size=GRID_M),
        ]
        return [(code, _polygonal(area)) for code, area in enumerate(areas, start=1)]

    def features_text(
        self, prefix: str, contours: Sequence[BaseGeometry], classes: Sequence[tuple[float, str]]
    ) -> list[Feature]:
        """Records of A40 (tsunami), A49 (storm surge) or A51 (inland flood): the depth as a text."""
        features: list[Feature] = []
        for rank, area in _bands(contours):
            text = classes[rank - 1][1]
            properties: dict[str, object] = {f"{prefix}_001": _PREFECTURE[0], f"{prefix}_002": _PREFECTURE[1]}
            if prefix == "A51":
                properties |= {"A51_003": "西宮市", "A51_004": "28204", "A51_005": text}
            else:
                properties[f"{prefix}_003"] = text
            properties["備考"] = "架空データ"
            features += [(part, properties) for part in _in_degrees(area)]
        return features


def _bands(contours: Sequence[BaseGeometry]) -> list[tuple[int, BaseGeometry]]:
    """Rank (from 1) and the area of exactly this rank: each contour without the next."""
    inner = [*contours[1:], shapely.MultiPolygon()]
    bands = [
        (rank, _polygonal(shapely.difference(outer, deeper, grid_size=GRID_M)))
        for rank, (outer, deeper) in enumerate(zip(contours, inner, strict=True), 1)
    ]
    return [(rank, area) for rank, area in bands if not area.is_empty]


def _in_degrees(area: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of an area in degrees; slivers of under 50 m2, artefacts of the cutting, are left out."""
    parts = [part for part in shapely.get_parts(area) if part.area > 50.0]
    degrees = [geometry_to_degrees(part) for part in parts]
    return [polygon for geometry in degrees for polygon in shapely.get_parts(_polygonal(geometry))]


def _polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry, without the lines and points that cutting may leave."""
    return shapely.multipolygons([part for part in _parts(geometry) if part.geom_type == "Polygon"])


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [single for part in shapely.get_parts(geometry) for single in shapely.get_parts(part)]


def _without_small_holes(polygon: BaseGeometry) -> BaseGeometry:
    holes = [hole for hole in polygon.interiors if shapely.Polygon(hole).area >= _SMALLEST_M2]
    return shapely.Polygon(polygon.exterior, holes)


def _distance_from_sea(boundary: Boundary, terrain: Terrain) -> Floats:
    """Metres from the shore; on the islands 0.  Beyond the plain it is infinite."""
    x, y = terrain.centres()
    distance = np.full(x.shape, np.inf)
    near = terrain.land & (y < boundary.coast.bounds[3] + 4000.0)
    distance[near] = shapely.distance(boundary.coast, shapely.points(x[near], y[near]))
    for island in boundary.islands:
        distance[shapely.contains_xy(island, x, y)] = 0.0
    return distance
