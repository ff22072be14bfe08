"""自治体標準オープンデータセット: what is written, read by our ingest into an empty database, gives the same rows."""

import random
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from starlette.testclient import TestClient

from layers.catalogue import catalogue, layer_named
from layers.model import Field, FieldKind, Layer
from layers.population_areas import age_bands
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.ingest.batch import ingest_paths
from services.ingest.report import LoadReport
from services.ingest.sample.writers import Listed, write_manifest
from tests.conftest import DatabaseUnderTest, _database
from tests.services.http.conftest import SmallCity, _dataset, client_of
from tests.services.ogc.formats.reading import BOM, get

SHEETS = {layer.id: layer.open_data for layer in catalogue().values() if layer.open_data is not None}
TEXTS = (
    "香櫨園<浜>公園", 'a < b & "c" \\ \'d\'', "改行\nなし", "コンマ, とタブ\tあり", "=1+1", "+81-798-00-0000", "-5",
    "@home", "NULL", "𠮷野家", "1", "0798", "000", "x" * 3_000, "''", "5-5", "西宮市六湛寺町10番3号", "月火水木金土日",
    "2024-01-01", "9:00",
)  # fmt: skip
Row = dict[str, Any]


def rows_of(database: DatabaseUnderTest, layer: Layer, names: list[str]) -> dict[str, Row]:
    """The rows of core by id, with the place."""
    query = sql.SQL("SELECT id, {}, ST_X(geometry), ST_Y(geometry), position_quality, position_error_m FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier("core", layer.table)
    )
    keys = [*names, "longitude", "latitude", "position_quality", "position_error_m"]
    with connect(database.urls.owner) as connection:
        found = connection.execute(query).fetchall()
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in found}


def ingest(database: DatabaseUnderTest, *paths: Path) -> dict[str, list[LoadReport]]:
    """What became of the files, by name."""
    outcomes = ingest_paths(database.urls.ingest, list(paths), database.settings)
    assert not [str(outcome.error) for outcome in outcomes if outcome.failed]
    return {outcome.path.name: outcome.reports for outcome in outcomes}


def export(client: TestClient, layer_id: str, folder: Path) -> Path:
    """The file, under the name the server gives it."""
    answer = client.get(f"/ogc/collections/{layer_id}/items?f=municipal-csv")
    assert answer.status_code == 200, answer.text
    name: str = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
    path = folder / name
    path.write_bytes(answer.content)
    return path


def sheet_fields(layer: Layer) -> list[str]:
    """The fields that the layer's sheet can carry."""
    assert layer.open_data is not None
    source = next(each for each in layer.formats if each.id == layer.open_data.format_id)
    return sorted({name for column, name in source.columns.items() if column in layer.open_data.columns})


def close(found: Row, expected: Row) -> bool:
    """The same values; degrees to 1e-9."""
    for axis in ("longitude", "latitude"):
        one, other = found[axis], expected[axis]
        if (one is None) != (other is None) or (one is not None and abs(one - other) > 1e-9):
            return False
    return all(found[name] == value for name, value in expected.items() if name not in ("longitude", "latitude"))


def assert_same(found: dict[str, Row], expected: dict[str, Row]) -> None:
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        wrong = {name: (found[key][name], value) for name, value in row.items() if found[key][name] != value}
        assert close(found[key], row), (key, wrong)


# --- rows of every kind ------------------------------------------------------------------------------------


def value_of(field: Field, chance: random.Random) -> Any:
    if field.codes is not None:
        return chance.choice(field.codes.codes).value
    low = 0 if field.minimum is None else field.minimum
    high = 9_000 if field.maximum is None else field.maximum
    match field.kind:
        case FieldKind.INTEGER:
            return chance.randint(round(low), round(high))
        case FieldKind.NUMBER:
            return chance.choice([float(round(low) + 1), chance.uniform(low, high)])
        case FieldKind.FLAG:
            return True  # false has no word in the sheets
        case FieldKind.DATE:
            return date(chance.randint(1950, 2030), chance.randint(1, 12), chance.randint(1, 28))
        case FieldKind.TIME:
            return time(chance.randint(0, 23), chance.randint(0, 59))
        case FieldKind.TEXT_LIST:
            return [chance.choice(["浜町", "川添町", "=1+1", "a,b"]) for _ in range(chance.randint(1, 3))]
    return chance.choice(TEXTS)


def generate(layer: Layer, count: int) -> list[Row]:
    """Rows as the ingest of a sheet leaves them: of the fields it can carry, with an id of the municipality."""
    chance = random.Random(layer.id)  # noqa: S311 - the same rows every time
    names = sheet_fields(layer)
    rows: list[Row] = []
    for number in range(count):
        row: Row = {
            name: None if chance.random() < 0.3 and not field.required else value_of(field, chance)
            for name in names
            if (field := layer.by_name[name])
        }
        row["municipality_code"] = chance.choice(["28204", "28204", "01100"])
        if "address_municipality_code" in row:
            row["address_municipality_code"] = chance.choice([None, "28204", "28206"])
        if "for_children" in row:
            row["for_children"] = chance.choice([True, False, None])
        row["closed_to_others"] = None  # those closed to others are not loaded
        for name in row.keys() - layer.by_name.keys():
            del row[name]
        row["local_id" if "local_id" in row else "area_code"] = f"{number:04d}"
        if layer.id == "population-areas":
            row |= age_bands(row)
        if layer.id == "population-areas" or number % 5 == 4:
            row |= {"longitude": None, "latitude": None, "position_quality": "none"}
        else:
            place = {"longitude": chance.uniform(135.2, 135.4), "latitude": chance.uniform(34.65, 34.85)}
            row |= place | {"position_quality": "as-published"}
        rows.append(row)
    return rows


def load(city: SmallCity, layer: Layer, rows: list[Row]) -> None:
    with connect(city.database.urls.owner) as connection:
        for number, row in enumerate(rows):
            values = {name: value for name, value in row.items() if name not in ("longitude", "latitude")}
            values["id"] = f"{row['municipality_code']}-{row.get('local_id') or row['area_code']}"
            values |= {"source_id": "x", "dataset": "test", "fictitious": False, "load_id": 1, "raw_number": number}
            connection.execute(
                sql.SQL("INSERT INTO {} ({}, geometry) VALUES ({}, ST_SetSRID(ST_MakePoint(%s, %s), 6668))").format(
                    sql.Identifier("core", layer.table),
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join([sql.SQL("%s")] * len(values)),
                ),
                [*values.values(), row["longitude"], row["latitude"]],
            )
        _dataset(connection, layer.id, len(rows), fictitious=False)
    city.publish(layer.id)


@pytest.fixture
def empty(cluster: EmbeddedCluster, template: str, tmp_path: Path) -> Iterator[DatabaseUnderTest]:
    """A second database, to read into."""
    yield from _database(cluster, template, tmp_path / "empty")


@pytest.mark.parametrize("layer_id", SHEETS)
def test_rows_of_every_kind_come_back(
    layer_id: str, database: DatabaseUnderTest, empty: DatabaseUnderTest, tmp_path: Path
) -> None:
    city = SmallCity(database)
    layer = layer_named(layer_id)
    load(city, layer, generate(layer, 120))
    with client_of(city) as client:
        path = export(client, layer_id, tmp_path)
    (report,) = ingest(empty, path)[path.name]
    assert layer.open_data is not None
    assert report.format_id == layer.open_data.format_id
    names = [field.name for field in layer.public_fields]
    assert_same(rows_of(empty, layer, names), rows_of(city.database, layer, names))
    with connect(empty.urls.owner) as connection:
        extras = connection.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE extras <> '{{}}'").format(sql.Identifier("core", layer.table))
        ).fetchone()
    assert extras == (0,)


# --- the sample city ---------------------------------------------------------------------------------------

TOWNS = "geolonia_towns_sample.json"


@pytest.fixture(scope="module")
def published(
    cluster: EmbeddedCluster, template: str, sample_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallCity]:
    """What the sample city has of the sheets, loaded and published."""
    files = [TOWNS, "gsi_emergency_sample.geojson"]
    files += [path.name for path in sample_city.glob("282049_*.csv")]
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        ingest(database, *(sample_city / name for name in files))
        city = SmallCity(database)
        for layer_id in SHEETS:
            city.publish(layer_id)
        yield city


def test_the_sample_city_comes_back(
    published: SmallCity, database: DatabaseUnderTest, sample_city: Path, tmp_path: Path
) -> None:
    """All six sheets, read into an empty database that knows the towns."""
    with client_of(published) as client:
        paths = {layer_id: export(client, layer_id, tmp_path) for layer_id in SHEETS}
    assert sorted(path.name for path in paths.values()) == sorted(
        f"282049_{sheet.name}.csv" for sheet in SHEETS.values() if sheet is not None
    )
    # A file says of its rows that they are fictitious; only a manifest lets fictitious towns place their addresses.
    write_manifest(tmp_path, [Listed(path.name, layer_id) for layer_id, path in paths.items()])
    ingest(database, sample_city / TOWNS, *paths.values())
    for layer_id in SHEETS:
        layer = layer_named(layer_id)
        names = [field.name for field in layer.fields]
        expected, found = rows_of(published.database, layer, names), rows_of(database, layer, names)
        assert len(expected) > 100
        if layer_id == "emergency-sites":  # the sample has them from GSI, which knows no id of the municipality
            for key, row in expected.items():
                row |= {"local_id": key, "common_id": None}
            expected = {f"28204-{key}": row for key, row in expected.items()}
        if layer_id == "fire-water-sources":
            for row in [*expected.values(), *found.values()]:
                row.pop("capacity_m3")  # of the ledger, which the sheet has no column for
        assert_same(found, expected)
    with connect(database.urls.owner) as connection:
        for layer_id in SHEETS:
            table = sql.Identifier("core", layer_named(layer_id).table)
            honest = connection.execute(sql.SQL("SELECT bool_and(fictitious) FROM {}").format(table)).fetchone()
            assert honest == (True,)


# --- the file ----------------------------------------------------------------------------------------------


def test_the_file_opens_in_a_spreadsheet(published: SmallCity) -> None:
    with client_of(published) as client:
        content = get(client, "fire-water-sources", "municipal-csv", "kind=cistern&limit=50")
    assert content.startswith(BOM)
    lines = content[len(BOM) :].decode().split("\r\n")
    assert len(lines) == 52
    assert lines[-1] == ""
    assert lines[0].startswith("全国地方公共団体コード,ID,地方公共団体名,種別,")
    assert all("防火水そう" in line and line.startswith("282049,") for line in lines[1:-1])
