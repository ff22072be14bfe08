"""Loads at the same time, and what is remembered of those that failed."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo.errors import SourceError, StoreError
from services.database.connect import open_pool
from services.doctor import Check, diagnose
from services.ingest.pipeline import Options, ingest_file
from services.ingest.report import LoadReport
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import (
    KNOWN,
    count,
    good_sites,
    load,
    ngis,
    query,
    said,
    site,
    state,
    write_sites,
)

AEDS = "全国地方公共団体コード,ID,名称,所在地_連結表記,緯度,経度,設置位置,利用可能曜日\n"


@contextmanager
def under_way(
    database: DatabaseUnderTest, path: Path, options: Options | None = None
) -> Iterator[Future[list[LoadReport]]]:
    """A load that waits, its rows read, until the block ends."""
    reached, may_go_on = threading.Event(), threading.Event()

    def wait(_: str, rows: int) -> None:
        if rows:
            reached.set()
            assert may_go_on.wait(60)

    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(
            ingest_file, database.urls.ingest, path, database.settings, KNOWN, options or Options(), wait
        )
        try:
            assert reached.wait(60), future.exception(1)
            yield future
        finally:
            may_go_on.set()


def aeds(path: Path) -> Path:
    rows = "".join(f"282049,{n:06},AED{n},,34.7{n},135.34,玄関,月火\n" for n in range(1, 4))
    path.write_text(AEDS + rows, "utf-8")
    return path


def failed_loads(database: DatabaseUnderTest) -> list[tuple[object, ...]]:
    return query(
        database, "SELECT file_name, layer_id, message, loaded_by FROM ngis.load WHERE status = 'failed' ORDER BY id"
    )


def loads_check(database: DatabaseUnderTest) -> Check:
    (check,) = [check for check in diagnose(database.settings) if check.name == "loads"]
    return check


def test_a_second_load_of_the_layer_is_refused_at_once(database: DatabaseUnderTest, tmp_path: Path) -> None:
    first, second = good_sites(tmp_path / "first.csv"), good_sites(tmp_path / "second.csv", 20)
    with under_way(database, first) as future:
        before = state(database)
        with pytest.raises(StoreError, match="Another load of the layer emergency-sites is running") as raised:
            load(database, second)
        assert raised.value.message.startswith("second.csv: ")
        assert raised.value.message.endswith("Nothing of this file was loaded.")
        assert raised.value.fix == "Wait until it has ended, then try again."
        done = ngis(database, "ingest", second, "--by", "taro")
        assert done.returncode == 1
        assert "Another load of the layer emergency-sites is running" in said(done)
        assert "Fix: Wait until it has ended" in said(done)
        assert state(database) == before
        assert not future.done()
    (report,) = future.result()
    assert report.rows_loaded == 12
    assert count(database, "core.emergency_sites") == 12
    assert [row[0] for row in failed_loads(database)] == ["second.csv", "second.csv"]
    assert load(database, second)[0].rows_loaded == 20


def test_layers_are_loaded_side_by_side(database: DatabaseUnderTest, tmp_path: Path) -> None:
    with under_way(database, good_sites(tmp_path / "sites.csv")) as future:
        (report,) = load(database, aeds(tmp_path / "aeds.csv"))
        assert (report.layer_id, report.rows_loaded) == ("aeds", 3)
        assert count(database, "core.aeds") == 3
        assert count(database, "core.emergency_sites") == 0
        assert not future.done()
    assert future.result()[0].rows_loaded == 12
    assert count(database, "core.emergency_sites") == 12


def test_many_loads_of_one_layer_at_once_leave_one_whole_file(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """Whoever wins: the layer is exactly one of the files, and every other load says why it did not come."""
    files = [
        write_sites(tmp_path / f"{number}.csv", (site(n, 備考=str(number)) for n in range(1, 31)))
        for number in range(6)
    ]
    with open_pool(database.urls.ingest, 6) as pool, ThreadPoolExecutor(6) as executor:
        futures = [
            executor.submit(ingest_file, pool.connection, path, database.settings, KNOWN, Options()) for path in files
        ]
        errors = [future.exception(60) for future in futures]
    assert errors.count(None) >= 1
    assert all("Another load of the layer" in str(error) for error in errors if error is not None)
    assert count(database, "core.emergency_sites") == 30
    assert len(query(database, "SELECT DISTINCT remarks FROM core.emergency_sites")) == 1
    statuses = dict(query(database, "SELECT status, count(*) FROM ngis.load GROUP BY status"))
    assert statuses.get("loaded") == errors.count(None)
    assert statuses.get("failed", 0) == 6 - errors.count(None)


def test_the_same_file_twice_at_once_is_loaded_once(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "sites.csv")
    with under_way(database, path), pytest.raises(StoreError, match="Another load"):
        load(database, path)
    assert load(database, path)[0].status == "unchanged"
    assert count(database, "raw.file") == 1


def test_a_dry_run_holds_the_layer_and_leaves_nothing(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "sites.csv")
    with under_way(database, path, Options(dry_run=True)), pytest.raises(StoreError, match="Another load"):
        load(database, path, Options(dry_run=True))
    assert [count(database, table) for table in ("raw.file", "raw.record", "core.emergency_sites", "ngis.load")] == [
        *(0, 0, 0, 0)
    ]


def test_a_failed_load_is_remembered_until_it_has_come(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = write_sites(tmp_path / "sites.csv", [site(1, 名称=""), site(2, 名称="")])
    with pytest.raises(SourceError) as raised:
        load(database, path, Options(by="hanako"))
    ((file_name, layer_id, message, by),) = failed_loads(database)
    assert (file_name, layer_id, message, by) == ("sites.csv", "emergency-sites", str(raised.value), "hanako")
    findings = query(database, "SELECT rule, row_number FROM ngis.finding WHERE rule = 'required-missing' ORDER BY 2")
    assert findings == [("required-missing", 2), ("required-missing", 3)]
    check = loads_check(database)
    assert check.state == "WARN"
    assert "sites.csv (load " in check.message
    doctor = ngis(database, "doctor")
    assert "Failed, and not loaded since: sites.csv" in said(doctor)
    number = query(database, "SELECT max(id) FROM ngis.load")[0][0]
    assert f"`ngis ingest report {number}`" in said(doctor)
    shown = ngis(database, "ingest", "report", str(number))
    assert shown.returncode == 0
    assert "failed 失敗" in said(shown)
    assert "required-missing" in said(shown)
    assert "row 2" in said(shown)
    good_sites(path)
    load(database, path)
    assert loads_check(database).state == "OK"


def test_a_failure_that_cannot_be_recorded_is_still_told(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """The first error counts: that of a database that is away."""
    url = database.urls.ingest.replace("/ngis_test", "/no_such_database")
    with pytest.raises(StoreError) as raised:
        ingest_file(url, good_sites(tmp_path / "sites.csv"), database.settings, KNOWN)
    assert raised.value.message.startswith("sites.csv: The database or the role does not exist")
