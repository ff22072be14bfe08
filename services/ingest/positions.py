"""Where a row lies: embedded geometries, coordinates, mesh codes and addresses, brought to EPSG:6668 and checked.

A position that cannot be right is refused and reported, never moved to somewhere plausible: the row stays without a
geometry.  The only position that is mended is one whose latitude and longitude are swapped, and only where the swap
brings it into Japan.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.addresses import AddressQuality, Gazetteer, Refusal
from geo.coordinates import JAPAN, examine_position, parse_degrees
from geo.crs import STORAGE, is_geographic, transform_geometry, transform_xy
from geo.errors import InputError
from geo.geometry import repair
from geo.mesh import mesh_polygon
from layers.model import Address, Coordinates, Embedded, Geometry, Layer, MeshCode, SourceFormat
from services.ingest.model import Action
from services.ingest.rows import Row
from services.ingest.shapes import fit

AS_PUBLISHED, MESH, NONE = "as-published", "mesh", "none"


@dataclass(frozen=True, slots=True)
class Position:
    """A geometry of EPSG:6668 (None: no position) and how good it is; ``error_m`` where an estimate is known."""

    geometry: BaseGeometry | None
    quality: str
    error_m: float | None = None


_NOWHERE = Position(None, NONE)


class Locator:
    """Gives rows of one table their positions.

    Parameters
    ----------
    crs:
        EPSG code of the table's coordinates.
    gazetteer:
        The town points of the city; None where no towns are loaded, so that nothing can be geocoded.
    """

    def __init__(self, layer: Layer, source: SourceFormat, crs: int, gazetteer: Gazetteer | None) -> None:
        self._layer = layer
        self._how = source.geometry
        self._crs = crs
        self._gazetteer = gazetteer
        self.ungeocoded = 0
        """Rows that have only an address while no towns are loaded."""

    def locate(self, rows: Sequence[Row]) -> list[Position]:
        """One position for each row; what was mended or refused is added to the row's findings."""
        how = self._how
        if self._layer.geometry is Geometry.NONE:
            return [_NOWHERE] * len(rows)
        if isinstance(how, Embedded):
            return self._embedded(rows)
        positions: list[Position] = []
        for row in rows:
            match how:
                case Coordinates():
                    positions.append(self._coordinates(row, how))
                case Address(columns):
                    positions.append(self._geocoded(row, columns))
                case MeshCode():
                    positions.append(_mesh(row, how))
                case _:
                    positions.append(_NOWHERE)
        return positions

    # --- geometries of the file ---------------------------------------------------------------------------

    def _embedded(self, rows: Sequence[Row]) -> list[Position]:
        geometries = [row.geometry for row in rows]
        if self._crs != STORAGE:
            geometries = self._transformed(rows, geometries)
        return [self._checked(row, geometry) for row, geometry in zip(rows, geometries, strict=True)]

    def _transformed(self, rows: Sequence[Row], geometries: list[BaseGeometry | None]) -> list[BaseGeometry | None]:
        """All at once, for speed; one by one where a coordinate among them cannot be transformed."""

        def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            x, y = transform_xy(points[:, 0].copy(), points[:, 1].copy(), self._crs, STORAGE)
            return np.column_stack([x, y])

        try:
            return list(shapely.transform(np.array(geometries, dtype=object), move))
        except InputError:
            return [self._transformed_alone(row, geometry) for row, geometry in zip(rows, geometries, strict=True)]

    def _transformed_alone(self, row: Row, geometry: BaseGeometry | None) -> BaseGeometry | None:
        if geometry is None:
            return None
        try:
            return transform_geometry(geometry, self._crs, STORAGE)
        except InputError as error:
            row.find("coordinates-not-finite", Action.REJECTED, "geometry", detail=error.message)
            return shapely.Point()  # empty: already reported

    def _checked(self, row: Row, geometry: BaseGeometry | None) -> Position:
        if geometry is None or geometry.is_empty:
            if not any(finding.rule == "coordinates-not-finite" for finding in row.findings):
                row.find("geometry-empty", Action.NOTED, "geometry")
            return _NOWHERE
        if shapely.has_z(geometry):
            geometry = shapely.force_2d(geometry)
        if not np.isfinite(shapely.get_coordinates(geometry)).all():
            row.find("coordinates-not-finite", Action.REJECTED, "geometry", _extent(geometry))
            return _NOWHERE
        if not _is_in_japan(geometry.bounds):
            swapped = shapely.transform(geometry, lambda points: points[:, ::-1])
            zero = geometry.bounds == (0.0, 0.0, 0.0, 0.0)
            if not _is_in_japan(swapped.bounds):
                rule = "coordinates-zero" if zero else "coordinates-outside-japan"
                row.find(rule, Action.REJECTED, "geometry", _extent(geometry))
                return _NOWHERE
            row.find("coordinates-swapped", Action.MENDED, "geometry", _extent(geometry), _extent(swapped))
            geometry = swapped
        if not geometry.is_valid:
            repaired = repair(geometry)
            row.find("geometry-invalid-repaired", Action.MENDED, "geometry", detail="; ".join(repaired.reasons))
            geometry = repaired.geometry
        fitted = fit(geometry, self._layer.geometry)
        if fitted is None:
            detail = f"{geometry.geom_type} in a layer of {self._layer.geometry}"
            row.find("geometry-wrong-type", Action.REJECTED, "geometry", geometry.geom_type, detail=detail)
            return _NOWHERE
        if fitted.note is not None:
            row.find(
                "geometry-wrong-type",
                Action.MENDED,
                "geometry",
                geometry.geom_type,
                fitted.geometry.geom_type,
                fitted.note,
            )
        return Position(fitted.geometry, AS_PUBLISHED)

    # --- columns ------------------------------------------------------------------------------------------

    def _coordinates(self, row: Row, how: Coordinates) -> Position:
        x_raw, y_raw = row.place.get(how.longitude), row.place.get(how.latitude)
        if _is_blank(x_raw) and _is_blank(y_raw):
            if row.geometry is not None:
                return self._embedded([row])[0]
            if how.address:
                return self._geocoded(row, how.address)
            row.find("coordinates-missing", Action.NOTED)
            return _NOWHERE
        point = self._point(row, how, x_raw, y_raw)
        if point is not None:
            fitted = fit(point, self._layer.geometry)
            return _NOWHERE if fitted is None else Position(fitted.geometry, AS_PUBLISHED)
        for column in (how.longitude, how.latitude):  # refused, so not in the geometry: kept beside it
            if not _is_blank(row.place.get(column)):
                row.extras.setdefault(column, row.place[column])
        return self._geocoded(row, how.address) if how.address else _NOWHERE

    def _point(self, row: Row, how: Coordinates, x_raw: object, y_raw: object) -> Point | None:
        columns, old = f"{how.longitude}, {how.latitude}", f"{x_raw}, {y_raw}"
        x, y = parse_coordinate(x_raw), parse_coordinate(y_raw)
        if not is_geographic(self._crs) and x is not None and y is not None:
            try:
                x, y = transform_xy(x, y, self._crs, STORAGE)
            except InputError:
                x = y = math.nan
        examined = examine_position(x, y)
        if examined.position is None:
            row.find(str(examined.defect or "coordinates-missing"), Action.REJECTED, columns, old)
            return None
        lon, lat = examined.position.lonlat
        if examined.defect is not None:
            if not is_geographic(self._crs):  # northings for eastings: nothing proves which was meant
                row.find("coordinates-outside-japan", Action.REJECTED, columns, old)
                return None
            row.find(str(examined.defect), Action.MENDED, columns, old, f"{lon}, {lat}")
        elif _is_rewritten(x_raw) or _is_rewritten(y_raw):
            row.find("coordinates-rewritten", Action.MENDED, columns, old, f"{lon}, {lat}")
        if is_geographic(self._crs) and self._crs != STORAGE:
            lon, lat = transform_xy(lon, lat, self._crs, STORAGE)
        return Point(lon, lat)

    def _geocoded(self, row: Row, columns: Sequence[str]) -> Position:
        address = "".join(str(row.place[column]) for column in columns if not _is_blank(row.place.get(column)))
        column = ", ".join(columns)
        if not address:
            row.find("address-missing", Action.NOTED, column)
            return _NOWHERE
        if self._gazetteer is None:
            self.ungeocoded += 1
            return _NOWHERE
        located = self._gazetteer.explain(address)
        if isinstance(located, Refusal):
            row.find(str(located), Action.NOTED, column, address)
            return _NOWHERE
        rule = "geocoded-to-town" if located.quality is AddressQuality.TOWN else "geocoded-by-inference"
        row.find(rule, Action.NOTED, column, address, located.town)
        fitted = fit(Point(located.lon, located.lat), self._layer.geometry)
        if fitted is None:
            return _NOWHERE
        return Position(fitted.geometry, str(located.quality), located.position_error_m)


def _mesh(row: Row, how: MeshCode) -> Position:
    codes = _codes(row.place.get(how.column))
    if how.further is not None:
        codes += [code for code in _codes(row.place.get(how.further)) if code not in codes]
    if not codes:
        row.find("mesh-code-wrong", Action.REJECTED, how.column, row.place.get(how.column))
        return _NOWHERE
    try:
        cells = [mesh_polygon(code) for code in codes]
    except InputError as error:
        row.find("mesh-code-wrong", Action.REJECTED, how.column, row.place.get(how.column), detail=error.message)
        return _NOWHERE
    whole = shapely.union_all(cells) if len(cells) > 1 else cells[0]
    if not _is_in_japan(whole.bounds):
        row.find("coordinates-outside-japan", Action.REJECTED, how.column, row.place.get(how.column))
        return _NOWHERE
    fitted = fit(whole, Geometry.MULTIPOLYGON)
    return Position(fitted.geometry, MESH) if fitted is not None else _NOWHERE


def _codes(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(code).strip() for code in value if not _is_blank(code)]
    if _is_blank(value):
        return []
    text = unicodedata.normalize("NFKC", str(int(value) if isinstance(value, float) else value))
    return [code.strip() for code in text.split(";") if code.strip()]


def parse_coordinate(value: object) -> float | None:
    """A coordinate as files write it: a number, a text for ``parse_degrees``, or [degrees, minutes (, seconds)] as JMA.

    None for an empty one, NaN for what is no coordinate.
    """
    if _is_blank(value):
        return None
    if isinstance(value, bool):
        return math.nan
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list | tuple):
        numbers = [float(part) for part in value if isinstance(part, int | float) and not isinstance(part, bool)]
        if not 1 < len(numbers) == len(value) < 4:
            return math.nan
        return sum(part / float(60**power) for power, part in enumerate(numbers))
    text = str(value).strip()
    try:
        return float(text)
    except ValueError:
        return parse_degrees(text)


def _is_rewritten(value: object) -> bool:
    """Whether a text is something else than a number as a computer writes it."""
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return not value.isascii() or "_" in value


def _is_in_japan(bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return bool(west >= JAPAN.west and south >= JAPAN.south and east <= JAPAN.east and north <= JAPAN.north)


def is_within(geometry: BaseGeometry, bbox: tuple[float, float, float, float]) -> bool:
    """Whether a geometry touches west, south, east, north."""
    west, south, east, north = geometry.bounds
    return bool(west <= bbox[2] and east >= bbox[0] and south <= bbox[3] and north >= bbox[1])


def _extent(geometry: BaseGeometry) -> str:
    return ", ".join(f"{value:.6f}" for value in geometry.bounds)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def needs_gazetteer(source: SourceFormat) -> bool:
    """Whether rows of this format may have to be geocoded."""
    return isinstance(source.geometry, Address) or (
        isinstance(source.geometry, Coordinates) and bool(source.geometry.address)
    )
