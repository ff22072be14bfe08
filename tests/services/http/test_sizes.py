"""What is known of the sizes of files: shared by workers, of one state, and never worth a failure."""

from pathlib import Path

import pytest

from services.http.sizes import FileSizes

PATH = "/ogc/collections/shelters/items"


def test_what_one_worker_counted_the_others_know_of_that_state_alone(tmp_path: Path) -> None:
    one, other = FileSizes(tmp_path / "sizes"), FileSizes(tmp_path / "sizes")
    assert other.known(PATH, "csv", "a") is None
    one.note(PATH, "csv", "a", 1_234)
    assert other.known(PATH, "csv", "a") == 1_234
    assert other.known(PATH, "csv", "b") is None
    assert other.known(PATH, "gpkg", "a") is None
    one.note(PATH, "csv", "b", 5)
    assert other.known(PATH, "csv", "b") == 5
    assert len(list((tmp_path / "sizes").iterdir())) == 1  # what was written beside is put in its place


def test_another_program_may_write_other_files_of_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FileSizes(tmp_path).note(PATH, "csv", "a", 1_234)
    monkeypatch.setattr("services.http.sizes.program_digest", lambda: "another")
    assert FileSizes(tmp_path).known(PATH, "csv", "a") is None


@pytest.mark.parametrize("content", [b"", b"a", b"\xff\xfe", b"a b c d", b"{half} -1", b"{half} many"])
def test_a_file_that_is_not_whole_says_nothing(tmp_path: Path, content: bytes) -> None:
    FileSizes(tmp_path).note(PATH, "csv", "a", 1_234)
    (file,) = tmp_path.iterdir()
    half = file.read_bytes().rpartition(b" ")[0]
    file.write_bytes(content.replace(b"{half}", half))
    assert FileSizes(tmp_path).known(PATH, "csv", "a") is None


def test_a_disk_that_may_not_be_written_to_is_told_of_and_breaks_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sizes").write_text("no folder")
    sizes = FileSizes(tmp_path / "sizes")
    sizes.note(PATH, "csv", "a", 1_234)
    assert "is not kept" in caplog.text
    assert sizes.known(PATH, "csv", "a") == 1_234
