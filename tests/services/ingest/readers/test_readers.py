"""What ``open_file`` takes a file for, and how it says no."""

from pathlib import Path

import pytest

from geo.errors import SourceError
from services.ingest.readers import UnrecognisedError, open_file


def test_missing_folder_empty_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"none\.csv: there is no such file"):
        open_file(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="is a folder"):
        open_file(tmp_path)
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(SourceError, match=r"empty\.csv: the file is empty"):
        open_file(path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"empty\.csv: the file may not be read"):
        open_file(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"\x89PNG\r\n", "image"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b'<?xml version="1.0"?><rss><item/></rss>', "no GML"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><a/>', "Shift_JIS"),
    ],
)
def test_other_kinds_are_named_with_a_fix(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "given.csv"
    path.write_bytes(content)
    with pytest.raises(UnrecognisedError, match=what) as caught:
        open_file(path)
    assert caught.value.message.startswith("given.csv: ")
    assert caught.value.fix


def test_the_name_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with open_file(path) as opened:
        assert opened.container == "geojson"
