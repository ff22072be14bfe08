"""A small writer of Mapbox Vector Tiles 2.1, so that the page can be tried without a database."""

import math
from collections.abc import Iterable, Mapping

from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box, transform
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

EXTENT = 4096
BUFFER = 64

Feature = tuple[BaseGeometry, Mapping[str, str | int | bool]]


def tile(name: str, features: Iterable[Feature], z: int, x: int, y: int) -> bytes:
    """The tile z/x/y (XYZ) of features in degrees; empty where none lies in it."""
    around = box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    keys: list[str] = []
    values: list[bytes] = []
    encoded = b""
    for geometry, properties in features:
        clipped = transform(
            geometry, lambda points: [_place(float(lon), float(lat), z, x, y) for lon, lat in points]
        ).intersection(around)
        kind, commands = _geometry(clipped)
        if not commands:
            continue
        tags: list[int] = []
        for key, value in properties.items():
            tags += [_index(keys, key), _index(values, _value(value))]
        encoded += _bytes(2, _bytes(2, _packed(tags)) + _number(3, kind) + _bytes(4, _packed(commands)))
    if not encoded:
        return b""
    layer = _bytes(1, name.encode()) + encoded
    layer += b"".join(_bytes(3, key.encode()) for key in keys) + b"".join(_bytes(4, value) for value in values)
    return _bytes(3, layer + _number(5, EXTENT) + _number(15, 2))


def _place(lon: float, lat: float, z: int, x: int, y: int) -> tuple[float, float]:
    across = (lon + 180) / 360 * 2**z - x
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z - y
    return across * EXTENT, down * EXTENT


def _geometry(geometry: BaseGeometry) -> tuple[int, list[int]]:
    """Type number and command integers (MVT 4.3); no commands for what does not lie in the tile."""
    pen = _Pen()
    if isinstance(geometry, Point) and not geometry.is_empty:
        pen.move(geometry.coords[0])
        return 1, pen.commands
    if isinstance(geometry, LineString | MultiLineString):
        for line in getattr(geometry, "geoms", [geometry]):
            if not line.is_empty:
                pen.path(list(line.coords))
        return 2, pen.commands
    if isinstance(geometry, Polygon | MultiPolygon):
        for polygon in getattr(geometry, "geoms", [geometry]):
            if polygon.is_empty:
                continue
            wound = orient(polygon, 1.0)  # y points down: the area by the surveyor's formula is positive
            for ring in (wound.exterior, *wound.interiors):
                pen.path(list(ring.coords)[:-1])
                pen.commands.append(15)  # ClosePath, once
        return 3, pen.commands
    return 0, []


class _Pen:
    def __init__(self) -> None:
        self.commands: list[int] = []
        self.at = (0, 0)

    def move(self, point: tuple[float, ...]) -> None:
        self.commands.append(9)  # MoveTo, once
        self._step(point)

    def path(self, points: list[tuple[float, ...]]) -> None:
        self.move(points[0])
        self.commands.append((len(points) - 1) << 3 | 2)  # LineTo
        for point in points[1:]:
            self._step(point)

    def _step(self, point: tuple[float, ...]) -> None:
        to = (round(point[0]), round(point[1]))
        for now, before in zip(to, self.at, strict=True):
            delta = now - before
            self.commands.append(delta << 1 if delta >= 0 else (-delta << 1) - 1)
        self.at = to


def _value(value: str | int | bool) -> bytes:
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, int):
        return _number(5, value)
    return _bytes(1, value.encode())


def _index[T](known: list[T], item: T) -> int:
    if item not in known:
        known.append(item)
    return known.index(item)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))
