"""What is known of the sizes of files: shared by workers, of one state, and never worth a failure."""

import re
import threading
from pathlib import Path

import pytest

from services.http.measuring import REST_S, Measurer, measurer
from services.http.sizes import FileSizes
from tests.services.http.conftest import SmallCity, client_of

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


QUIET_S = 60.0


def said(city: SmallCity) -> list[str]:
    """What the page of a layer says of the sizes of its downloads, as a worker that has just begun."""
    with client_of(city) as client:
        page = client.get("/layers/emergency-sites?lang=en").text
    found = re.findall(r'items\?f=\w+" [^>]*>[^<]*</a> <span class="kind">[^<·]+( · about [^<]*)?</span>', page)
    assert len(found) >= 3
    return found


def test_sizes_are_counted_before_anybody_takes_a_file_once_a_layer_stands(
    own_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ogc.watch.TTL_S", 0.0)  # each look sees what was published before it
    settings, now = own_city.database.settings.model_copy(update={"sizes_quiet_s": QUIET_S}), 1_000.0

    def looked(by: Measurer, seconds: float) -> list[str]:
        nonlocal now
        now += seconds
        by.look()
        return said(own_city)

    with measurer(settings, threading.Event(), lambda: now) as by:
        assert set(looked(by, 0)) == set(looked(by, QUIET_S - 1)) == {""}
        sizes = looked(by, 1)
        assert all(sizes)
        with client_of(own_city) as client:
            csv = client.get("/ogc/collections/emergency-sites/items?f=csv").content
        assert f" · about {float(f'{len(csv) / 1000:.2g}'):g} kB" in sizes
        own_city.execute("UPDATE core.emergency_sites SET remarks = 'new'")
        own_city.publish("emergency-sites")
        assert set(looked(by, 1)) == {""}
        assert set(looked(by, QUIET_S)) == {""}  # it was made a moment ago
        assert all(looked(by, REST_S))


def test_who_is_to_end_counts_nothing_more(own_city: SmallCity) -> None:
    settings, stop = own_city.database.settings.model_copy(update={"sizes_quiet_s": 0.0}), threading.Event()
    with measurer(settings, stop) as by:
        by.look()
        stop.set()
        by.look()
        assert set(said(own_city)) == {""}
        stop.clear()
        by.look()
        assert all(said(own_city))
