"""What readers hand to the loader, and what the loader reports: records, tables, findings, provenance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import StrEnum
from pathlib import Path

from shapely.geometry.base import BaseGeometry


class Action(StrEnum):
    """What became of a finding."""

    MENDED = "mended"  # the value was replaced, the row is loaded
    REJECTED = "rejected"  # the value (or, with column None, the row) is not loaded
    NOTED = "noted"  # loaded as it is; a person should know


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect: where it is, which rule found it, what the value was and what it became."""

    rule: str  # an id of services.ingest.rules
    action: Action
    row: int | None = None  # None: the whole file
    column: str | None = None  # as published
    old: str | None = None
    new: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record as received.

    number:
        Where a person finds it: the line of a text file, the row of a sheet (the first is 1), the ordinal of a
        feature (the first is 1), the id of an OSM element.
    values:
        Column as published -> value as received; nothing cleansed.
    geometry:
        In the table's CRS, x = longitude or easting, y = latitude or northing, whatever the file's axis order.
    findings:
        What the reader noticed about this record while reading it.  One of ``Action.REJECTED`` with column None
        says that the record cannot be used: it is reported, not loaded.
    """

    number: int
    values: Mapping[str, object]
    geometry: BaseGeometry | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: its columns and a stream of its records that can be started again.

    name:
        The member, sheet or element kind; "" where a file holds only one table.
    crs:
        EPSG code the file declares, None where it declares none.
    axis order is already x, y (see ``Record.geometry``).
    """

    name: str
    container: str  # "csv", "xlsx", "geojson", "shapefile", "gml", "osm-pbf", "json"
    columns: tuple[str, ...]
    records: Callable[[], Iterator[Record]]
    crs: int | None = None
    encoding: str | None = None
    metadata: Mapping[str, str] = dataclass_field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Raster:
    """One georeferenced grid of a file; ``path`` is what rasterio opens."""

    path: Path
    crs: int
    metadata: Mapping[str, str] = dataclass_field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of a file beside its content: from a manifest or the command line, never guessed.

    ``as_of`` is the date the content describes, None where nobody said.
    """

    source_id: str | None = None
    title: str | None = None
    url: str | None = None
    licence: str | None = None
    attribution: str | None = None
    as_of: date | None = None
    fictitious: bool = False
