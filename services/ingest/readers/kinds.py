"""What a file is, by its first bytes and its structure; its name counts for nothing."""

import json
import re
import zipfile
from enum import StrEnum
from pathlib import Path

from geo.errors import SourceError
from services.ingest.readers.opened import UnrecognisedError
from services.ingest.readers.safe_xml import first_elements
from services.ingest.readers.text import head_text

_HEAD = 4096
_XML_ENCODING = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_XML_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii"})


class Kind(StrEnum):
    ZIP = "zip"
    XLSX = "xlsx"
    SHAPEFILE = "shapefile"
    GEOTIFF = "geotiff"
    OSM = "osm-pbf"
    GEOPACKAGE = "gpkg"
    DEM = "dem"
    GML = "gml"
    JSON = "json"
    TEXT = "csv"


# Magic bytes of what is often given by mistake -> (what it is, the fix).
_OTHERS = (
    (b"%PDF", "a PDF document", "Ask the publisher for the data itself (CSV, GeoJSON, shapefile)."),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls) or a protected one",
        "Save it as xlsx without password, or as CSV UTF-8.",
    ),
    (b"\x89PNG", "an image", "Give georeferenced data; a picture of a map cannot be loaded."),
    (b"\xff\xd8\xff", "an image", "Give georeferenced data; a picture of a map cannot be loaded."),
    (b"GIF8", "an image", "Give georeferenced data; a picture of a map cannot be loaded."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it with gunzip."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, or pack it as zip."),
    (b"Rar!", "a RAR archive", "Unpack it, or pack it as zip."),
    (b"BZh", "compressed with bzip2", "Unpack it with bunzip2."),
    (b"PAR1", "a Parquet file", "Convert it to GeoPackage or CSV."),
    (b"\x00\x00\x27\x0a\x00", "a shapefile without its header", "Get the file again."),
)
_PART_OF_SHAPEFILE = frozenset({".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix"})


def kind_of(path: Path) -> Kind:
    """What the file at ``path`` is.

    Raises
    ------
    SourceError
        If it is empty or cannot be opened; ``UnrecognisedError`` if it is of a kind that is not read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SourceError(f"{path.name}: the file is empty.", fix="Get the file again; the download may have failed.")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip_kind(path)
    # Before the shapefile's own header, so that an index file is not taken for geometry.
    if head[:4] == b"\x00\x00\x27\x0a":
        if path.suffix.lower() == ".shx":
            raise _part_of_shapefile(path)
        return Kind.SHAPEFILE
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return Kind.GEOTIFF
    if b"OSMHeader" in head[:64]:
        return Kind.OSM
    if head.startswith(b"SQLite format 3\x00"):
        return Kind.GEOPACKAGE
    for magic, what, fix in _OTHERS:
        if head.startswith(magic):
            raise UnrecognisedError(f"{path.name}: this is {what}, which is not read.", fix=fix)
    if _is_dbf(head) or (path.suffix.lower() in _PART_OF_SHAPEFILE and b"\x00" in head):
        raise _part_of_shapefile(path)
    return _text_kind(path, head)


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError(
            f"{path.name}: the zip archive is truncated or damaged ({error}).", fix="Get the file again."
        ) from error
    if "xl/workbook.xml" in names or ("[Content_Types].xml" in names and any(n.startswith("xl/") for n in names)):
        return Kind.XLSX
    return Kind.ZIP


def _text_kind(path: Path, head: bytes) -> Kind:
    text = head_text(head).lstrip("\x1e \t\r\n\ufeff")
    if text.startswith("<"):
        return _xml_kind(path, text)
    if text.startswith(("{", "[")) and _is_json(text):
        return Kind.JSON
    return Kind.TEXT


def _is_json(text: str) -> bool:
    """A brace may also begin a CSV; JSON goes on with a key, a value or the end."""
    if text[1:].lstrip()[:1] in ('"', "}", "{", "[", "]"):
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _xml_kind(path: Path, text: str) -> Kind:
    beginning = text[:1024].lower()
    if "<!doctype html" in beginning or "<html" in beginning:
        raise UnrecognisedError(
            f"{path.name}: this is a web page, not data.",
            fix="The download may have led to an error or a consent page: open the address in a browser.",
        )
    declared = _XML_ENCODING.match(text)
    if declared and declared.group(1).lower() not in _XML_ENCODINGS:
        raise UnrecognisedError(
            f"{path.name}: this is XML in {declared.group(1)}, which is not read.",
            fix="Save it as UTF-8 if it is GML; other XML holds no features.",
        )
    with path.open("rb") as file:
        root = first_elements(file, path.name, count=24)
    if root.has("DEM") and root.in_namespace("fgd.gsi.go.jp"):
        return Kind.DEM
    if root.in_namespace("opengis.net/gml") or root.in_namespace("citygml") or root.in_namespace("ksj"):
        return Kind.GML
    raise UnrecognisedError(
        f"{path.name}: this is XML ({root.local}), but no GML.", fix="Give the GML file with the features."
    )


def _is_dbf(head: bytes) -> bool:
    """dBase III header: version, a plausible date, a header size that fits its field descriptors."""
    if len(head) < 33 or head[0] not in (0x03, 0x30, 0x83, 0x8B) or not 1 <= head[2] <= 12 or not 1 <= head[3] <= 31:
        return False
    size = int.from_bytes(head[8:10], "little")
    return size >= 33 and b"\x00" in head[:32]


def _part_of_shapefile(path: Path) -> UnrecognisedError:
    return UnrecognisedError(
        f"{path.name}: this is one part of a shapefile.", fix="Give the .shp file, with the other parts beside it."
    )
