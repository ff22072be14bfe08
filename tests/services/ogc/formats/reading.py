"""Files read back by pyarrow, GDAL and Python, as rows by id: name to value, and the geometry under ``geometry``."""

import csv
import io
import json
import subprocess
from datetime import date, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyogrio
import shapely
from starlette.testclient import TestClient

from layers.catalogue import layer_named
from layers.model import FieldKind

Rows = dict[str, dict[str, Any]]
BOM = b"\xef\xbb\xbf"


def items(client: TestClient, layer_id: str, query: str = "") -> Rows:
    """The rows as GeoJSON items: the oracle."""
    answer = client.get(f"/ogc/collections/{layer_id}/items?f=json&{query or 'limit=10000'}")
    assert answer.status_code == 200, answer.text
    return {
        feature["id"]: {
            **feature["properties"],
            "geometry": None if feature["geometry"] is None else shapely.geometry.shape(feature["geometry"]),
        }
        for feature in answer.json()["features"]
    }


def get(client: TestClient, layer_id: str, form: str, query: str = "") -> bytes:
    answer = client.get(f"/ogc/collections/{layer_id}/items?f={form}&{query}")
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


def read_csv(content: bytes, layer_id: str) -> Rows:
    """With pyarrow, which tells an absent value from an empty text; typed by the layer's declaration."""
    assert content.startswith(BOM)
    options = pacsv.ConvertOptions(
        strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""], column_types=_all_text(content)
    )
    parse = pacsv.ParseOptions(newlines_in_values=True)
    table = pacsv.read_csv(io.BytesIO(content[len(BOM) :]), parse_options=parse, convert_options=options)
    found: Rows = {}
    for row in table.to_pylist():
        values = {name: _typed(layer_id, name, value) for name, value in row.items()}
        if "wkt" in values:
            values["geometry"] = None if row["wkt"] is None else shapely.from_wkt(values.pop("wkt"))
        elif "longitude" in values:
            x, y = values.pop("longitude"), values.pop("latitude")
            values["geometry"] = None if x is None else shapely.Point(float(x), float(y))
        else:
            values["geometry"] = None
        values.pop("wkt", None)
        found[values.pop("id")] = values
    return found


def read_parquet(content: bytes) -> Rows:
    table = pq.read_table(io.BytesIO(content))
    return _plain(table.drop_columns([name for name in ("bbox",) if name in table.column_names]))


def read_ogr(content: bytes, suffix: str, folder: Path, layer_id: str) -> Rows:
    """With pyogrio's GDAL, record by record: through Arrow, its FlatGeobuf driver 3.12 fails on absent geometries."""
    path = folder / f"{layer_id}{suffix}"
    path.write_bytes(content)
    meta, _, places, columns = pyogrio.raw.read(path, datetime_as_string=True)
    rows: Rows = {}
    for number in range(len(columns[0])):
        values = {
            name: _ogr_value(layer_id, name, column[number])
            for name, column in zip(meta["fields"], columns, strict=True)
        }
        wkb = None if places is None else places[number]
        values["geometry"] = None if wkb is None else shapely.from_wkb(wkb)
        rows[values.pop("id")] = values
    return rows


def debian_json(content: bytes, suffix: str, folder: Path) -> dict[str, Any]:
    """What Debian's GDAL 3.6 makes of a file: GeoJSON."""
    path = folder / f"debian{suffix}"
    path.write_bytes(content)
    places = ["-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude"] if suffix == ".csv" else []
    command = ["ogr2ogr", "-f", "GeoJSON", *places, "-lco", "COORDINATE_PRECISION=15", "/vsistdout/", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def plain_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _all_text(content: bytes) -> dict[str, pa.DataType]:
    head = content[len(BOM) :].split(b"\r\n", 1)[0].decode()
    return {name: pa.string() for name in next(csv.reader([head]))}


def _plain(table: pa.Table) -> Rows:
    rows: Rows = {}
    for row in table.to_pylist():
        values = {name: _json(value) for name, value in row.items()}
        wkb = row.get("geometry")
        values["geometry"] = None if wkb is None else shapely.from_wkb(wkb)
        rows[values.pop("id")] = values
    return rows


def _json(value: Any) -> Any:
    """A typed value as GeoJSON spells it."""
    match value:
        case date():  # or an instant
            return value.isoformat()
        case time():
            return value.isoformat("seconds")
    return value


def _ogr_value(layer_id: str, name: str, value: Any) -> Any:
    """A value as GDAL reads it: absent numbers are NaN, lists are text."""
    value = value.item() if hasattr(value, "item") else value
    kind = _kind(layer_id, name)
    if value is None or value != value:
        return None
    if kind is FieldKind.FLAG:
        return bool(value)
    if kind is FieldKind.TEXT_LIST:
        return json.loads(value)
    return _json(value)


def _typed(layer_id: str, name: str, value: str | None) -> Any:
    if value is None:
        return None
    match _kind(layer_id, name):
        case FieldKind.INTEGER:
            return int(value)
        case FieldKind.NUMBER:
            return float(value)
        case FieldKind.FLAG:
            assert value in ("true", "false")
            return value == "true"
        case FieldKind.TEXT_LIST:
            return json.loads(value)
        case FieldKind.CODE:
            codes = layer_named(layer_id).by_name[name].codes
            return int(value) if codes is not None and codes.is_integer else value
    return value


def _kind(layer_id: str, name: str) -> FieldKind | None:
    known = layer_named(layer_id).by_name.get(name)
    if known is not None:
        return known.kind
    return {"fictitious": FieldKind.FLAG, "position_error_m": FieldKind.NUMBER}.get(name)
