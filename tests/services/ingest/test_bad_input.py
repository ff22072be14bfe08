"""Files that are wrong in every way that files are: each ends in a message with its fix, and no layer half loaded."""

import os
import resource
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from geo.errors import SourceError
from services.ingest import manifest
from services.ingest.batch import failed, ingest_paths
from services.ingest.model import Action
from services.ingest.pipeline import Options, ingest_file
from services.settings import ROOT
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import (
    HEADER,
    KNOWN,
    count,
    environment,
    geojson,
    good_sites,
    load,
    ngis,
    query,
    said,
    shapefile,
    site,
    state,
    text_of,
    write_sites,
)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.csv"
    path.touch()
    return path


def _header_only(folder: Path) -> Path:
    return write_sites(folder / "header.csv", [])


def _truncated_zip(folder: Path) -> Path:
    path = zipped(folder / "cut.zip", {"a.csv": text_of([site(1)]).encode()})
    path.write_bytes(path.read_bytes()[:-40])
    return path


def _damaged_member(folder: Path) -> Path:
    path = zipped(folder / "damaged.zip", {"a.csv": text_of(site(n) for n in range(1, 50)).encode()})
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)
    path.write_bytes(content)
    return path


def _truncated_json(folder: Path) -> Path:
    path = folder / "cut.geojson"
    path.write_text(geojson([(135.34, 34.7)] * 30)[:-100], "utf-8")
    return path


def _truncated_quotes(folder: Path) -> Path:
    path = folder / "cut.csv"
    text = text_of([site(1), site(2), site(3, 備考="この行は\n途中で")])
    path.write_text(text[: text.rindex('"')], "utf-8")
    return path


def _wrongly_encoded(folder: Path) -> Path:
    """UTF-8, with one row pasted in from a file in cp932."""
    path = folder / "mixed.csv"
    good = text_of(site(n) for n in range(1, 4)).encode()
    path.write_bytes(good + text_of([site(4)]).split("\r\n")[1].encode("cp932") + b"\r\n")
    return path


def _pdf_named_csv(folder: Path) -> Path:
    path = folder / "sites.csv"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    return path


def _web_page_named_csv(folder: Path) -> Path:
    path = folder / "download.csv"
    path.write_text("<!DOCTYPE html><html><body>404</body></html>", "utf-8")
    return path


def _other_table(folder: Path) -> Path:
    path = folder / "menu.csv"
    path.write_text("料理,値段\nうどん,500\n", "utf-8")
    return path


def _bomb(folder: Path) -> Path:
    return zipped(folder / "bomb.zip", {"sites.csv": bytes(64 * 1024**2)})


def _nested_bomb(folder: Path) -> Path:
    inner = zipped(folder / "inner.zip", {"sites.csv": bytes(64 * 1024**2)}).read_bytes()
    return zipped(folder / "nested.zip", {f"{n}.zip": inner for n in range(4)})


def _traversal(folder: Path) -> Path:
    return zipped(folder / "traversal.zip", {"../../escaped.csv": text_of([site(1)]).encode()})


def _absolute(folder: Path) -> Path:
    return zipped(folder / "absolute.zip", {str(folder / "escaped.csv"): text_of([site(1)]).encode()})


def _link(folder: Path) -> Path:
    path = folder / "link.zip"
    member = zipfile.ZipInfo("sites.csv")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, str(folder / "secret"))
    return path


def _lone_part(folder: Path) -> Path:
    shapefile(folder / "parts")
    return folder / "parts" / "A31.dbf"


def _without_dbf(folder: Path) -> Path:
    path = shapefile(folder)
    path.with_suffix(".dbf").unlink()
    return path


def _cut_shapefile(folder: Path) -> Path:
    path = shapefile(folder)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def _no_name_anywhere(folder: Path) -> Path:
    return write_sites(folder / "nameless.csv", [site(1, 名称=""), site(2, 名称="")])


def _long_line(folder: Path) -> Path:
    return write_sites(folder / "long.csv", [site(1), site(2, 備考="長" * 1_100_000)])


BAD: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "empty": (_empty, "empty.csv: the file is empty", "Get the file again"),
    "header only": (_header_only, "header.csv holds no record", "complete"),
    "truncated zip": (_truncated_zip, "cut.zip: the zip archive is truncated", "Get the file again"),
    "damaged member": (_damaged_member, "damaged.zip: the zip archive is damaged", "Get the file again"),
    "truncated json": (_truncated_json, "cut.geojson: ", "Get the file again"),
    "unclosed cell": (_truncated_quotes, "cut.csv: line 4: a cell in quotation marks", "Close the cell"),
    "wrongly encoded": (_wrongly_encoded, "mixed.csv: line 5, byte ", "Save the file again as UTF-8"),
    "pdf": (_pdf_named_csv, "sites.csv: this is a PDF document", "Ask the publisher"),
    "web page": (_web_page_named_csv, "download.csv: this is a web page", "open the address in a browser"),
    "other table": (_other_table, "menu.csv is of no known format", "Correct the header"),
    "zip bomb": (_bomb, "bomb.zip: sites.csv would unpack to 67,108,864 bytes", "official source"),
    "nested zip bomb": (_nested_bomb, "(a zip bomb)", "official source"),
    "path traversal": (_traversal, "../../escaped.csv would be written outside its folder", "official source"),
    "absolute path": (_absolute, "escaped.csv would be written outside its folder", "official source"),
    "link": (_link, "link.zip: sites.csv is a link", "official source"),
    "part of a shapefile": (_lone_part, "A31.dbf: this is one part of a shapefile", "Give the .shp file"),
    "shapefile without dbf": (_without_dbf, ".dbf of this one is not beside it", "into the same folder"),
    "truncated shapefile": (_cut_shapefile, "A31.shp: the shapefile is truncated", "Get all files"),
    "no row can be loaded": (_no_name_anywhere, "required-missing (2, first in row 2)", "ngis ingest report"),
    "long line": (_long_line, "long.csv: line 3 is longer than 1,048,576 characters", "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_in_a_message_with_its_fix_and_changes_nothing(
    database: DatabaseUnderTest, tmp_path: Path, name: str
) -> None:
    make, message, fix = BAD[name]
    load(database, good_sites(tmp_path / "good.csv"))
    before, files = state(database), count(database, "raw.file")
    path = make(tmp_path)
    with pytest.raises(SourceError) as raised:
        load(database, path)
    assert message in raised.value.message
    assert path.name in raised.value.message
    assert fix in str(raised.value.fix)
    assert str(tmp_path) not in raised.value.message.replace(f"{tmp_path}/escaped", "")
    assert state(database) == before
    assert count(database, "raw.file") == files
    assert query(database, "SELECT file_name, status, message FROM ngis.load ORDER BY id DESC LIMIT 1") == [
        (path.name, "failed", str(raised.value))
    ]
    assert not (tmp_path.parent / "escaped.csv").exists()
    assert not (tmp_path / "escaped.csv").exists()


@pytest.mark.parametrize("name", ["empty", "wrongly encoded", "zip bomb", "path traversal", "no row can be loaded"])
def test_the_command_says_it_and_fails(database: DatabaseUnderTest, tmp_path: Path, name: str) -> None:
    make, message, fix = BAD[name]
    path = make(tmp_path)
    done = ngis(database, "ingest", path, good_sites(tmp_path / "good.csv"))
    assert done.returncode == 1
    assert message in said(done)
    assert "Fix: " in said(done)
    assert fix in said(done)
    assert "1 files loaded or unchanged, 0 left out, 1 failed" in said(done)
    assert count(database, "core.emergency_sites") == 12
    report = ngis(database, "ingest", "report", "--list")
    assert "failed" in said(report)


# --- what cannot be opened ---------------------------------------------------------------------------------------


def test_what_is_not_there(database: DatabaseUnderTest, tmp_path: Path) -> None:
    done = ngis(database, "ingest", tmp_path / "none.csv")
    assert done.returncode == 1
    assert "none.csv does not exist" in said(done)
    assert "Fix: Check the path." in said(done)


def test_a_pipe_and_a_device_are_refused_and_not_waited_for(database: DatabaseUnderTest, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path(os.devnull)):
        with pytest.raises(SourceError, match="is neither a file nor a folder"):
            ingest_paths(database.urls.ingest, [path], database.settings)
        with pytest.raises(SourceError, match="is not a file"):
            load(database, path)


def test_an_unreadable_file_keeps_no_other_from_loading(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    good_sites(folder / "good.csv")
    secret = good_sites(folder / "secret.csv", 3)
    secret.chmod(0)
    if os.access(secret, os.R_OK):  # root may read all: the refusal has to come from elsewhere
        real = Path.open

        def refusing(self: Path, *arguments: object, **options: object) -> object:
            if self.name == "secret.csv":
                raise PermissionError(13, "Permission denied", str(self))
            return real(self, *arguments, **options)  # type: ignore[call-overload]

        monkeypatch.setattr(Path, "open", refusing)
    outcomes = ingest_paths(database.urls.ingest, [folder], database.settings)
    (wrong,) = failed(outcomes)
    assert wrong.path.name == "secret.csv"
    assert "secret.csv cannot be read: Permission denied" in str(wrong.error)
    assert "permissions" in str(wrong.error)
    assert count(database, "core.emergency_sites") == 12


def test_a_file_that_changes_while_it_is_read_is_refused(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.pipeline.sha256_of", lambda _: "0" * 64)
    with pytest.raises(SourceError, match=r"good\.csv was changed while it was read"):
        load(database, good_sites(tmp_path / "good.csv"))
    assert count(database, "core.emergency_sites") == 0
    assert count(database, "raw.file") == 0


def test_a_file_beyond_the_limit_is_not_even_read(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "good.csv")
    settings = database.settings.model_copy(update={"max_file_bytes": 100})
    with pytest.raises(SourceError, match=r"good\.csv has 949 bytes, more than the 100 allowed") as raised:
        ingest_file(database.urls.ingest, path, settings, KNOWN)
    assert "NGIS_MAX_FILE_BYTES" in str(raised.value.fix)


def test_a_wrong_manifest_beside_the_file_is_named(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = good_sites(tmp_path / "good.csv")
    (tmp_path / manifest.NAME).write_text('schema = 1\n[[file]]\npath = "good.csv"\nlicense = "x"\n', "utf-8")
    done = ngis(database, "ingest", path)
    assert done.returncode == 1
    assert "manifest.toml does not follow the schema: file.0.license" in said(done)


def test_an_unknown_layer_is_named(database: DatabaseUnderTest, tmp_path: Path) -> None:
    done = ngis(database, "ingest", "--layer", "no-such", good_sites(tmp_path / "good.csv"))
    assert done.returncode == 1
    assert "There is no layer 'no-such'" in said(done)
    assert "Fix: " in said(done)


def test_the_wrong_layer_says_what_the_file_lacks(database: DatabaseUnderTest, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"good\.csv is of no known format") as raised:
        load(database, good_sites(tmp_path / "good.csv"), Options(layer_id="aeds"))
    assert "lacks" in raised.value.message


# --- sizes -----------------------------------------------------------------------------------------------------


def test_a_line_of_two_gigabytes_needs_no_memory(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """In a process that may take 1.5 GiB of address space; the file is sparse and takes no room on the disk."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(",".join(HEADER).encode() + b"\n")
        file.seek(2 * 1024**3)
        file.write(b"\n")
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "ingest", str(path)],
        cwd=ROOT,
        env=environment(database, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * 1024**3 // 2,) * 2),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, said(done)
    assert "huge.csv: line 2 is longer than 1,048,576 characters" in said(done)
    assert "Fix: " in said(done)
    assert count(database, "core.emergency_sites") == 0


def test_an_archive_is_unpacked_in_little_memory_and_cleared_away(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(workspace))
    many = [site(number % 9, ID=str(number), 備考=os.urandom(500).hex()) for number in range(10_000)]
    path = zipped(tmp_path / "big.zip", {"a.csv": text_of(many).encode()})
    del many
    settings = database.settings.model_copy(update={"max_unpacked_bytes": 5 * 1024**2})
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"big\.zip: .*5,242,880 bytes"):
            ingest_file(database.urls.ingest, path, settings, KNOWN)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024**2
    finally:
        tracemalloc.stop()
    assert list(workspace.iterdir()) == []
    (report,) = load(database, path)
    assert report.rows_loaded == 10_000
    assert list(workspace.iterdir()) == []


# --- cells -----------------------------------------------------------------------------------------------------


def test_a_formula_in_a_cell_is_text_and_never_run(database: DatabaseUnderTest, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://127.0.0.1/?"&A1,"x")'
    path = write_sites(tmp_path / "formula.csv", [site(1), site(2, 名称=formula, 標高="=1+1")])
    (report,) = load(database, path)
    assert query(database, "SELECT name, elevation_m FROM core.emergency_sites ORDER BY raw_number") == [
        ("第1公園", 12.5),
        (formula, None),
    ]
    found = report.rules["formula-in-cell", Action.NOTED].examples
    assert {(each.row, each.column, each.old) for each in found} == {(3, "名称", formula), (3, "標高", "=1+1")}
    csv_path = tmp_path / "findings.csv"
    assert ngis(database, "ingest", "report", "--csv", csv_path).returncode == 0
    text = csv_path.read_text("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=" not in text
    assert ',"=' not in text


def test_a_formula_in_a_workbook(database: DatabaseUnderTest, tmp_path: Path) -> None:
    """Without a stored result there is no value: the formula is not evaluated here."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(list(site(1).values()))
    sheet.append(list(site(2, 備考="=1+1").values()))
    book.save(tmp_path / "formula.xlsx")
    (report,) = load(database, tmp_path / "formula.xlsx")
    assert query(database, "SELECT remarks FROM core.emergency_sites") == [(None,), (None,)]
    assert [finding.row for finding in report.rules["formula-without-value", Action.NOTED].examples] == [3]


def test_what_a_database_cannot_hold_is_replaced(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = write_sites(
        tmp_path / "control.csv", [site(1, 名称="公\x00園"), site(2, 備考="\x07鐘"), site(3, 標高="9" * 400)]
    )
    (report,) = load(database, path)
    assert report.rows_loaded == 3
    names = [name for (name,) in query(database, "SELECT name FROM core.emergency_sites ORDER BY raw_number")]
    assert "\x00" not in "".join(names)
    assert query(database, "SELECT elevation_m FROM core.emergency_sites WHERE raw_number = 4") == [(None,)]
    assert any(finding.row == 4 for group in report.rules.values() for finding in group.examples)


# --- coordinates -----------------------------------------------------------------------------------------------

WRONG_COORDINATES = {
    "outside": ({"緯度": "51.5", "経度": "-0.1"}, "coordinates-outside-japan"),
    "nan": ({"緯度": "NaN", "経度": "135.34"}, "coordinates-not-finite"),
    "infinite": ({"緯度": "inf", "経度": "135.34"}, "coordinates-not-finite"),
    "words": ({"緯度": "不明", "経度": "135.34"}, "coordinates-not-finite"),
    "formula": ({"緯度": "=34+1", "経度": "135.34"}, "coordinates-not-finite"),
    "zero": ({"緯度": "0", "経度": "0"}, "coordinates-zero"),
    "plane": ({"緯度": "-142000.5", "経度": "88000.2"}, "coordinates-outside-japan"),
}


@pytest.mark.parametrize("name", WRONG_COORDINATES)
def test_a_wrong_position_is_refused_and_its_row_kept(database: DatabaseUnderTest, tmp_path: Path, name: str) -> None:
    cells, rule = WRONG_COORDINATES[name]
    (report,) = load(database, write_sites(tmp_path / "sites.csv", [site(1), site(2, **cells), site(3)]))
    assert report.rows_loaded == 3
    (found,) = report.rules[rule, Action.REJECTED].examples
    assert found.row == 3
    assert found.column == "経度, 緯度"
    assert found.old == f"{cells['経度']}, {cells['緯度']}"
    rows = query(
        database,
        "SELECT geometry IS NULL, position_quality, extras ->> '緯度' FROM core.emergency_sites ORDER BY raw_number",
    )
    assert rows[1] == (True, "none", cells["緯度"])
    assert [row[:2] for row in rows[::2]] == [(False, "as-published")] * 2


@pytest.mark.parametrize("name", WRONG_COORDINATES)
def test_a_file_without_one_position_that_can_be_used_is_refused(
    database: DatabaseUnderTest, tmp_path: Path, name: str
) -> None:
    cells, rule = WRONG_COORDINATES[name]
    load(database, good_sites(tmp_path / "good.csv", 3))
    before = state(database)
    path = write_sites(tmp_path / "sites.csv", [site(number, **cells) for number in (1, 2, 3)])
    with pytest.raises(SourceError, match=r"sites\.csv: none of its 3 positions") as raised:
        load(database, path)
    assert f"{rule} (3, first in row 2, 経度, 緯度: {cells['経度']}, {cells['緯度']})" in raised.value.message
    assert raised.value.fix
    assert state(database) == before


def test_the_command_names_the_row_of_a_wrong_position(database: DatabaseUnderTest, tmp_path: Path) -> None:
    done = ngis(database, "ingest", write_sites(tmp_path / "sites.csv", [site(1, 緯度="NaN", 経度="NaN")]))
    assert done.returncode == 1
    assert "sites.csv: none of its 1 positions" in said(done)
    assert "first in row 2" in said(done)
    assert "Fix: " in said(done)


def test_swapped_coordinates_are_mended_where_only_the_swap_can_be_meant(
    database: DatabaseUnderTest, tmp_path: Path
) -> None:
    (report,) = load(database, write_sites(tmp_path / "s.csv", [site(1, 緯度="135.34", 経度="34.72"), site(2)]))
    (found,) = report.rules["coordinates-swapped", Action.MENDED].examples
    assert (found.row, found.old, found.new) == (2, "34.72, 135.34", "135.34, 34.72")
    assert query(database, "SELECT ST_X(geometry), ST_Y(geometry) FROM core.emergency_sites WHERE raw_number = 2") == [
        (135.34, 34.72)
    ]


def test_embedded_geometries_outside_swapped_and_empty(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    path.write_text(geojson([(135.34, 34.72), (34.73, 135.34), (-0.1, 51.5), (0, 0)]), "utf-8")
    (report,) = load(database, path)
    assert report.rows_loaded == 4
    found = {group.rule: [each.row for each in group.examples] for group in report.rules.values()}
    assert found["coordinates-swapped"] == [2]
    assert found["coordinates-outside-japan"] == [3]
    assert found["coordinates-zero"] == [4]
    quality = query(database, "SELECT position_quality FROM core.emergency_sites ORDER BY raw_number")
    assert quality == [("as-published",), ("as-published",), ("none",), ("none",)]
    path.write_text(geojson([(-0.1, 51.5), (0, 0)]), "utf-8")
    with pytest.raises(SourceError, match=r"coordinates-outside-japan \(1, first in row 1"):
        load(database, path)
