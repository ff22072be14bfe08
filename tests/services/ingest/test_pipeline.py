"""One file, one transaction: what is written of it, what is not, and what a second load of it does."""

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geo.errors import SourceError, StoreError
from services.database.connect import connect
from services.ingest.batch import ingest_paths
from services.ingest.model import Action, Provenance
from services.ingest.pipeline import Options, ingest_file
from services.ingest.report import LoadReport
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import KNOWN, count, geojson, good_sites, load, query, site, state, write_sites

CITY_HALL = (135.3416, 34.7376)


def one(database: DatabaseUnderTest, path: Path, **options: Any) -> LoadReport:
    """The only report of a file."""
    (report,) = load(database, path, Options(**options))
    return report


# --- what one load writes ---------------------------------------------------------------------------------


def test_raw_core_lineage_and_dataset(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "名前.csv", 12)
    report = one(database, path, by="花子")
    assert (report.status, report.layer_id, report.format_id) == (
        "loaded",
        "emergency-sites",
        "municipal-emergency-sites",
    )
    assert (report.rows_read, report.rows_loaded, report.rows_mended, report.rows_rejected) == (12, 12, 0, 0)
    assert report.positions == {"as-published": 12}

    # The file byte for byte, its records, and the way back from each row to its record.
    ((content, name, size),) = query(
        database,
        "SELECT string_agg(content, ''::bytea ORDER BY part), min(name), min(size_bytes) "
        "FROM raw.file_part JOIN raw.file ON file.id = file_id",
    )
    assert (bytes(content), name, size) == (path.read_bytes(), "名前.csv", path.stat().st_size)
    rows = query(
        database,
        """
        SELECT site.id, site.name, site.raw_number, record.content ->> '名称', load.file_sha256, load.loaded_by
          FROM core.emergency_sites AS site
          JOIN raw.record ON record.load_id = site.load_id AND record.number = site.raw_number
          JOIN ngis.load ON load.id = site.load_id ORDER BY site.raw_number""",
    )
    assert len(rows) == 12
    assert rows[0] == ("28204-000001", "第1公園", 2, "第1公園", report.file_sha256, "花子")
    assert all(named == received for _, named, _, received, _, _ in rows)
    ((dataset, row_count, as_of, fictitious, licence),) = query(
        database, "SELECT id, row_count, as_of, fictitious, licence FROM ngis.dataset"
    )
    assert (dataset, row_count, as_of, fictitious) == ("municipal-emergency-sites/28204", 12, KNOWN.as_of, False)
    assert licence
    ((longitude, latitude, srid),) = query(
        database,
        "SELECT ST_X(geometry), ST_Y(geometry), ST_SRID(geometry) FROM core.emergency_sites WHERE raw_number = 2",
    )
    assert (longitude, latitude, srid) == (pytest.approx(135.34), pytest.approx(34.721), 6668)


def test_an_empty_flag_is_absent_and_not_false(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv"))
    assert query(database, "SELECT DISTINCT for_flood, for_tsunami FROM core.emergency_sites") == [(True, None)]


def test_findings_name_row_column_rule_and_both_values(database: DatabaseUnderTest, tmp_path: Path) -> None:
    rows = [site(number) for number in range(1, 13)]
    rows[2]["標高"] = "１２．５"
    rows[3]["標高"] = "高い"
    rows[4]["名称"] = ""
    rows[5]["緯度"], rows[5]["経度"] = rows[5]["経度"], rows[5]["緯度"]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert (report.rows_loaded, report.rows_mended, report.rows_rejected) == (11, 2, 1)
    found = {
        (row, action): (rule, column, old, new)
        for rule, action, row, column, old, new in query(
            database,
            "SELECT rule, action, row_number, column_name, old_value, new_value FROM ngis.finding "
            "WHERE row_number IS NOT NULL ORDER BY ordinal",
        )
    }
    assert set(found) == {(4, "mended"), (5, "rejected"), (6, "rejected"), (7, "mended")}
    assert found[4, "mended"][1:3] == ("標高", "１２．５")
    assert found[5, "rejected"][1:3] == ("標高", "高い")
    assert found[6, "rejected"][0] == "required-missing"
    assert found[7, "mended"] == ("coordinates-swapped", "経度, 緯度", "34.726, 135.340", "135.34, 34.726")
    assert query(database, "SELECT raw_number, elevation_m FROM core.emergency_sites WHERE raw_number IN (4, 5)") == [
        (4, 12.5),
        (5, None),  # a value that is not understood is not loaded; its row is
    ]
    assert count(database, "raw.record") == 12  # the rejected row too, as received


def test_what_no_field_takes_is_kept_in_extras_as_received(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = good_sites(path, 10).read_text("utf-8").splitlines()
    odd = '"改行\nと""引用符""、＝SUM(A1)"'
    path.write_text("\r\n".join([f"{lines[0]},独自の列", f"{lines[1]},{odd}", *(f"{line}," for line in lines[2:])]))
    report = one(database, path)
    assert report.count_of("unknown-column", Action.NOTED) == 1
    extras = query(database, "SELECT extras FROM core.emergency_sites ORDER BY raw_number LIMIT 2")
    assert extras[0][0]["独自の列"] == '改行\nと"引用符"、＝SUM(A1)'
    assert "独自の列" not in extras[1][0]


def test_values_that_postgresql_cannot_hold_do_not_stop_a_load(database: DatabaseUnderTest, tmp_path: Path) -> None:
    document = json.loads(geojson([CITY_HALL] * 10))
    for number, feature in enumerate(document["features"]):
        feature["properties"] |= {"備考": "a\0b\ud800", "数": 10**30, "入れ子": {"k": [1, None, "x\0"]}, "番": number}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document))
    report = one(database, path)
    assert report.rows_loaded == 10
    ((remarks, extras),) = query(database, "SELECT DISTINCT remarks, extras - '番' FROM core.emergency_sites")
    assert remarks.startswith("a")
    assert "\0" not in remarks
    assert extras["数"] == 10**30
    assert extras["入れ子"]["k"][:2] == [1, None]


# --- the same again ---------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "a.csv")
    load(database, path)
    before, records = state(database), count(database, "raw.record")
    renamed = tmp_path / "another name.csv"
    shutil.copy(path, renamed)
    for again in (path, renamed):
        report = one(database, again)
        assert (report.status, report.rows_loaded) == ("unchanged", 0)
        assert state(database) == before
    assert (count(database, "raw.record"), count(database, "raw.file")) == (records, 1)
    assert query(database, "SELECT status FROM ngis.load ORDER BY id") == [("loaded",), ("unchanged",), ("unchanged",)]


def test_again_loads_anew(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "a.csv")
    load(database, path)
    report = one(database, path, again=True)
    assert (report.status, report.rows_loaded, report.rows_replaced) == ("loaded", 12, 12)
    assert count(database, "core.emergency_sites") == 12
    assert query(database, "SELECT revision FROM ngis.layer WHERE id = 'emergency-sites'") == [(2,)]
    assert count(database, "raw.file") == 1


def test_another_date_of_the_same_file_is_a_change(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "a.csv")
    load(database, path)
    later = replace(KNOWN, as_of=date(2026, 9, 1))
    (report,) = ingest_file(database.urls.ingest, path, database.settings, later)
    assert report.status == "loaded"
    assert query(database, "SELECT DISTINCT as_of FROM core.emergency_sites") == [(later.as_of,)]


def test_going_back_to_an_older_file_loads_it(database: DatabaseUnderTest, tmp_path: Path) -> None:
    first, second = good_sites(tmp_path / "a.csv", 12), good_sites(tmp_path / "b.csv", 11)
    for path in (first, second, first):
        assert one(database, path).status == "loaded"
    assert count(database, "core.emergency_sites") == 12


def test_a_dry_run_leaves_no_trace(database: DatabaseUnderTest, tmp_path: Path) -> None:
    before = state(database)
    report = one(database, good_sites(tmp_path / "a.csv"), dry_run=True)
    assert (report.status, report.rows_loaded) == ("dry-run", 12)
    assert state(database) == before
    for relation in ("raw.file", "raw.record", "ngis.load", "ngis.finding"):
        assert count(database, relation) == 0


def test_a_date_nobody_knows_is_unknown_and_said(database: DatabaseUnderTest, tmp_path: Path) -> None:
    (report,) = ingest_file(database.urls.ingest, good_sites(tmp_path / "a.csv"), database.settings, Provenance())
    assert report.count_of("as-of-unknown", Action.NOTED) == 1
    assert query(database, "SELECT DISTINCT as_of FROM core.emergency_sites") == [(None,)]


# --- datasets ---------------------------------------------------------------------------------------------


def test_a_load_replaces_the_municipality_it_brings_and_no_other(database: DatabaseUnderTest, tmp_path: Path) -> None:
    other = {"全国地方公共団体コード": "282065", "地方公共団体名": "芦屋市"}
    ashiya = write_sites(tmp_path / "ashiya.csv", (site(number, **other) for number in range(1, 13)))
    load(database, ashiya)
    load(database, good_sites(tmp_path / "a.csv"))
    report = one(database, write_sites(tmp_path / "b.csv", (site(number) for number in range(2, 13))))
    assert (report.datasets, report.rows_replaced) == (("municipal-emergency-sites/28204",), 12)
    assert query(database, "SELECT id, row_count FROM ngis.dataset ORDER BY id") == [
        ("municipal-emergency-sites/28204", 11),
        ("municipal-emergency-sites/28206", 12),
    ]
    assert count(database, "core.emergency_sites") == 23


def test_the_old_header_replaces_the_new_one(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv"))
    old = tmp_path / "old.csv"
    text = (tmp_path / "a.csv").read_text("utf-8")
    for new_name, old_name in (
        ("全国地方公共団体コード", "都道府県コード又は市区町村コード"),
        ("ID", "NO"),
        ("地方公共団体名", "市区町村名"),
        ("所在地_連結表記", "住所"),
    ):
        text = text.replace(new_name, old_name, 1)
    old.write_bytes(text.encode("cp932"))
    report = one(database, old)
    assert (report.format_id, report.rows_replaced) == ("municipal-emergency-sites-old", 12)
    assert count(database, "core.emergency_sites") == 12


def test_a_name_for_the_dataset(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv"))
    report = one(database, write_sites(tmp_path / "b.csv", [site(1, 名称="別の一覧")]), dataset="訓練")
    assert report.datasets == ("訓練",)
    assert report.count_of("identity-clash", Action.NOTED) == 1  # id 28204-000001 is another dataset's
    assert query(database, "SELECT id, name FROM core.emergency_sites WHERE dataset = '訓練'") == [
        ("訓練-28204-000001", "別の一覧")
    ]
    assert count(database, "core.emergency_sites") == 13


def test_shrinking_needs_to_be_accepted(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv", 20))
    before = state(database)
    fewer = good_sites(tmp_path / "b.csv", 15)
    with pytest.raises(SourceError, match="would shrink: municipal-emergency-sites/28204 from 20 to 15") as refused:
        load(database, fewer)
    assert "--accept-shrink" in str(refused.value.fix)
    assert state(database) == before
    assert query(database, "SELECT status FROM ngis.load ORDER BY id DESC LIMIT 1") == [("failed",)]
    report = one(database, fewer, accept_shrink=True)
    assert (report.rows_loaded, report.rows_replaced, report.count_of("layer-shrunk")) == (15, 20, 1)
    assert count(database, "core.emergency_sites") == 15


def test_the_share_itself_is_allowed(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv", 20))
    assert database.settings.max_shrink == 0.2
    assert one(database, good_sites(tmp_path / "b.csv", 16)).rows_loaded == 16


# --- ids --------------------------------------------------------------------------------------------------


def test_rows_with_one_id_are_both_kept_unless_they_are_the_same(database: DatabaseUnderTest, tmp_path: Path) -> None:
    rows = [site(1), site(2), site(2), site(2, 名称="別の公園")]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (4, 3, 1)
    assert report.count_of("duplicate-identity", Action.REJECTED) == 1
    assert report.count_of("duplicate-identity", Action.NOTED) == 1
    assert query(database, "SELECT id, name FROM core.emergency_sites ORDER BY id") == [
        ("28204-000001", "第1公園"),
        ("28204-000002", "第2公園"),
        ("28204-000002~2", "別の公園"),
    ]


def test_a_row_without_its_id_gets_one_of_its_content(database: DatabaseUnderTest, tmp_path: Path) -> None:
    rows = [site(1), site(2, ID="")]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert report.count_of("identity-missing", Action.NOTED) == 1
    ((first,),) = query(database, "SELECT id FROM core.emergency_sites WHERE local_id IS NULL")
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    one(database, tmp_path / "a.csv", again=True)
    assert query(database, "SELECT id FROM core.emergency_sites WHERE local_id IS NULL") == [(first,)]


# --- fictitious -------------------------------------------------------------------------------------------


def test_fictitious_by_the_manifest_marks_every_row(database: DatabaseUnderTest, tmp_path: Path) -> None:
    known = replace(KNOWN, fictitious=True)
    (report,) = ingest_file(database.urls.ingest, good_sites(tmp_path / "a.csv"), database.settings, known)
    assert report.count_of("fictitious-data", Action.NOTED) == 1
    assert query(database, "SELECT DISTINCT fictitious FROM core.emergency_sites") == [(True,)]
    assert query(database, "SELECT fictitious FROM ngis.dataset") == [(True,)]


def test_fictitious_in_one_cell_marks_the_dataset(database: DatabaseUnderTest, tmp_path: Path) -> None:
    rows = [*(site(number) for number in range(1, 12)), site(12, 備考="架空データ")]
    load(database, write_sites(tmp_path / "a.csv", rows))
    assert query(database, "SELECT DISTINCT fictitious FROM core.emergency_sites") == [(True,)]


def test_real_data_is_not_marked(database: DatabaseUnderTest, tmp_path: Path) -> None:
    report = one(database, good_sites(tmp_path / "a.csv"))
    assert report.count_of("fictitious-data") == 0
    assert query(database, "SELECT DISTINCT fictitious FROM core.emergency_sites") == [(False,)]


def test_fictitious_rows_and_real_ones_never_share_a_layer(database: DatabaseUnderTest, tmp_path: Path) -> None:
    invented = write_sites(tmp_path / "invented.csv", [site(1)])
    ingest_file(database.urls.ingest, invented, database.settings, replace(KNOWN, fictitious=True))
    real = write_sites(tmp_path / "real.csv", [site(2, 全国地方公共団体コード="282022")])
    with pytest.raises(SourceError, match="架空データ"):
        load(database, real)
    assert query(database, "SELECT count(*) FROM core.emergency_sites") == [(1,)]


# --- nothing or all ---------------------------------------------------------------------------------------


def test_a_file_with_no_usable_row_is_refused_and_recorded(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = write_sites(tmp_path / "a.csv", [site(number, 名称="") for number in range(1, 4)])
    with pytest.raises(SourceError, match=r"none of its 3 records .* required-missing \(3, first in row 2\)"):
        load(database, path)
    assert count(database, "core.emergency_sites") == count(database, "raw.file") == 0
    assert query(database, "SELECT status, rows_loaded FROM ngis.load") == [("failed", 0)]
    ((rows,),) = query(database, "SELECT array_agg(row_number ORDER BY 1) FROM ngis.finding WHERE row_number > 0")
    assert rows == [2, 3, 4]  # the rows can be found in the report all the same


def test_a_failed_file_keeps_no_other_from_loading(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bad = write_sites(tmp_path / "bad.csv", [site(1, 名称="")])
    good = good_sites(tmp_path / "good.csv")
    first, second = ingest_paths(database.urls.ingest, [bad, good], database.settings)
    assert first.failed
    assert second.reports[0].rows_loaded == 12


def test_a_failure_is_recorded_even_where_it_is_the_only_thing(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match="of no known format"):
        load(database, path)
    ((status, message, layer),) = query(database, "SELECT status, message, layer_id FROM ngis.load")
    assert (status, layer) == ("failed", None)
    assert "a, b" in message


def test_raw_cannot_be_changed(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load(database, good_sites(tmp_path / "a.csv"))
    for statement in ("UPDATE raw.record SET number = 0", "DELETE FROM raw.file_part", "TRUNCATE raw.record"):
        with connect(database.urls.owner) as connection, pytest.raises(Exception, match="immutable"):
            connection.execute(statement.encode())


def test_a_database_that_is_away(database: DatabaseUnderTest, tmp_path: Path) -> None:
    away = re.sub(r":\d+/", ":1/", database.urls.ingest, count=1)
    with pytest.raises(StoreError, match=r"a\.csv: .* Nothing of this file was loaded"):
        ingest_file(away, good_sites(tmp_path / "a.csv"), database.settings, KNOWN)
