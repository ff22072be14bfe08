"""FlatGeobuf, with title, description and metadata in its header.

It has a spatial index unless a row has no place, which the index cannot hold, or there are more than ``INDEXED_ROWS``
rows, whose index would not fit into bounded memory: nothing is left out for the index's sake.  Coordinates are x
before y in every system; CRS84 is written as EPSG:4326.  The format has no type for dates, times of day and lists: they
are text, spelled as in GeoJSON; instants have milliseconds.
"""

from collections.abc import Iterator

from layers.model import FieldKind, Text
from services.ogc.formats.labels import labels
from services.ogc.formats.model import FileFormat, named_by_layer
from services.ogc.pages.model import Format
from services.ogc.selection import Selection

INDEXED_ROWS = 1_000_000
_AS_TEXT = frozenset({FieldKind.DATE, FieldKind.TIME, FieldKind.TEXT_LIST})


def _write(selection: Selection, language: str) -> Iterator[bytes]:
    from services.ogc.formats.writing import arrow, ogr  # only now: see there

    about = labels(selection.source, language)
    rows, places = selection.counted()
    options = {
        "TITLE": about["title"],
        "DESCRIPTION": about["description"],
        "SPATIAL_INDEX": "YES" if 0 < rows == places <= INDEXED_ROWS else "NO",
    }
    columns = arrow.columns_of(selection, as_text=_AS_TEXT)
    yield from ogr.written(
        selection, columns, name="file.fgb", driver="FlatGeobuf", layer_options=options, metadata=about
    )


FORMAT = FileFormat(
    form=Format(
        "fgb",
        "application/flatgeobuf",
        Text("FlatGeobuf", "FlatGeobuf"),
        offered=lambda source: source.has_geometry,
        aliases=("application/vnd.flatgeobuf",),
        unfit=frozenset({"skipGeometry"}),
        bulk=True,
    ),
    write=_write,
    file_name=named_by_layer("fgb"),
)
