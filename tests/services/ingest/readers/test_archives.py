"""Zip archives: what is in them is found; hostile ones are refused by the member's name."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from geo.errors import SourceError
from services.ingest.readers import Limits, UnrecognisedError, open_file

CSV = "NO,名称,住所\r\n1,a,b\r\n".encode()
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"x":1},'
    b'"geometry":{"type":"Point","coordinates":[135.3,34.7]}}]}'
)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def test_members_are_tables_and_the_rest_is_noted(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"data/list.csv": CSV, "readme.txt": b"hello", "x.bin": b"\x89PNG..."})
    with open_file(path, workspace=tmp_path) as opened:
        (table,) = opened.tables
        assert table.name == "data/list.csv"
        assert [record.values["名称"] for record in table.records()] == ["a"]
        assert {f.old for f in table.findings if f.rule == "member-skipped"} == {"readme.txt", "x.bin"}
        assert len(list(tmp_path.iterdir())) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_one_data_set_in_several_formats_is_read_once(tmp_path: Path) -> None:
    gml = b'<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>'
    path = archive(tmp_path / "a.zip", {"N03.xml": gml, "N03.geojson": GEOJSON})
    with open_file(path) as opened:
        (table,) = opened.tables
        assert table.container == "geojson"
        assert [f.old for f in table.findings if f.rule == "member-repeated"] == ["N03.xml"]


def test_archive_in_an_archive_but_not_deeper(tmp_path: Path) -> None:
    inner = archive(tmp_path / "inner.zip", {"list.csv": CSV}).read_bytes()
    middle = archive(tmp_path / "middle.zip", {"inner.zip": inner})
    with open_file(middle) as opened:
        assert opened.tables[0].name == "inner.zip/list.csv"
    outer = archive(tmp_path / "outer.zip", {"middle.zip": middle.read_bytes()})
    with pytest.raises(SourceError, match=r"outer\.zip: .*nested"):
        open_file(outer)


def test_member_names_in_cp932(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("0123456789.csv", CSV)
    name = "避難所一覧".encode("cp932")
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue().replace(b"0123456789", name))
    with open_file(path) as opened:
        assert opened.tables[0].name == "避難所一覧.csv"


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_a_member_that_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.zip", {name: CSV})
    with pytest.raises(SourceError, match=r"a\.zip: .*evil\.csv would be written outside"):
        open_file(path, workspace=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_a_link(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("link.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(member, "/etc/passwd")
    with pytest.raises(SourceError, match=r"link\.csv is a link"):
        open_file(path)


def test_bombs(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.zip", {"zeros.csv": b"0" * (16 << 20)})
    with pytest.raises(SourceError, match=r"bomb\.zip: zeros\.csv would unpack to .*zip bomb"):
        open_file(path)
    with pytest.raises(SourceError, match=r"more than 1,000 bytes"):
        open_file(path, max_unpacked_bytes=1000)
    many = archive(tmp_path / "many.zip", {f"{number}.csv": CSV for number in range(11)})
    with pytest.raises(SourceError, match="more than 10 files"):
        open_file(many, limits=Limits(max_members=10))


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    content = CSV + b"1,a,b\r\n" * 1000
    path = archive(tmp_path / "a.zip", {"list.csv": content})
    raw = path.read_bytes().replace(len(content).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=r"a\.zip: "):
        open_file(path)


def test_protected(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"list.csv": CSV})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # local header
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # central directory
    path.write_bytes(bytes(raw))
    with pytest.raises(SourceError, match="password"):
        open_file(path)


def test_truncated_and_without_data(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"list.csv": CSV})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match=r"a\.zip: the zip archive is truncated"):
        open_file(path)
    with pytest.raises(UnrecognisedError, match="holds nothing"):
        open_file(archive(tmp_path / "b.zip", {"readme.txt": b"hello"}))


def test_a_damaged_member_fails_the_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"list.csv": CSV, "n.geojson": GEOJSON[:-20]})
    with pytest.raises(SourceError, match=r"a\.zip: n\.geojson: .*damaged"):
        open_file(path)
