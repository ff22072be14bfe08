"""GeoPackage 1.3, which every GIS of the last years opens: one table with a spatial index, or one without places.

Title, description, licence, attribution and date stand in ``gpkg_contents`` and ``gpkg_metadata``.  Coordinates are x
before y in every system, as the standard says; CRS84 is its srs 4326.  ``fid`` is the table's own number, ``id`` the
feature's.  The format has no type for times of day and lists: they are text, spelled as in GeoJSON; instants have
milliseconds.
"""

from collections.abc import Iterator

from layers.model import FieldKind, Text
from services.ogc.formats.labels import labels
from services.ogc.formats.model import FileFormat, named_by_layer
from services.ogc.pages.model import Format
from services.ogc.selection import Selection

_AS_TEXT = frozenset({FieldKind.TIME, FieldKind.TEXT_LIST})


def _write(selection: Selection, language: str) -> Iterator[bytes]:
    from services.ogc.formats.writing import arrow, ogr  # only now: see there

    about = labels(selection.source, language)
    options = {"IDENTIFIER": about["title"], "DESCRIPTION": about["description"]}
    if selection.with_geometry:
        options["GEOMETRY_NAME"] = arrow.GEOMETRY
    return ogr.written(
        selection,
        arrow.columns_of(selection, as_text=_AS_TEXT),
        name="file.gpkg",
        driver="GPKG",
        dataset_options={"VERSION": "1.3"},
        layer_options=options,
        metadata=about,
    )


FORMAT = FileFormat(
    form=Format("gpkg", "application/geopackage+sqlite3", Text("GeoPackage", "GeoPackage"), bulk=True),
    write=_write,
    file_name=named_by_layer("gpkg"),
)
