"""Shapefile and GeoPackage through GDAL (pyogrio), in batches."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely
from pyogrio import list_layers, raw, read_info
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.errors import SourceError
from services.ingest.model import Action, Finding, Record, Table
from services.ingest.readers.crs import epsg_of_definition
from services.ingest.readers.dbf import dbf_encoding
from services.ingest.readers.opened import Contents

_BATCH = 5_000
_SHAPEFILE_HEADER = 100


def sibling(path: Path, suffix: str) -> Path | None:
    """The file beside ``path`` with the same stem and ``suffix`` in any letter case."""
    for other in sorted(path.parent.iterdir()):
        if other.stem.lower() == path.stem.lower() and other.suffix.lower() == suffix:
            return other
    return None


def read_shapefile(path: Path, *, name: str = "") -> Contents:
    """The one table of a shapefile given by its ``.shp`` file.

    ``Table.crs`` is None where there is no ``.prj`` file.  ``Record.number`` is the ordinal.

    Raises
    ------
    SourceError
        If ``.shx`` or ``.dbf`` is missing, a part is truncated, or the text fits no encoding.
    """
    missing = [suffix for suffix in (".shx", ".dbf") if sibling(path, suffix) is None]
    if missing:
        raise SourceError(
            f"{path.name}: a shapefile is several files, and {' and '.join(missing)} of this one is not beside it.",
            fix=f"Put {' and '.join(path.stem + suffix for suffix in missing)} into the same folder, or give the zip.",
        )
    _check_length(path)
    dbf = sibling(path, ".dbf")
    encoding, findings = dbf_encoding(dbf, sibling(path, ".cpg")) if dbf else ("utf-8", ())
    prj = sibling(path, ".prj")
    crs, unknown = _crs_of(prj.read_text("utf-8", errors="replace")) if prj else (None, ())
    return Contents(
        tables=(_table(path, None, name, "shapefile", crs=crs, encoding=encoding, findings=(*findings, *unknown)),)
    )


def read_geopackage(path: Path, *, name: str = "") -> Contents:
    """One table per layer of a GeoPackage; ``SourceError`` if it cannot be read or has no layer."""
    tables = []
    with _gdal(path):
        layers = [str(layer) for layer, _ in list_layers(path)]
    for layer in layers:
        with _gdal(path):
            declared = read_info(path, layer=layer)["crs"]
        crs, unknown = _crs_of(declared) if declared else (None, ())
        label = "/".join(filter(None, (name, layer if len(layers) > 1 else "")))
        tables.append(_table(path, layer, label, "gpkg", crs=crs, encoding=None, findings=unknown))
    if not tables:
        raise SourceError(f"{path.name}: the GeoPackage has no layer.")
    return Contents(tables=tuple(tables))


def _crs_of(definition: str) -> tuple[int | None, tuple[Finding, ...]]:
    code = epsg_of_definition(definition.strip())
    if code is None:
        return None, (Finding("crs-unrecognised", Action.NOTED, old=definition[:500]),)
    return code, ()


def _check_length(path: Path) -> None:
    """A ``.shp`` states its length in 16-bit words; GDAL reads a shorter one as empty geometries."""
    with path.open("rb") as file:
        head = file.read(_SHAPEFILE_HEADER)
    stated = int.from_bytes(head[24:28], "big") * 2
    actual = path.stat().st_size
    if len(head) < _SHAPEFILE_HEADER or actual < stated:
        raise SourceError(
            f"{path.name}: the shapefile is truncated ({actual:,} of {stated:,} bytes).",
            fix="Get all files of the shapefile again.",
        )


def _table(
    path: Path,
    layer: str | None,
    name: str,
    container: str,
    *,
    crs: int | None,
    encoding: str | None,
    findings: tuple[Finding, ...],
) -> Table:
    with _gdal(path):
        info = read_info(path, layer=layer, encoding=encoding, force_feature_count=True)
    count = int(info["features"])
    return Table(
        name=name,
        container=container,
        columns=tuple(str(column) for column in info["fields"]),
        records=_source(path, layer, encoding, count),
        crs=crs,
        encoding=encoding,
        metadata={"features": str(count), "layer": str(info["layer_name"])},
        findings=findings if count else (*findings, Finding("no-rows", Action.NOTED)),
    )


def _source(path: Path, layer: str | None, encoding: str | None, count: int) -> Callable[[], Iterator[Record]]:
    def records() -> Iterator[Record]:
        number = 0
        while number < count:
            with _gdal(path):
                meta, _, geometries, columns = raw.read(
                    path,
                    layer=layer,
                    encoding=encoding,
                    skip_features=number,
                    max_features=_BATCH,
                    datetime_as_string=True,
                )
            names = [str(name) for name in meta["fields"]]
            integer = ["Integer" in kind for kind in meta["ogr_types"]]
            size = len(columns[0]) if columns else len(geometries)
            if not size:
                return
            for index in range(size):
                number += 1
                values = {
                    name: _python(column[index], whole)
                    for name, column, whole in zip(names, columns, integer, strict=True)
                }
                geometry, findings = _geometry(geometries[index] if geometries is not None else None, number)
                yield Record(number, values, geometry, findings)

    return records


def _python(value: Any, whole: bool) -> object:
    """A value of a numpy column as Python has it; numpy holds missing integers as NaN among floats."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return int(value) if whole and isinstance(value, float) else value


def _geometry(wkb: bytes | None, number: int) -> tuple[BaseGeometry | None, tuple[Finding, ...]]:
    if wkb is None:
        return None, ()
    try:
        geometry = shapely.from_wkb(wkb)
    except ShapelyError as error:
        return None, (Finding("geometry-unreadable", Action.NOTED, number, detail=str(error)),)
    return (None if geometry.is_empty else geometry), ()


@contextmanager
def _gdal(path: Path) -> Iterator[None]:
    """What GDAL raises becomes ``SourceError``; what it only warns of is not for the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            yield
        except (DataSourceError, DataLayerError, RuntimeError, ValueError) as error:
            reason = str(error).replace(str(path), path.name)
            raise SourceError(
                f"{path.name}: the file cannot be read ({reason}).", fix="Get the file again; it may be damaged."
            ) from error
