"""The report of a load: the same when it is read again, and fit for a spreadsheet when it is exported."""

import csv
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo.errors import NotFoundError, SourceError
from services.cli import cli
from services.database.connect import connect
from services.ingest.model import Action, Finding
from services.ingest.report import (
    CSV_HEADER,
    EXAMPLES,
    LoadReport,
    findings_of,
    read_report,
    recent_loads,
    write_csv,
)
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import environment, good_sites, load, query, site, write_sites


def defective(path: Path) -> Path:
    """Twelve sites: two values mended, one value and one row rejected, a formula in a cell and in a header."""
    rows = [site(number) for number in range(1, 13)]
    rows[0]["標高"] = "１２．５"
    rows[1]["標高"] = "=cmd|' /C calc'!A0"
    rows[2]["名称"] = ""
    rows[3]["緯度"], rows[3]["経度"] = rows[3]["経度"], rows[3]["緯度"]
    write_sites(path, rows)
    head, *rest = path.read_text("utf-8").splitlines()
    lines = [f"{head},=1+1", *(f"{line}," for line in rest)]
    path.write_bytes("\r\n".join(lines).encode())
    return path


def run(database: DatabaseUnderTest, *arguments: str | Path) -> Result:
    """A command, in this process."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], env=environment(database))


def cells(path: Path) -> list[list[str]]:
    """The cells of a CSV that must begin with a BOM and end every line with CRLF."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    return list(csv.reader(text.splitlines(keepends=True)))


# --- read again -------------------------------------------------------------------------------------------


def test_a_report_read_again_is_the_report_of_the_load(database: DatabaseUnderTest, tmp_path: Path) -> None:
    (first,) = load(database, defective(tmp_path / "a.csv"))
    with connect(database.urls.ingest) as connection:
        again = read_report(connection, first.load_id)
        assert [each.load_id for each in recent_loads(connection)] == [first.load_id]
        assert read_report(connection).load_id == first.load_id
    for field in fields(LoadReport):
        if field.name not in {"rules", "metadata", "ignored"}:
            assert getattr(again, field.name) == getattr(first, field.name), field.name
    assert {key: (group.count, group.examples) for key, group in again.rules.items()} == {
        key: (group.count, group.examples) for key, group in first.rules.items()
    }
    assert (again.rows_read, again.rows_loaded, again.rows_mended, again.rows_rejected) == (12, 11, 2, 1)


def test_no_load_is_said_so(database: DatabaseUnderTest) -> None:
    with connect(database.urls.ingest) as connection:
        with pytest.raises(NotFoundError, match="no load yet"):
            read_report(connection)
        with pytest.raises(NotFoundError, match="no load 7"):
            read_report(connection, 7)


def test_all_findings_are_kept_and_a_few_shown(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = write_sites(tmp_path / "a.csv", (site(number, 標高="１２．５") for number in range(1, 10_051)))
    (report,) = load(database, path)
    (group,) = [group for group in report.rules.values() if group.action is Action.MENDED]
    assert (group.count, len(group.examples)) == (10_050, EXAMPLES)
    assert report.load_id is not None
    with connect(database.urls.ingest) as connection:  # more than one portion of them
        found = [finding for finding in findings_of(connection, report.load_id) if finding.action is Action.MENDED]
    assert [finding.row for finding in found] == list(range(2, 10_052))


# --- the export -------------------------------------------------------------------------------------------


def test_the_export_is_for_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    findings = [
        Finding("a-rule", Action.MENDED, 2, "標高", "１２", "12", "a\nb"),
        Finding("a-rule", Action.NOTED),
        *(
            Finding("a-rule", Action.NOTED, 3, f"{start}x", f"{start}1", f"{start}2", f"{start}3")
            for start in "=+-@\t\r"
        ),
        Finding("a-rule", Action.NOTED, 4, "", " =1", "", None),
    ]
    assert write_csv(path, "=file.csv", iter(findings)) == len(findings)
    header, *rows = cells(path)
    assert tuple(header) == CSV_HEADER
    assert rows[0] == ["'=file.csv", "2", "標高", "a-rule", "mended", "１２", "12", "a\nb"]
    assert rows[1] == ["'=file.csv", "", "", "a-rule", "noted", "", "", ""]
    assert len(rows) == len(findings)
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert [row[5] for row in rows[2:6]] == ["'=1", "'+1", "'-1", "'@1"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    path.write_text("old")

    def broken() -> Iterator[Finding]:
        yield Finding("a-rule", Action.NOTED)
        raise OSError(28, "No space left on device")

    with pytest.raises(SourceError, match="No space left") as refused:
        write_csv(path, "a.csv", broken())
    assert refused.value.fix
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be written"):
        write_csv(tmp_path / "none" / "a.csv", "a.csv", [])


# --- the command ------------------------------------------------------------------------------------------


def test_ingest_prints_the_report_and_report_prints_it_again(database: DatabaseUnderTest, tmp_path: Path) -> None:
    done = run(database, "ingest", defective(tmp_path / "a.csv"), "--as-of", "2026-03-31", "--by", "花子")
    assert done.exit_code == 0, done.output
    for said in (
        "指定緊急避難場所",
        "read 読込 12",
        "loaded 取込 11",
        "rejected 不採用 1",
        "coordinates-swapped",
        "row 5",
    ):
        assert said in done.output
    again = run(database, "ingest", "report")
    assert again.exit_code == 0
    assert "read 読込 12  loaded 取込 11  mended 修正 2  rejected 不採用 1" in again.output
    assert "coordinates-swapped" in again.output
    assert query(database, "SELECT loaded_by FROM ngis.load") == [("花子",)]


def test_report_exports_and_lists(database: DatabaseUnderTest, tmp_path: Path) -> None:
    (first,) = load(database, defective(tmp_path / "a.csv"))
    load(database, good_sites(tmp_path / "b.csv", 11))
    target = tmp_path / "findings.csv"
    done = run(database, "ingest", "report", str(first.load_id), "--csv", target)
    assert done.exit_code == 0, done.output
    rows = cells(target)[1:]
    assert f"{len(rows)} findings written" in done.output
    ((kept,),) = query(database, "SELECT count(*) FROM ngis.finding WHERE load_id = %s", first.load_id)
    assert len(rows) == kept
    formula = next(row for row in rows if "cmd" in row[5])
    assert formula[5] == "'=cmd|' /C calc'!A0"
    assert formula[1] == "3"
    assert ["a.csv", "4"] in [row[:2] for row in rows]  # the rejected row, by the line of the file
    assert any(row[2] == "'=1+1" for row in rows)  # the header that is a formula
    listing = run(database, "ingest", "report", "--list")
    assert "a.csv" in listing.output
    assert "b.csv" in listing.output


def test_a_load_that_is_not_there_is_an_error_with_its_fix(database: DatabaseUnderTest) -> None:
    done = run(database, "ingest", "report", "99")
    assert done.exit_code == 1
    assert "There is no load 99" in done.output
    assert "--list" in done.output


def test_a_failed_file_ends_with_an_error_and_its_report_is_kept(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    done = run(database, "ingest", path)
    assert done.exit_code == 1
    assert "x.csv" in done.output
    assert "Fix:" in done.output
    assert "failed 失敗" in run(database, "ingest", "report").output


def test_unchanged_and_dry_run_are_said(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "a.csv")
    dry = run(database, "ingest", path, "--dry-run")
    assert (dry.exit_code, "dry run, nothing written 試行" in dry.output) == (0, True), dry.output
    assert " load " not in dry.output.splitlines()[0]  # there is none to look at afterwards
    run(database, "ingest", path)
    assert "unchanged 変更なし" in run(database, "ingest", path).output
