"""Records of persons for the process ``demand``: read, and reduced to what it needs; never quoted."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.crs import STORAGE
from geo.errors import InputError, SourceError
from services.planning.frames import given

_LONGITUDE = ("lon", "longitude", "経度", "x")
_LATITUDE = ("lat", "latitude", "緯度", "y")
_ENCODINGS = ("utf-8-sig", "cp932")


def records_given(records: gpd.GeoDataFrame | pd.DataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    """The places of records, with these columns and nothing else: no id, no name, no address.

    Raises
    ------
    InputError
        If there are no places, or a column is missing; no value is said.
    """
    frame = records if isinstance(records, gpd.GeoDataFrame) else _placed(records)
    missing = [each for each in columns if each not in frame.columns]
    if missing:
        raise InputError(f"The records have no column {', '.join(missing)}.")
    kept = gpd.GeoDataFrame(frame[list(columns)].astype("string"), geometry=frame.geometry, crs=frame.crs)
    found = given(kept.reset_index(drop=True), columns, "records")
    assert isinstance(found, dict)  # noqa: S101 - of a frame
    return found


def read_records(path: Path) -> gpd.GeoDataFrame | pd.DataFrame:
    """A CSV with columns of longitude and latitude (UTF-8 or cp932), or any file with places that GDAL reads.

    ``SourceError`` where it cannot be read; nothing of its content is said.
    """
    try:
        if path.suffix.lower() != ".csv":
            return gpd.read_file(path)
        for encoding in _ENCODINGS:
            try:
                return pd.read_csv(path, dtype="string", encoding=encoding)
            except UnicodeDecodeError:
                continue
    except Exception:  # noqa: BLE001 - readers have errors of their own, and some quote what they read
        raise SourceError(f"{path.name} cannot be read.") from None
    raise SourceError(f"{path.name} is neither UTF-8 nor cp932.")


def _placed(records: pd.DataFrame) -> gpd.GeoDataFrame:
    names = {str(each).strip().lower(): each for each in records.columns}
    lon, lat = (next((names[each] for each in wanted if each in names), None) for wanted in (_LONGITUDE, _LATITUDE))
    if lon is None or lat is None:
        raise InputError("The records have no columns of longitude and latitude (lon and lat, or 経度 and 緯度).")
    places = gpd.points_from_xy(
        pd.to_numeric(records[lon], errors="coerce"), pd.to_numeric(records[lat], errors="coerce")
    )
    return gpd.GeoDataFrame(records, geometry=places, crs=STORAGE)
