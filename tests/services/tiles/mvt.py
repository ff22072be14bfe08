"""A small reader of Mapbox Vector Tiles 2.1, written from the specification: what a client would see in a tile."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Feature:
    """Geometry in units of the tile, y pointing down."""

    geometry: BaseGeometry
    properties: dict[str, Any]


def decode(tile: bytes) -> dict[str, list[Feature]]:
    """The features of each layer by its name."""
    found: dict[str, list[Feature]] = {}
    for number, content in _fields(tile):
        assert number == 3
        name, features = _layer(content)
        assert name not in found, "a layer comes twice"
        found[name] = features
    return found


def _layer(content: bytes) -> tuple[str, list[Feature]]:
    name, keys, values, raw, extent, version = "", [], [], [], 0, 0
    for number, value in _fields(content):
        if number == 1:
            name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
        elif number == 5:
            extent = value
        elif number == 15:
            version = value
    assert (extent, version) == (4096, 2)
    return name, [_feature(each, keys, values) for each in raw]


def _feature(content: bytes, keys: list[str], values: list[Any]) -> Feature:
    tags, kind, commands = [], 0, []
    for number, value in _fields(content):
        if number == 2:
            tags = list(_varints(value))
        elif number == 3:
            kind = value
        elif number == 4:
            commands = list(_varints(value))
    properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(_geometry(kind, commands), properties)


def _geometry(kind: int, commands: list[int]) -> BaseGeometry:
    paths: list[list[tuple[int, int]]] = []
    x = y = 0
    numbers = iter(commands)
    for command in numbers:
        operation, count = command & 7, command >> 3
        if operation == 7:
            continue
        for _ in range(count):
            x += _zigzag(next(numbers))
            y += _zigzag(next(numbers))
            if operation == 1:
                paths.append([])
            paths[-1].append((x, y))
    if kind == 1:
        points = [Point(path[0]) for path in paths]
        return points[0] if len(points) == 1 else MultiPoint(points)
    if kind == 2:
        lines = [LineString(path) for path in paths]
        return lines[0] if len(lines) == 1 else MultiLineString(lines)
    assert kind == 3
    shells: list[tuple[list[tuple[int, int]], list[list[tuple[int, int]]]]] = []
    for path in paths:
        if _surveyed(path) > 0:
            shells.append((path, []))
        else:
            shells[-1][1].append(path)
    polygons = [Polygon(shell, holes) for shell, holes in shells]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _surveyed(path: list[tuple[int, int]]) -> float:
    """Twice the area by the surveyor's formula: positive for outer rings, as y points down."""
    pairs = zip(path, [*path[1:], path[0]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)


def _value(content: bytes) -> Any:
    for number, value in _fields(content):
        if number == 1:
            return value.decode()
        if number == 2:
            return struct.unpack("<f", value)[0]
        if number == 3:
            return struct.unpack("<d", value)[0]
        if number == 6:
            return _zigzag(value)
        return bool(value) if number == 7 else value
    raise AssertionError("a value without content")


def _zigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _fields(content: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(content, at)
            yield key >> 3, value
        elif kind == 2:
            length, at = _varint(content, at)
            yield key >> 3, content[at : at + length]
            at += length
        else:
            length = 8 if kind == 1 else 4
            yield key >> 3, content[at : at + length]
            at += length


def _varints(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        value, at = _varint(content, at)
        yield value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
