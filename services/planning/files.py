"""Files as frames: features of any form that GDAL reads, and tables (CSV, xlsx) with columns of coordinates."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from geo.coordinates import examine_position
from geo.crs import STORAGE
from geo.errors import SourceError
from services.ingest.cleansing.headers import fold_header
from services.ingest.model import Action, Record, Table
from services.ingest.positions import parse_coordinate
from services.ingest.readers import UnrecognisedError, open_file
from services.ingest.readers.kinds import Kind, kind_of

LONGITUDES = ("経度", "東経", "longitude", "lon", "lng", "long")
LATITUDES = ("緯度", "北緯", "latitude", "lat")
NAMES = ("name", "名称", "施設名", "施設名称", "名前")
"""The first of these that a table has names its rows."""
_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?")  # no code with a zero before it
_NAMED = 5
"""As many wrong rows are named in a message."""


def read(path: Path) -> gpd.GeoDataFrame:
    """Features of a file; of a table in whichever encoding, the rows at their 経度 and 緯度 (``LONGITUDES`` ...).

    A table keeps the names of its columns; the name of a place is ``name`` beside that.  A column of numbers alone,
    also wide ones and with separators, is one of numbers.

    Raises
    ------
    SourceError
        If it cannot be read or a table has no columns of coordinates or no rows; naming the rows without a position
        that can be right, of which none is moved or left out.
    """
    try:
        kind: Kind | None = kind_of(path)
    except UnrecognisedError:  # GDAL knows more
        kind = None
    if kind in (Kind.TEXT, Kind.XLSX):
        with open_file(path) as opened:
            return _placed(path.name, opened.tables)
    try:
        found = gpd.read_file(path)
    except Exception as error:  # pyogrio and fiona have errors of their own for every driver
        raise SourceError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, gpd.GeoDataFrame):
        raise SourceError(f"{path} has no geometries.", fix="Give features, or a CSV with 経度 and 緯度.")
    return found


def _placed(name: str, tables: Sequence[Table]) -> gpd.GeoDataFrame:
    if len(tables) != 1:
        raise SourceError(f"{name}: there are {len(tables)} tables.", fix="Give a file with one.")
    table = tables[0]
    longitude, latitude = (_column(table.columns, each) for each in (LONGITUDES, LATITUDES))
    if longitude is None or latitude is None:
        raise SourceError(
            f"{name}: no columns of coordinates among {', '.join(table.columns)}.",
            fix="Name them 経度 and 緯度, or lon and lat, in degrees (JGD2011 or WGS 84).",
        )
    records = list(table.records())
    if not records:
        raise SourceError(f"{name}: there are no rows.")
    points = _points(name, records, longitude, latitude)
    columns = [each for each in table.columns if each not in (longitude, latitude)]
    cells = {each: _values([record.values.get(each) for record in records]) for each in columns}
    title = _column(columns, NAMES)
    if title is not None:
        cells["name"] = pd.Series([record.values.get(title) for record in records], dtype=object)
    return gpd.GeoDataFrame(cells, geometry=points, crs=STORAGE)


def _column(columns: Sequence[str], names: Iterable[str]) -> str | None:
    folded = {fold_header(each).casefold(): each for each in reversed(columns)}
    return next((folded[each] for each in names if each in folded), None)


def _points(name: str, records: Sequence[Record], longitude: str, latitude: str) -> list[Point]:
    points, wrong = [], []
    for record in records:
        raw = record.values.get(longitude), record.values.get(latitude)
        examined = examine_position(*(parse_coordinate(each) for each in raw))
        refused = next((each.rule for each in record.findings if each.action is Action.REJECTED), None)
        why = refused or examined.defect
        if examined.position is None or why is not None:
            wrong.append(f"{record.number} ({why}: {raw[0] or ''}, {raw[1] or ''})")
            continue
        points.append(Point(*examined.position.lonlat))
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise SourceError(
            f"{name}: {len(wrong)} of {len(records)} rows cannot be placed: row {', '.join(wrong[:_NAMED])}{more}.",
            fix=f"Correct {longitude} and {latitude} there, or take the rows out.",
        )
    return points


def _values(cells: Sequence[object]) -> "pd.Series[Any]":
    filled = [None if cell is None or (isinstance(cell, str) and not cell.strip()) else cell for cell in cells]
    texts = [unicodedata.normalize("NFKC", str(cell)).strip() for cell in filled if cell is not None]
    if texts and all(_NUMBER.fullmatch(each) for each in texts):
        numbers = iter(texts)
        return pd.Series([float("nan") if each is None else float(next(numbers).replace(",", "")) for each in filled])
    return pd.Series(filled, dtype=object)
