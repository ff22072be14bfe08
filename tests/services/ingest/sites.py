"""Small files of emergency sites as a city publishes them, good and bad, and what the database then holds."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
from shapely.geometry import Polygon

from services.database.connect import connect
from services.ingest.model import Provenance
from services.ingest.pipeline import Options, ingest_file
from services.ingest.report import LoadReport
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest

LAYER = "emergency-sites"
HEADER = (
    *("全国地方公共団体コード", "ID", "地方公共団体名", "名称", "所在地_連結表記", "緯度", "経度", "標高"),
    *("災害種別_洪水", "災害種別_津波", "災害種別_大規模な火事", "備考"),
)
SQUARE = Polygon([(135.30, 34.70), (135.31, 34.70), (135.31, 34.71), (135.30, 34.71)])
KNOWN = Provenance(as_of=date(2026, 3, 31))

Cells = Mapping[str, str]


def site(number: int, **other: str) -> dict[str, str]:
    """One good row, about a hundred metres from the next; ``other`` replaces cells by their column."""
    return {
        "全国地方公共団体コード": "282049",
        "ID": f"{number:06}",
        "地方公共団体名": "西宮市",
        "名称": f"第{number}公園",
        "所在地_連結表記": "",
        "緯度": f"{34.72 + number / 1000:.3f}",
        "経度": "135.340",
        "標高": "12.5",
        "災害種別_洪水": "1",
        "災害種別_津波": "",
        "災害種別_大規模な火事": "1",
        "備考": "",
        **other,
    }


def text_of(rows: Iterable[Cells]) -> str:
    """The rows as CSV with CRLF."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write_sites(path: Path, rows: Iterable[Cells], encoding: str = "utf-8") -> Path:
    """Write the rows as CSV."""
    path.write_bytes(text_of(rows).encode(encoding))
    return path


def good_sites(path: Path, count: int = 12) -> Path:
    """Write a file without a defect; row n of it is on line n + 1."""
    return write_sites(path, (site(number) for number in range(1, count + 1)))


def load(database: DatabaseUnderTest, path: Path, options: Options | None = None) -> list[LoadReport]:
    """Load a file through the pipeline, its date known."""
    return ingest_file(database.urls.ingest, path, database.settings, KNOWN, options or Options())


def state(database: DatabaseUnderTest, table: str = "emergency_sites") -> str:
    """A checksum of all that belongs to a layer: rows, datasets and revision."""
    layer = table.replace("_", "-")
    digest = hashlib.sha256()
    with connect(database.urls.owner) as connection:
        for query in (
            f"SELECT t::text FROM core.{table} t ORDER BY 1",  # noqa: S608 -- a name of this module's callers
            f"SELECT t::text FROM ngis.dataset t WHERE layer_id = '{layer}' ORDER BY 1",  # noqa: S608
            f"SELECT revision::text FROM ngis.layer WHERE id = '{layer}'",  # noqa: S608
        ):
            for (text,) in connection.execute(query.encode()).fetchall():
                digest.update(text.encode() + b"\n")
    return digest.hexdigest()


def query(database: DatabaseUnderTest, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a query as the owner sees them."""
    with connect(database.urls.owner) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def count(database: DatabaseUnderTest, relation: str) -> int:
    """How many rows a table has."""
    return int(query(database, f"SELECT count(*) FROM {relation}")[0][0])  # noqa: S608 -- a name of the callers


def environment(database: DatabaseUnderTest, **other: str) -> dict[str, str]:
    """The environment in which a command works on this database."""
    urls = database.urls
    settings = {
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_VAR": str(database.settings.var),
        "NGIS_PUBLIC_PORT": str(database.settings.public_port),
        "NGIS_INTERNAL_PORT": str(database.settings.internal_port),
        "COLUMNS": "1000",
        **other,
    }
    return {**{name: value for name, value in os.environ.items() if not name.startswith("NGIS_")}, **settings}


def ngis(database: DatabaseUnderTest, *arguments: str | Path, **other: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *map(str, arguments)],
        cwd=ROOT,
        env=environment(database, **other),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """All that a command printed; it must not be a stack trace, SQL or a password."""
    text = done.stdout + done.stderr
    for word in ("Traceback", "psycopg", "SELECT ", "INSERT ", "COPY ", "postgresql://"):
        assert word not in text, text
    return text


def geojson(points: Iterable[tuple[float, float]]) -> str:
    """Emergency sites as GSI publishes them, a point each."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(point)},
            "properties": {
                "共通ID": f"E28204{number:05}101",
                "都道府県名及び市町村名": "兵庫県西宮市",
                "施設・場所名": f"第{number}公園",
                "住所": "",
                "洪水": "1",
                "津波": "",
                "内水氾濫": "",
            },
        }
        for number, point in enumerate(points, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def shapefile(folder: Path, *, crs: int = 6668, encoding: str = "cp932") -> Path:
    """Flood areas of the planned scale as 国土数値情報 publishes them by river (A31a), on the city's ground."""
    folder.mkdir(exist_ok=True)
    path = folder / "A31.shp"
    frame = geopandas.GeoDataFrame(
        {"A31a_101": ["8606040001"], "A31a_102": ["武庫川"], "A31a_105": [3]}, geometry=[SQUARE], crs=6668
    ).to_crs(crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, encoding=encoding, engine="pyogrio")
    return path
