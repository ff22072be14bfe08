"""A load meets features that were edited by hand: the edits stand, the file's rows are held back, nothing is lost."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from geo.errors import SourceError
from layers.catalogue import layer_named
from services.database.connect import connect
from services.database.editing.session import Editor, Place, editing
from services.database.editing.undo import EditConflictError, undo
from services.database.publish import publish
from services.ingest import loading
from services.ingest.edited_rows import hold_back
from services.ingest.model import Action, Finding
from services.ingest.pipeline import Options
from services.ingest.report import LoadReport, read_report
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import LAYER, Cells, load, query, site, write_sites

SITES = layer_named(LAYER)
TODAY = date(2026, 5, 1)
HERE = Place(Point(135.35, 34.75))


def bring(database: DatabaseUnderTest, path: Path, rows: Iterable[Cells], **options: Any) -> LoadReport:
    (report,) = load(database, write_sites(path, rows), Options(again=True, **options))
    return report


def sites(*numbers: int, **other: str) -> list[Cells]:
    return [site(number, **other) for number in numbers]


def name_of(number: int) -> str:
    return f"28204-{number:06}"


def change(database: DatabaseUnderTest, feature_id: str, place: Place | None = None, **values: Any) -> None:
    with (
        connect(database.urls.internal, autocommit=True) as connection,
        editing(connection, SITES, Editor("yamada", TODAY)) as session,
    ):
        stored = session.find(feature_id)
        assert stored is not None
        session.change(stored, "update", {**stored.values, **values}, place)


def remove(database: DatabaseUnderTest, feature_id: str) -> None:
    with (
        connect(database.urls.internal, autocommit=True) as connection,
        editing(connection, SITES, Editor("yamada", TODAY)) as session,
    ):
        stored = session.find(feature_id)
        assert stored is not None
        session.delete(stored)


def create(database: DatabaseUnderTest, name: str) -> str:
    with (
        connect(database.urls.internal, autocommit=True) as connection,
        editing(connection, SITES, Editor("yamada", TODAY)) as session,
    ):
        return session.create({"name": name}, HERE).id


def undo_edit(database: DatabaseUnderTest, number: int) -> None:
    with connect(database.urls.internal, autocommit=True) as connection:
        undo(connection, SITES, number, "佐藤")


def rows(database: DatabaseUnderTest) -> dict[str, str]:
    """Rows of the layer by id, in the text form that shows every bit, without the lineage of the load."""
    return dict(
        query(
            database,
            "SELECT id, (to_jsonb(t) - 'load_id' - 'raw_number' - 'geometry')::text || geometry::text "
            "FROM core.emergency_sites t",
        )
    )


def findings(report: LoadReport, rule: str) -> list[Finding]:
    group = report.rules.get((rule, Action.NOTED))
    return [] if group is None else group.examples


def test_an_edited_row_stays_and_the_differences_are_reported(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(3), HERE, name="手直しした名前", remarks="現地確認")
    edited = rows(database)
    report = bring(
        database, tmp_path / "2.csv", [*sites(1, 2), site(3, 備考="新しい備考", 標高="7"), *sites(*range(4, 13))]
    )
    after = rows(database)
    assert after == edited
    found = {finding.column: finding for finding in findings(report, "edited-by-hand")}
    assert set(found) == {"name", "remarks", "elevation_m", "geometry"}
    one = found["name"]
    assert (one.row, one.old, one.new) == (4, "第3公園", "手直しした名前")
    assert one.detail == f"{name_of(3)}: edit 1 by yamada"
    assert (found["elevation_m"].old, found["elevation_m"].new) == ("7", "12.5")
    assert found["geometry"].new == "POINT(135.35 34.75)"
    assert report.rows_loaded == 12
    # The report is kept, and what was loaded around it has the new load.
    with connect(database.urls.owner) as connection:
        assert read_report(connection).count_of("edited-by-hand") == 4
    assert query(
        database, "SELECT count(*), count(*) FILTER (WHERE load_id = %s) FROM core.emergency_sites", report.load_id
    ) == [(12, 11)]
    assert query(database, "SELECT row_count FROM ngis.dataset") == [(12,)]


def test_undoing_the_edit_puts_the_newest_row_of_the_file_in_place(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    first = rows(database)
    change(database, name_of(3), name="一度目")
    once = rows(database)
    bring(database, tmp_path / "2.csv", [*sites(1, 2), site(3, 備考="第二版"), *sites(*range(4, 13))])
    change(database, name_of(3), name="二度目")
    report = bring(database, tmp_path / "3.csv", [*sites(1, 2), site(3, 備考="第三版"), *sites(*range(4, 13))])
    undo_edit(database, 2)
    assert rows(database)[name_of(3)] == once[name_of(3)]  # the first edit stands
    undo_edit(database, 1)
    ((name, remarks, load_id, number, source),) = query(
        database,
        "SELECT name, remarks, load_id, raw_number, source_id FROM core.emergency_sites WHERE id = %s",
        name_of(3),
    )
    assert (name, remarks, load_id, number, source) == (
        "第3公園",
        "第三版",
        report.load_id,
        4,
        "municipal-emergency-sites",
    )
    assert query(database, "SELECT count(*) FROM ngis.withheld_row") == [(0,)]
    # Exactly what the load would have brought.
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    assert rows(database) == first


def test_a_removed_row_stays_away(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    whole = rows(database)
    remove(database, name_of(5))
    for _ in range(2):
        report = bring(database, tmp_path / "2.csv", sites(*range(1, 13)))
        assert name_of(5) not in rows(database)
        (finding,) = findings(report, "deleted-by-hand")
        assert (finding.row, finding.detail) == (6, f"{name_of(5)}: edit 1 by yamada")
        assert query(database, "SELECT row_count FROM ngis.dataset") == [(11,)]
    undo_edit(database, 1)
    assert rows(database) == whole
    assert query(database, "SELECT row_count FROM ngis.dataset") == [(12,)]


def test_an_edited_row_that_the_file_no_longer_has(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(12), name="残す")
    report = bring(database, tmp_path / "2.csv", sites(*range(1, 12)))
    assert name_of(12) in rows(database)
    (finding,) = findings(report, "edited-row-gone")
    assert finding.detail == f"{name_of(12)}: edit 1 by yamada"
    undo_edit(database, 1)
    assert name_of(12) not in rows(database)  # as the file says


def test_a_removed_row_that_the_file_no_longer_has_is_no_finding(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    remove(database, name_of(12))
    report = bring(database, tmp_path / "2.csv", sites(*range(1, 12)))
    assert not [rule for rule, _ in report.rules if "hand" in rule or "edit" in rule]
    undo_edit(database, 1)
    assert name_of(12) not in rows(database)


def test_rows_made_by_hand_stay(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    made = create(database, "新設の公園")
    change(database, made, name="新設の公園（改）")
    before = rows(database)[made]
    report = bring(database, tmp_path / "2.csv", sites(*range(1, 13)))
    assert rows(database)[made] == before
    assert not findings(report, "edited-by-hand")
    assert query(database, "SELECT id, row_count FROM ngis.dataset ORDER BY id") == [
        ("edits", 1),
        ("municipal-emergency-sites/28204", 12),
    ]


def test_a_file_that_has_caught_up_says_so(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(1), remarks="トイレあり")
    report = bring(database, tmp_path / "2.csv", [site(1, 備考="トイレあり"), *sites(*range(2, 13))])
    (finding,) = findings(report, "edit-now-in-source")
    assert finding.row == 2
    assert query(database, "SELECT source_id FROM core.emergency_sites WHERE id = %s", name_of(1)) == [("edits",)]
    undo_edit(database, 1)
    assert query(database, "SELECT source_id, remarks FROM core.emergency_sites WHERE id = %s", name_of(1)) == [
        ("municipal-emergency-sites", "トイレあり")
    ]


def test_an_edit_that_was_undone_is_none(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(1), name="取り消す")
    undo_edit(database, 1)
    report = bring(database, tmp_path / "2.csv", [site(1, 備考="新"), *sites(*range(2, 13))])
    assert not [rule for rule, _ in report.rules if "edit" in rule]
    assert query(database, "SELECT remarks FROM core.emergency_sites WHERE id = %s", name_of(1)) == [("新",)]


def test_a_neighbours_file_leaves_the_edits_alone(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(1), name="西宮の編集")
    before = rows(database)
    report = bring(database, tmp_path / "2.csv", sites(1, 2, 全国地方公共団体コード="282065", 地方公共団体名="芦屋市"))
    assert not [rule for rule, _ in report.rules if "edit" in rule]
    assert rows(database).items() >= before.items()
    assert query(database, "SELECT count(*) FROM ngis.withheld_row") == [(0,)]


def test_another_dataset_with_the_same_ids_is_another(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)), dataset="a")
    change(database, name_of(1), name="編集")
    report = bring(database, tmp_path / "2.csv", sites(*range(1, 13)), dataset="b")
    assert report.count_of("identity-clash") == 12  # both stand, under names of their own
    assert not findings(report, "edited-by-hand")
    assert query(database, "SELECT count(*) FROM core.emergency_sites") == [(24,)]


def test_a_dry_run_holds_nothing_back(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(1), name="編集")
    report = bring(database, tmp_path / "2.csv", sites(*range(1, 13)), dry_run=True)
    assert findings(report, "edited-by-hand")
    assert query(database, "SELECT count(*) FROM ngis.withheld_row") == [(0,)]


def test_fictitious_rows_that_are_held_back_say_so(database: DatabaseUnderTest, tmp_path: Path) -> None:
    fictitious = sites(*range(1, 13), 備考="架空データ")
    bring(database, tmp_path / "1.csv", fictitious)
    change(database, name_of(1), name="編集")
    made = create(database, "新設")
    plain = [site(1), *fictitious[1:]]  # the mark of one row is the dataset's
    bring(database, tmp_path / "2.csv", plain)
    undo_edit(database, 1)
    assert query(database, "SELECT DISTINCT fictitious FROM core.emergency_sites") == [(True,)]
    assert made in rows(database)


def test_real_data_does_not_come_beside_fictitious_edits(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(1, 2, 備考="架空データ"))
    create(database, "架空の新設")
    with pytest.raises(SourceError, match="fictitious"):
        bring(database, tmp_path / "2.csv", sites(1, 2))


def test_no_file_is_the_dataset_of_the_edits(database: DatabaseUnderTest, tmp_path: Path) -> None:
    create(database, "新設")
    before = rows(database)
    with pytest.raises(SourceError, match="made by hand"):
        bring(database, tmp_path / "1.csv", sites(1, 2), dataset="edits")
    assert rows(database) == before


def test_undoing_a_removal_where_another_took_the_id(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)), dataset="a")
    remove(database, name_of(1))
    bring(database, tmp_path / "2.csv", sites(1, 2), dataset="b")
    assert query(database, "SELECT dataset FROM core.emergency_sites WHERE id = %s", name_of(1)) == [("b",)]
    with pytest.raises(EditConflictError):
        undo_edit(database, 1)


def test_edits_kept_by_a_load_are_published_with_it(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    change(database, name_of(1), name="公開される編集")
    bring(database, tmp_path / "2.csv", sites(*range(1, 13)))
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYER, "承認者")
    assert query(database, "SELECT name, source_id FROM published.emergency_sites WHERE id = %s", name_of(1)) == [
        ("公開される編集", "edits")
    ]


def test_an_edit_while_a_load_puts_its_rows_in_place_waits_for_it(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order, neither is lost: the edit is made to the row that the load brought."""
    bring(database, tmp_path / "1.csv", sites(*range(1, 13)))
    holding, may_go_on = threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> Any:
        held = hold_back(*arguments)
        holding.set()
        assert may_go_on.wait(30)
        return held

    monkeypatch.setattr(loading, "hold_back", slowly)
    with ThreadPoolExecutor(2) as executor:
        loaded = executor.submit(bring, database, tmp_path / "2.csv", sites(*range(1, 13), 備考="第二版"))
        assert holding.wait(30)
        edited = executor.submit(change, database, name_of(1), name="同時の編集")
        assert not edited.done()
        may_go_on.set()
        loaded.result(60)
        edited.result(60)
    assert query(database, "SELECT name, remarks FROM core.emergency_sites WHERE id = %s", name_of(1)) == [
        ("同時の編集", "第二版")
    ]
