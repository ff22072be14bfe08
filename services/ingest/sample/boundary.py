"""The outline of the sample city: drawn by hand on the ground of Nishinomiya, at its size, and not its border.

A mainland from the sea over the mountains to a valley behind them, and two reclaimed islands.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.plane import Floats, meander, path

# Clockwise from the mouth of the eastern river; degrees.
_COAST = (
    (135.3830, 34.6990), (135.3785, 34.6960), (135.3700, 34.7012), (135.3655, 34.7068), (135.3570, 34.7078),
    (135.3535, 34.7140), (135.3430, 34.7178), (135.3320, 34.7205), (135.3215, 34.7190),
)  # fmt: skip
_WEST = (
    (135.3215, 34.7190), (135.3165, 34.7330), (135.3125, 34.7470), (135.3095, 34.7610), (135.3050, 34.7735),
    (135.2965, 34.7845), (135.2865, 34.7940), (135.2705, 34.8030), (135.2490, 34.8095), (135.2325, 34.8195),
)  # fmt: skip
_NORTH = (
    (135.2325, 34.8195), (135.2340, 34.8313), (135.2400, 34.8443), (135.2550, 34.8518), (135.2720, 34.8498),
    (135.2885, 34.8423), (135.3050, 34.8373), (135.3200, 34.8353), (135.3320, 34.8275),
)  # fmt: skip
_EAST = (
    (135.3320, 34.8275), (135.3375, 34.8180), (135.3415, 34.8090), (135.3365, 34.7985), (135.3400, 34.7895),
    (135.3515, 34.7830), (135.3635, 34.7740), (135.3720, 34.7625), (135.3785, 34.7480), (135.3812, 34.7325),
    (135.3825, 34.7150), (135.3830, 34.6990),
)  # fmt: skip
_ISLANDS = (
    ((135.3225, 34.7160), (135.3415, 34.7150), (135.3450, 34.7060), (135.3320, 34.7030), (135.3220, 34.7075)),
    ((135.3515, 34.7045), (135.3620, 34.7030), (135.3680, 34.6975), (135.3690, 34.6860), (135.3545, 34.6868)),
)


@dataclass(frozen=True)
class Boundary:
    """The city's land in EPSG:6673 metres.

    ``mainland`` and ``islands`` make up ``land``; ``coast`` and ``east`` are the mainland's shore and its eastern
    border, along which the great river runs (from north to south).
    """

    mainland: Polygon
    islands: tuple[Polygon, ...]
    land: BaseGeometry
    coast: LineString
    east: Floats

    @property
    def area_km2(self) -> float:
        return float(self.land.area) / 1e6


def draw(random: np.random.Generator) -> Boundary:
    """The outline: straight along the sea, bent a little by the given randomness on land."""
    coast = path(_COAST)
    west = meander(path(_WEST), 60.0, 150.0, random)
    north = meander(path(_NORTH), 70.0, 150.0, random)
    east = meander(path(_EAST), 55.0, 150.0, random)
    ring = np.concatenate((coast[:-1], west[:-1], north[:-1], east[:-1]))
    mainland = Polygon(ring)
    islands = tuple(Polygon(path(island)) for island in _ISLANDS)
    land = shapely.union_all([mainland, *islands])
    return Boundary(mainland, islands, land, LineString(coast), east)
