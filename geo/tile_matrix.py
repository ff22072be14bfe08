"""Tile matrix sets: how a plane is cut into tiles, zoom by zoom (OGC 17-083r4, two-dimensional tile matrix sets).

Every set here is a quadtree of square tiles: zoom ``z`` has ``2**z`` columns and rows, counted from the top left
corner.  Boxes are west, south, east, north: x before y, whatever the axis order of the system.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import ceil, floor, pi

import numpy as np
import numpy.typing as npt

from geo.crs import STORAGE, WEB_MERCATOR, plane_zone, transform_xy
from geo.errors import InputError

Box = tuple[float, float, float, float]
_Floats = npt.NDArray[np.float64]

DEFINED_ZOOM = 24
"""Last zoom that a set defines, as the standard's own WebMercatorQuad; tilesets say how far they go."""
TILE_PIXELS = 256
PIXEL_M = 0.00028
"""Size of a pixel by which scale denominators are defined."""
_EARTH_RADIUS_M = 6_378_137.0
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_EDGE_POINTS = 21
_PLANE_SIDE_M = float(TILE_PIXELS * 2**17)
_PLANE_REACH_M = (400_000.0, 1_200_000.0)  # east or west, north or south of a zone's origin


@dataclass(frozen=True, slots=True)
class TileMatrixSet:
    """A quadtree of tiles.

    srid:
        EPSG code of its reference system, in metres.
    west, north:
        The top left corner.
    side_m:
        Side of the one tile of zoom 0.
    domain:
        Where coordinates of the system have a meaning; what of a tile lies outside holds nothing.
    north_first:
        Whether the system's first axis is the northern one.
    """

    id: str
    title: str
    srid: int
    west: float
    north: float
    side_m: float
    domain: Box
    north_first: bool
    uri: str | None = None

    def tile_side_m(self, zoom: int) -> float:
        return float(self.side_m / 2**zoom)

    def cell_size_m(self, zoom: int) -> float:
        """Side of a pixel, in units of the system."""
        return self.tile_side_m(zoom) / TILE_PIXELS

    def tile_box(self, zoom: int, column: int, row: int, margin: float = 0.0) -> Box:
        """The box of a tile in the system; ``margin`` is a share of the side, added all around."""
        side = self.tile_side_m(zoom)
        west, north = self.west + column * side, self.north - row * side
        more = margin * side
        return west - more, north - side - more, west + side + more, north + more

    def lonlat_box(self, zoom: int, column: int, row: int, margin: float = 0.0) -> Box | None:
        """The box in degrees (EPSG:6668) around a tile; None where the tile lies outside of the domain."""
        west, south, east, north = self.tile_box(zoom, column, row, margin)
        left, bottom, right, top = self.domain
        west, south, east, north = max(west, left), max(south, bottom), min(east, right), min(north, top)
        if west >= east or south >= north:
            return None
        x, y = _outline(west, south, east, north)
        lon, lat = transform_xy(x, y, self.srid, STORAGE)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    def tile_range(self, box: Box, zoom: int, margin: float = 0.0) -> tuple[int, int, int, int] | None:
        """First column and row, last column and row (both inclusive) of the tiles that touch a box in degrees.

        ``margin`` widens each tile as in ``tile_box``.  None where the box lies outside of the domain.
        """
        inside = self.projected(box)
        if inside is None:
            return None
        west, south, east, north = inside
        side, most = self.tile_side_m(zoom), 2**zoom - 1
        columns = (ceil((west - self.west) / side - margin) - 1, floor((east - self.west) / side + margin))
        rows = (ceil((self.north - north) / side - margin) - 1, floor((self.north - south) / side + margin))
        return max(columns[0], 0), max(rows[0], 0), min(columns[1], most), min(rows[1], most)

    def tiles(self, box: Box, zoom: int, margin: float = 0.0) -> Iterator[tuple[int, int]]:
        """Column and row of every tile of ``tile_range``."""
        found = self.tile_range(box, zoom, margin)
        if found is None:
            return
        first_column, first_row, last_column, last_row = found
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                yield column, row

    def projected(self, box: Box) -> Box | None:
        """A box in degrees as a box of the system, cut to its domain; None where nothing is left."""
        return _projected(self, box)

    def corner(self, x: float, y: float) -> list[float]:
        """A position of the system in the order of its axes."""
        return [y, x] if self.north_first else [x, y]

    def definition(self) -> dict[str, object]:
        """The set as the standard's JSON, corners in the axis order of the system."""
        corner = self.corner(self.west, self.north)
        return {
            "id": self.id,
            "title": self.title,
            **({"uri": self.uri} if self.uri else {}),
            "crs": f"http://www.opengis.net/def/crs/EPSG/0/{self.srid}",
            "orderedAxes": ["X", "Y"],  # EPSG calls northing X in the Japanese systems, easting X in Web Mercator
            **({"wellKnownScaleSet": _GOOGLE_MAPS} if self.srid == WEB_MERCATOR else {}),
            "tileMatrices": [
                {
                    "id": str(zoom),
                    "scaleDenominator": self.cell_size_m(zoom) / PIXEL_M,
                    "cellSize": self.cell_size_m(zoom),
                    "cornerOfOrigin": "topLeft",
                    "pointOfOrigin": corner,
                    "tileWidth": TILE_PIXELS,
                    "tileHeight": TILE_PIXELS,
                    "matrixWidth": 2**zoom,
                    "matrixHeight": 2**zoom,
                }
                for zoom in range(DEFINED_ZOOM + 1)
            ],
        }

    def definition_1_0(self) -> dict[str, object]:
        """The members that version 1.0 of the standard (17-083r2) has in other words, for its readers (GDAL 3.6)."""
        found = self.definition()
        matrices = found["tileMatrices"]
        assert isinstance(matrices, list)  # noqa: S101 - it was made above
        return {
            "type": "TileMatrixSetType",
            "identifier": self.id,
            "supportedCRS": found["crs"],
            "tileMatrix": [
                {
                    "type": "TileMatrixType",
                    "identifier": matrix["id"],
                    "scaleDenominator": matrix["scaleDenominator"],
                    "topLeftCorner": matrix["pointOfOrigin"],
                    "tileWidth": matrix["tileWidth"],
                    "tileHeight": matrix["tileHeight"],
                    "matrixWidth": matrix["matrixWidth"],
                    "matrixHeight": matrix["matrixHeight"],
                }
                for matrix in matrices
            ],
        }


_GOOGLE_MAPS = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
_HALF_WORLD_M = pi * _EARTH_RADIUS_M

WEB_MERCATOR_QUAD = TileMatrixSet(
    id="WebMercatorQuad",
    title="Google Maps Compatible for the World",
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
    srid=WEB_MERCATOR,
    west=-_HALF_WORLD_M,
    north=_HALF_WORLD_M,
    side_m=2 * _HALF_WORLD_M,
    domain=(-_HALF_WORLD_M, -_HALF_WORLD_M, _HALF_WORLD_M, _HALF_WORLD_M),
    north_first=False,
)


@cache
def plane_rectangular(epsg: int) -> TileMatrixSet:
    """The set of a Japanese plane-rectangular zone.

    Its pixels are powers of two of a metre: 1 m at zoom 17, ``2**(17 - z)`` m at zoom ``z``.  At 35 degrees N a pixel
    of WebMercatorQuad is 0.98 of that on the ground, so that one number of zoom means one scale in both.  The zone's
    origin is the centre, a corner of four tiles at every zoom but 0.  Its tiles hold what lies within 400 km east or
    west and 1,200 km north or south of the origin: each zone's area of use, and where its projection is fit for maps.

    Raises
    ------
    InputError
        If the code is not of a plane-rectangular zone.
    """
    zone = plane_zone(epsg)
    if zone is None:
        raise InputError(f"EPSG:{epsg} is not a plane-rectangular zone.", fix="Choose EPSG:6669-6687.")
    roman = _ROMAN[zone - 1] if zone <= len(_ROMAN) else f"X{_ROMAN[zone - 11]}"
    east, north = _PLANE_REACH_M
    return TileMatrixSet(
        id=f"JapanPlaneRectangular{roman}",
        title=f"Japan Plane Rectangular CS {roman} (平面直角座標系 第{zone}系), 1 m pixels at zoom 17",
        srid=epsg,
        west=-_PLANE_SIDE_M / 2,
        north=_PLANE_SIDE_M / 2,
        side_m=_PLANE_SIDE_M,
        domain=(-east, -north, east, north),
        north_first=True,
    )


def _outline(west: float, south: float, east: float, north: float) -> tuple[_Floats, _Floats]:
    """Points along the edges of a box: an edge that is straight in one system is curved in another."""
    x, y = np.linspace(west, east, _EDGE_POINTS), np.linspace(south, north, _EDGE_POINTS)
    xs = np.concatenate([x, x, np.full_like(y, west), np.full_like(y, east)])
    ys = np.concatenate([np.full_like(x, south), np.full_like(x, north), y, y])
    return xs, ys


@lru_cache(maxsize=4096)  # a box is asked for at every zoom in turn
def _projected(scheme: TileMatrixSet, box: Box) -> Box | None:
    try:
        x, y = transform_xy(*_outline(*box), STORAGE, scheme.srid)
    except InputError:
        return None
    left, bottom, right, top = scheme.domain
    west, south = max(float(x.min()), left), max(float(y.min()), bottom)
    east, north = min(float(x.max()), right), min(float(y.max()), top)
    return (west, south, east, north) if west <= east and south <= north else None
