"""GML 3 geometries, inline and by reference, to shapely."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from services.ingest.readers.crs import is_north_first

Positions = NDArray[np.float64]

HREF = "http://www.w3.org/1999/xlink}href"
_POINTS = frozenset({"Point"})
_CURVES = frozenset({"LineString", "Curve", "OrientableCurve", "CompositeCurve", "LinearRing", "Ring"})
_SURFACES = frozenset({"Polygon", "Surface", "PolygonPatch", "Rectangle", "Triangle", "OrientableSurface"})
_COLLECTIONS = frozenset(
    {"MultiPoint", "MultiCurve", "MultiLineString", "MultiSurface", "MultiPolygon", "CompositeSurface", "MultiGeometry"}
)
GEOMETRIES = _POINTS | _CURVES | _SURFACES | _COLLECTIONS | {"Solid", "Shell"}


class GeometryError(Exception):
    """Why a geometry cannot be built."""


@dataclass(slots=True)
class Node:
    """An element: local name, namespace, attributes (``namespace}name`` keys where they have one), text, children."""

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all_named(self, *names: str) -> Iterator["Node"]:
        """Descendants of these local names, in document order, not below one another."""
        for child in self.children:
            if child.name in names:
                yield child
            else:
                yield from child.all_named(*names)

    @property
    def href(self) -> str | None:
        """The id an ``xlink:href`` refers to in the same document."""
        reference = self.attributes.get(HREF)
        return reference[1:] if reference and reference.startswith("#") else None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a geometry needs from its document: ``find`` gives the element with a ``gml:id``; ``srs`` and
    ``dimension`` hold where the geometry states none itself."""

    find: Callable[[str], Node | None]
    srs: str = ""
    dimension: int = 2


def srs_name(node: Node) -> str | None:
    """The first ``srsName`` of the element or of what it holds."""
    own = node.attributes.get("srsName")
    if own:
        return own
    for child in node.children:
        found = srs_name(child)
        if found:
            return found
    return None


def build(node: Node, frame: Frame) -> BaseGeometry:
    """The geometry of a GML element in two dimensions, x before y whatever the file's axis order.

    Raises ``GeometryError`` where parts are missing.
    """
    srs = srs_name(node) or frame.srs
    try:
        geometry = _build(node, frame, 0)
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise GeometryError(str(error)) from error
    if is_north_first(srs):
        return shapely.transform(geometry, lambda xy: xy[:, ::-1])
    return geometry


def _build(node: Node, frame: Frame, depth: int) -> BaseGeometry:
    if depth > 32:
        raise GeometryError("geometries refer to one another in a circle")
    if node.name in _POINTS:
        return Point(_first_position(node, frame))
    if node.name in _CURVES:
        return LineString(_curve(node, frame, depth))
    if node.name in _SURFACES:
        return _one_or_many(_polygons(node, frame, depth))
    if node.name in {"MultiPoint"}:
        return MultiPoint([Point(_first_position(point, frame)) for point in node.all_named("Point")])
    if node.name in {"MultiCurve", "MultiLineString"}:
        members = [*_members(node, ("curveMember", "lineStringMember", "curveMembers"), frame)]
        return MultiLineString([LineString(_curve(member, frame, depth + 1)) for member in members])
    polygons = _polygons(node, frame, depth)
    return MultiPolygon(polygons)


def _one_or_many(polygons: list[Polygon]) -> BaseGeometry:
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _members(node: Node, names: tuple[str, ...], frame: Frame) -> Iterator[Node]:
    """The geometries a collection holds, inline or by reference."""
    for member in node.children:
        if member.name not in names:
            continue
        if member.href is not None:
            yield _found(member.href, frame)
        yield from member.children


def _found(reference: str, frame: Frame) -> Node:
    found = frame.find(reference)
    if found is None:
        raise GeometryError(f"it refers to {reference}, which is not in the file")
    return found


def _polygons(node: Node, frame: Frame, depth: int) -> list[Polygon]:
    if depth > 32:
        raise GeometryError("geometries refer to one another in a circle")
    exterior = next((child for child in node.children if child.name in ("exterior", "outerBoundaryIs")), None)
    if exterior is not None and exterior.children and exterior.children[0].name not in ("Shell", "CompositeSurface"):
        holes = [child for child in node.children if child.name in ("interior", "innerBoundaryIs")]
        return [Polygon(_ring(exterior, frame, depth), [_ring(hole, frame, depth) for hole in holes])]
    polygons: list[Polygon] = []
    for child in node.children:
        if child.href is not None:
            polygons += _polygons(_found(child.href, frame), frame, depth + 1)
        else:
            polygons += _polygons(child, frame, depth + 1)
    if not polygons and depth == 0:
        raise GeometryError("the surface has no boundary")
    return polygons


def _ring(boundary: Node, frame: Frame, depth: int) -> Positions:
    if not boundary.children:
        raise GeometryError("a boundary is empty")
    return _curve(boundary.children[0], frame, depth + 1)


def _curve(node: Node, frame: Frame, depth: int) -> Positions:
    """Positions of a curve: its own, or those of its members one after another without repeating joints."""
    if depth > 32:
        raise GeometryError("geometries refer to one another in a circle")
    parts: list[Positions] = []
    own = _positions(node, frame)
    if own is not None:
        parts.append(own)
    for child in node.children:
        if child.name in ("pos", "posList", "coordinates"):
            continue
        if child.href is not None:
            parts.append(_curve(_found(child.href, frame), frame, depth + 1))
        elif child.children:
            parts.append(_curve(child, frame, depth + 1))
    parts = [part for part in parts if len(part)]
    if not parts:
        if depth == 0:
            raise GeometryError("the curve has no positions")
        return np.empty((0, 2))
    joined = [parts[0]]
    for part in parts[1:]:
        if len(joined[-1]) and np.array_equal(joined[-1][-1], part[0]):
            part = part[1:]
        joined.append(part)
    positions = np.concatenate(joined)
    return positions[::-1] if node.attributes.get("orientation") == "-" else positions


def _positions(node: Node, frame: Frame) -> Positions | None:
    parts: list[Positions] = []
    for child in node.children:
        if child.name in ("posList", "pos"):
            parts.append(_numbers(child, node, frame.dimension))
        elif child.name == "coordinates":
            tuples = [[float(value) for value in pair.split(",")[:2]] for pair in child.text.split()]
            parts.append(np.array(tuples, dtype=float).reshape(-1, 2))
    return np.concatenate(parts) if parts else None


def _numbers(positions: Node, owner: Node, default: int) -> Positions:
    values = np.array(positions.text.split(), dtype=float)
    stated = positions.attributes.get("srsDimension") or owner.attributes.get("srsDimension")
    if stated:
        dimension = int(stated)
    elif positions.name == "pos":
        dimension = len(values)
    else:
        dimension = default
    if dimension not in (2, 3) or len(values) % dimension:
        raise GeometryError(f"{len(values)} numbers are not positions of {dimension} coordinates")
    return values.reshape(-1, dimension)[:, :2]


def _first_position(node: Node, frame: Frame) -> Positions:
    positions = _positions(node, frame)
    if positions is None or not len(positions):
        raise GeometryError("the point has no position")
    first: Positions = positions[0]
    return first
