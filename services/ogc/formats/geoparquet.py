"""GeoParquet 1.1: WKB geometries, a covering box for each of them, zstd; of a layer without places plain Parquet.

Rows stand in the order of the Hilbert curve (where no other order is asked for), so that a reader passes over the row
groups whose boxes lie elsewhere.  Coordinates are x before y in every system, as the standard says; without ``crs``
they are OGC:CRS84, its default.  Title, licence, attribution and date are key-value metadata of the file.
"""

from collections.abc import Iterator

from layers.model import Text
from services.ogc.formats.model import FileFormat, named_by_layer
from services.ogc.pages.model import Format
from services.ogc.selection import Selection


def _write(selection: Selection, language: str) -> Iterator[bytes]:
    from services.ogc.formats.writing import parquet  # only now: see there

    return parquet.write(selection, language)


FORMAT = FileFormat(
    form=Format("parquet", "application/vnd.apache.parquet", Text("GeoParquet", "GeoParquet"), bulk=True),
    write=_write,
    file_name=named_by_layer("parquet"),
)
