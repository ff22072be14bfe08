"""Kept results: collections of the faces, made again from what is kept, and the log that only grows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from shapely.geometry import box, mapping
from starlette.testclient import TestClient

from geo.errors import InputError, NotFoundError
from geo.mesh import mesh_bounds
from services.cli import cli
from services.database.connect import connect
from services.http.app import create_app
from services.ingest.pipeline import Options, ingest_file
from services.ogc.alone import opened, outputs_of
from services.ogc.face import Face
from services.results import keep, repeat
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.processes.planning import KPH, points

AREA = mapping(box(135.33, 34.73, 135.35, 34.745))
CELL = "5235028732"
ASKED: dict[str, Any] = {
    "demand": points((0, {"weight": 3}), (5000, {"weight": 4})),
    "facilities": points((100, {"name": "甲署"})),
    "straight_line_kph": KPH,
    "limits_s": [60],
}


def records(number: int) -> dict[str, Any]:
    west, south, _, _ = mesh_bounds(CELL)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "geometry": {"type": "Point", "coordinates": [west + 1e-4, south + 1e-4]},
                "properties": {"name": "山田太郎"},
            }
        ]
        * number,
    }


RELEASED: dict[str, Any] = {
    "records": records(30),
    "area": AREA,
    "subject": "救急",
    "period": ["2025-01-01", "2025-12-31"],
    "purpose": "検討",
    "approved_by": "課長",
}


MESH = f"""KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142019,T001142022
,,,,,,
{CELL},0,,,100,40,25
5235028734,0,,,60,10,5
5235028741,0,,,30,4,1
"""


@pytest.fixture
def city(database: DatabaseUnderTest, tmp_path: Path) -> DatabaseUnderTest:
    """Three cells of the census in a boundary."""
    named = {"N03_001": "兵庫県", "N03_004": "西宮市", "N03_007": "28204"}
    boundary = {"type": "Feature", "properties": named, "geometry": AREA}
    for name, text in (
        ("mesh.csv", MESH),
        ("n03.geojson", json.dumps({"type": "FeatureCollection", "features": [boundary]}, ensure_ascii=False)),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        ingest_file(database.urls.ingest, tmp_path / name, database.settings)
    return database


@pytest.fixture
def faces(city: DatabaseUnderTest) -> Iterator[dict[Face, TestClient]]:
    with (
        TestClient(create_app(city.settings, Face.PUBLIC), base_url="http://127.0.0.1") as public,
        TestClient(create_app(city.settings, Face.INTERNAL), base_url="http://127.0.0.1") as internal,
    ):
        yield {Face.PUBLIC: public, Face.INTERNAL: internal}


def ngis(city: DatabaseUnderTest, *arguments: str) -> tuple[int, str, str]:
    urls = city.urls
    environment = {
        "NGIS_DATABASE_URL": urls.owner,
        "NGIS_DATABASE_INGEST_URL": urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": urls.public,
        "NGIS_VAR": str(city.settings.var),
    }
    told = CliRunner().invoke(cli, list(arguments), env=environment)
    return told.exit_code, told.stdout, told.stderr


def test_a_result_is_a_collection_and_can_be_made_again(
    city: DatabaseUnderTest, faces: dict[Face, TestClient], tmp_path: Path
) -> None:
    inside, outside = faces[Face.INTERNAL], faces[Face.PUBLIC]
    assert inside.get("/ogc/collections/result-weights").status_code == 404
    code, said, told = ngis(city, "demand", "--older-weight", "2", "--keep", "weights", "--keep-by", "山田")
    assert (code, "collections/result-weights" in told) == (0, True), (said, told)

    with connect(city.urls.internal) as connection:
        (revision,) = connection.execute("SELECT revision FROM ngis.layer WHERE id = 'result-weights'").fetchone() or ()
    assert revision == 1
    for face in faces.values():
        face.app.state.service.watch.expire()  # type: ignore[attr-defined]
    described = inside.get("/ogc/collections/result-weights?f=json").json()
    assert "需要指数" in described["title"]
    (how,) = [each["href"] for each in described["links"] if each["href"].endswith("/results/weights")]
    items = inside.get("/ogc/collections/result-weights/items?f=json&index_class=4").json()
    assert [each["properties"]["feature_id"] for each in items["features"]] == [f"T001142-{CELL}"]
    assert inside.get("/ogc/collections/result-weights/items?f=csv").text.count("\n") == 4
    tile = inside.get("/ogc/collections/result-weights/tiles/WebMercatorQuad/14/6504/14351?f=mvt")
    assert (tile.status_code, b"result_class" in tile.content) == (200, True)
    assert "result-weights" in inside.get("/map?lang=ja").text

    made = inside.get(how[how.index("/ogc") :]).json()
    assert made["parameters"]["older_weight"] == 2
    assert made["sources"][0]["layer"] == "population-mesh"
    assert made["code"]["process"] == "demand 1.0.0"
    again = inside.post(
        made["repeat"]["href"][made["repeat"]["href"].index("/ogc") :],
        json={**made["repeat"]["body"], "outputs": {"layer": {}}},
    )
    assert again.status_code == 200
    same = {each["id"]: each["properties"]["index"] for each in again.json()["features"]}
    every = inside.get("/ogc/collections/result-weights/items?f=json").json()["features"]
    assert {each["properties"]["feature_id"]: each["properties"]["index"] for each in every} == same
    assert ngis(city, "results", "repeat", "weights")[:2] == (0, "weights: the same, feature by feature.\n")

    # Nothing of it is outside before somebody publishes it.
    assert outside.get("/ogc/results/weights").status_code == 404
    assert outside.get("/ogc/collections/result-weights").status_code == 404
    assert ngis(city, "results", "publish", "weights", "--by", "課長")[0] == 0
    outside.app.state.service.watch.expire()  # type: ignore[attr-defined]
    assert len(outside.get("/ogc/collections/result-weights/items?f=json").json()["features"]) == 3
    public = outside.get("/ogc/results/weights").json()
    assert "inputs" not in public
    assert public["parameters"] == made["parameters"]

    # When the data change, the answer says which.
    path = tmp_path / "more.csv"
    path.write_text(MESH.replace(",60,", ",90,").replace("5235028741,0,,,30,4,1\n", ""), "utf-8")
    ingest_file(city.urls.ingest, path, city.settings, options=Options(accept_shrink=True))
    found = repeat("weights", settings=city.settings)
    assert (found.same, found.removed, found.added, found.code) == (False, 1, 0, False)
    assert [(each.layer, each.then and each.then[0], each.now and each.now[0]) for each in found.data] == [
        ("population-mesh", 1, 2)
    ]
    code, said, _ = ngis(city, "results", "repeat", "weights")
    assert (code, "population-mesh" in said) == (1, True)


def test_any_analysis_can_be_kept_and_names_are_taken_once(city: DatabaseUnderTest) -> None:
    with opened(city.settings) as context:
        answered = outputs_of("coverage", ASKED, context=context)
    kept = keep("reach", answered, by="山田", settings=city.settings)
    assert (kept.layer.geometry.value, kept.layer.style.by) == ("Point", "result_class")
    found = repeat("reach", settings=city.settings)
    assert (found.same, found.data) == (True, ())
    with pytest.raises(InputError, match="already"):
        keep("reach", answered, by="山田", settings=city.settings)
    for wrong in ("Reach", "a" * 41, "", "a_b"):
        with pytest.raises(InputError, match="no name"):
            keep(wrong, answered, by="山田", settings=city.settings)
    with pytest.raises(InputError, match="person"):
        keep("other", answered, by=" ", settings=city.settings)
    with pytest.raises(NotFoundError):
        repeat("nothing", settings=city.settings)
    with connect(city.urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM ngis.layer WHERE id LIKE 'result-%'").fetchone() == (1,)


def test_a_result_is_removed_with_its_tables_and_who_did_it_stays(
    city: DatabaseUnderTest, faces: dict[Face, TestClient]
) -> None:
    with opened(city.settings) as context:
        keep("reach", outputs_of("coverage", ASKED, context=context), by="山田", settings=city.settings)
    assert ngis(city, "results", "publish", "reach", "--by", "課長")[0] == 0
    code, _, told = ngis(city, "results", "remove", "reach", "--by", "佐藤")
    assert (code != 0, "is public" in told, "publish --undo" in told) == (True, True, True)
    with connect(city.urls.owner) as connection:
        (number,) = connection.execute("SELECT max(id) FROM ngis.publication").fetchone() or ()
    assert ngis(city, "publish", "--undo", str(number), "--by", "課長")[0] == 0
    for face in faces.values():
        face.app.state.service.watch.expire()  # type: ignore[attr-defined]
    inside = faces[Face.INTERNAL]
    assert inside.get("/ogc/collections/result-reach").status_code == 200
    assert ngis(city, "results", "remove", "nothing", "--by", "佐藤")[0] != 0
    assert ngis(city, "results", "remove", "reach", "--by", " ")[0] != 0
    assert ngis(city, "results", "remove", "reach", "--by", "佐藤", "--note", "古い駅の位置")[0] == 0

    inside.app.state.service.watch.expire()  # type: ignore[attr-defined]
    for path in ("/ogc/collections/result-reach", "/ogc/collections/result-reach/items", "/ogc/results/reach"):
        assert inside.get(path).status_code == 404
    assert "result-reach" not in inside.get("/ogc/collections?f=json").text
    assert "reach" not in ngis(city, "results", "list")[1]
    log = ngis(city, "results", "list", "--removed")[1]
    assert [word in log for word in ("reach", "kept", "by 山田", "by 佐藤", "古い駅の位置")] == [True] * 5
    with pytest.raises(InputError, match="already"), opened(city.settings) as context:
        keep("reach", outputs_of("coverage", ASKED, context=context), by="山田", settings=city.settings)
    with pytest.raises(NotFoundError):
        repeat("reach", settings=city.settings)
    with connect(city.urls.owner) as connection:
        tables = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'result_reach'"
        assert connection.execute(tables).fetchone() == (0,)
        files = "SELECT count(*) FROM raw.file JOIN ngis.result ON sha256 = file_sha256 WHERE removed_by = '佐藤'"
        assert connection.execute(files).fetchone() == (1,), "what was received is never lost"
    assert ngis(city, "db", "migrate")[0] == 0, "and it does not come back"
    with connect(city.urls.owner) as connection:
        assert connection.execute(tables).fetchone() == (0,)


def test_records_are_in_no_table_and_the_log_only_grows(city: DatabaseUnderTest, faces: dict[Face, TestClient]) -> None:
    inside, outside = faces[Face.INTERNAL], faces[Face.PUBLIC]
    url = "/ogc/processes/demand/execution"
    made = inside.post(url, json={"inputs": RELEASED, "outputs": {"answer": {}}}, headers={"Prefer": "respond-async"})
    assert (made.status_code, "Preference-Applied" in made.headers) == (200, False)
    assert made.json()["release"]["number"] == 1
    refused = outside.post(url, json={"inputs": RELEASED}, headers={"Prefer": "respond-async"})
    assert refused.status_code == 400
    assert "山田太郎" not in refused.text
    assert inside.get("/ogc/jobs").json()["numberMatched"] == 0

    listed = inside.get("/ogc/releases?f=json").json()["releases"]
    assert [(each["number"], each["subject"], each["total"]) for each in listed] == [(1, "救急", 30)]
    assert inside.get("/ogc/releases/1?f=json").json()["counts"][0]["count"] == 30
    assert "課長" in inside.get("/ogc/releases?f=html").text
    assert CELL in inside.get("/ogc/releases/1?f=html").text
    assert inside.get("/ogc/releases/2").status_code == 404
    assert outside.get("/ogc/releases").status_code == 404
    assert "救急" in ngis(city, "releases")[1]

    with opened(city.settings) as context:
        answered = outputs_of("demand", RELEASED, context=context)
    keep("calls", answered, by="山田", settings=city.settings)
    with pytest.raises(InputError, match="not kept"):
        repeat("calls", settings=city.settings)

    with connect(city.urls.owner, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables WHERE table_type = "
            "'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text LIKE %s").format(sql.SQL(table))
            assert connection.execute(query, ("%山田太郎%",)).fetchone() == (0,), table
        for change in ("UPDATE ngis.personal_data_release SET k = 3", "DELETE FROM ngis.personal_data_release"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(change)
    for url in (city.urls.public, city.urls.ingest):
        with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM ngis.personal_data_release")
    with connect(city.urls.internal) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM ngis.personal_data_release")
    assert "山田太郎" not in json.dumps(listed, ensure_ascii=False)
