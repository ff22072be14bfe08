"""What opening a file gives, and the limits within which it is opened."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from geo.errors import SourceError
from services.ingest.model import Raster, Table

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file may cost before it is refused.

    max_unpacked_bytes:
        Sum of all members of an archive, unpacked, nested archives included.
    max_ratio:
        Unpacked to packed size of one member; asked only of members above 1 MiB.  Real GML packs to about 1:40.
    max_members:
        Members of an archive, nested archives included.
    max_line_bytes:
        One line of a text file.  A line beyond it is refused without being read.
    max_element_bytes:
        One feature or object of a JSON file, and one feature of an XML file.
    """

    max_unpacked_bytes: int = 4096 * _MIB
    max_ratio: int = 250
    max_members: int = 20_000
    max_line_bytes: int = _MIB
    max_element_bytes: int = 256 * _MIB


class UnrecognisedError(SourceError):
    """The content is of no kind the readers know.  In an archive such a member is left out and noted."""


@dataclass(frozen=True)
class Contents:
    """What one reader found in one file."""

    tables: tuple[Table, ...] = ()
    rasters: tuple[Raster, ...] = ()


@dataclass
class Opened:
    """One opened file: its tables and grids, and the temporary files they are read from.

    A context manager; after ``close`` neither ``Table.records`` nor ``Raster.path`` may be used.
    """

    name: str  # base name of the file, as every message gives it
    container: str  # "csv", "xlsx", "zip", "geojson", "json", "shapefile", "gml", "dem", "gpkg", "osm-pbf", "geotiff"
    tables: tuple[Table, ...]
    rasters: tuple[Raster, ...]
    _resources: ExitStack = field(default_factory=ExitStack, repr=False)

    def close(self) -> None:
        """Remove what was unpacked.  May be called again."""
        self._resources.close()

    def on_close(self, action: Callable[[], object]) -> None:
        """Call ``action`` when this is closed."""
        self._resources.callback(action)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
