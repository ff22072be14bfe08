"""Files that GDAL writes: made in a folder of their own by a process of their own, then streamed and removed."""

import json
import logging
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

import pyarrow as pa
from pyproj import CRS

from geo.errors import StoreError
from layers.model import Geometry
from services.database.lending import refuse_abandoned
from services.ogc.formats.writing import gdal_writer
from services.ogc.formats.writing.arrow import GEOMETRY, ArrowColumn, batches, schema_of
from services.ogc.selection import Selection

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 18
_LOOK_S = 0.2  # how often it is asked whether anybody still waits


def written(
    selection: Selection,
    columns: list[ArrowColumn],
    *,
    name: str,
    driver: str,
    layer_options: Mapping[str, str],
    metadata: Mapping[str, str],
    dataset_options: Mapping[str, str] | None = None,
) -> Iterator[bytes]:
    """The file of a selection in pieces, the first when it is complete.

    The database's connection is given back before the first piece.  ``StoreError`` where the file cannot be written,
    beside the errors of ``Selection.rows``.
    """
    with TemporaryDirectory(prefix="ngis-file-") as folder:
        path = Path(folder) / name
        options: dict[str, Any] = {
            "path": str(path),
            "layer": selection.source.layer.id,
            "driver": driver,
            "layer_options": dict(layer_options),
            "dataset_options": dict(dataset_options or {}),
            "layer_metadata": dict(metadata),
        }
        if selection.with_geometry:
            options["geometry_name"] = GEOMETRY
            options["geometry_type"] = _ogr_type(selection.source.layer.geometry)
            options["crs"] = CRS.from_epsg(selection.crs.epsg).to_wkt()
        _make(options, columns, batches(selection, columns))
        with path.open("rb") as file:
            while piece := file.read(_CHUNK_BYTES):
                yield piece


def _make(options: Mapping[str, Any], columns: list[ArrowColumn], rows: Generator[pa.RecordBatch]) -> None:
    with TemporaryFile() as said, _writer(options, said) as process:
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            _send(process.stdin, schema_of(columns), rows)
        except BrokenPipeError:
            pass  # the process has ended before its time, and has said why
        finally:
            rows.close()
        while True:
            try:
                status = process.wait(_LOOK_S)
                break
            except subprocess.TimeoutExpired:
                refuse_abandoned()
        if status:
            said.seek(0)
            logger.error("no file could be written: %s", said.read().decode(errors="replace"))
            raise StoreError("The file cannot be written.", fix="See whether the disk of temporary files is full.")


def _send(pipe: IO[bytes], schema: pa.Schema, rows: Iterable[pa.RecordBatch]) -> None:
    with pipe, pa.ipc.new_stream(pipe, schema) as stream:
        for batch in rows:
            stream.write_batch(batch)


@contextmanager
def _writer(options: Mapping[str, Any], said: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that writes; it does not outlive the block."""
    command = [sys.executable, "-P", gdal_writer.__file__, json.dumps(options)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _ogr_type(geometry: Geometry) -> str:
    if geometry is Geometry.ANY:
        return "Unknown"  # OGR's name for what every feature says of itself
    return Geometry.MULTIPOLYGON if geometry is Geometry.RASTER else geometry
