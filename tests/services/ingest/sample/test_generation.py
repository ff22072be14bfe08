"""``generate`` and ``ensure``: deterministic, atomic, repeatable, and quick enough for a first start."""

import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geo.errors import StoreError
from services.ingest.manifest import read_manifest, sha256_of
from services.ingest.sample import STAMP, ensure, generate, generation
from services.ingest.sample.boundary import draw


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, list[tuple[str, float]]]:
    """The sample city generated once more: folder, seconds it took, progress it told."""
    folder = tmp_path_factory.mktemp("second")
    steps: list[tuple[str, float]] = []
    start = time.process_time()  # other tests run beside this one
    generate(folder, progress=lambda what, share: steps.append((what, share)))
    return folder, time.process_time() - start, steps


def test_same_seed_gives_same_bytes(sample_city: Path, second: tuple[Path, float, list[tuple[str, float]]]) -> None:
    again = second[0]
    names = sorted(file.name for file in sample_city.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    assert [name for name in names if (sample_city / name).read_bytes() != (again / name).read_bytes()] == []


def test_takes_less_than_a_minute(second: tuple[Path, float, list[tuple[str, float]]]) -> None:
    assert second[1] < 60


def test_progress_rises_to_the_end(second: tuple[Path, float, list[tuple[str, float]]]) -> None:
    shares = [share for _, share in second[2]]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_another_seed_gives_another_outline() -> None:
    one, other = draw(np.random.default_rng([1, 1])), draw(np.random.default_rng([2, 1]))
    assert not one.land.equals(other.land)
    for outline in (one, other):
        assert outline.land.is_valid
        assert 98.6 < outline.area_km2 < 100.8


def test_manifest_lists_every_file_as_fictitious(sample_city: Path) -> None:
    manifest = read_manifest(sample_city / "manifest.toml")
    on_disk = {file.name for file in sample_city.iterdir() if not file.name.startswith(".")} - {"manifest.toml"}
    assert {entry.path for entry in manifest.file} == on_disk
    for entry in manifest.file:
        assert entry.fictitious
        assert entry.sha256 == sha256_of(sample_city / entry.path)
        assert entry.licence == "CC0-1.0"
        assert entry.as_of is not None
        assert "架空データ" in (entry.title or "")
        assert "架空データ" in (entry.attribution or "")


def test_is_small(sample_city: Path) -> None:
    assert sum(file.stat().st_size for file in sample_city.iterdir()) < 60e6


def _pretend(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], fail: bool = False) -> list[int]:
    """Replace the writing of the city by that of small files; returns the seeds it was asked for."""
    seeds: list[int] = []

    class Writing:
        def __init__(self, directory: Path, seed: int, _progress: object) -> None:
            self._directory, self._seed = directory, seed

        def run(self) -> None:
            seeds.append(self._seed)
            for name in names:
                (self._directory / name).write_text(str(self._seed))
            if fail:
                raise OSError(28, "No space left on device")

    monkeypatch.setattr(generation, "_Writing", Writing)
    return seeds


def test_ensure_makes_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = _pretend(monkeypatch, ("a", "b"))
    folder = tmp_path / "city"
    assert ensure(folder, 1)
    assert not ensure(folder, 1)
    assert ensure(folder, 2)
    (folder / "a").unlink()
    assert ensure(folder, 2)
    monkeypatch.setattr(generation, "VERSION", generation.VERSION + 1)
    assert ensure(folder, 2)
    assert seeds == [1, 2, 2, 2]


def test_a_file_of_an_earlier_version_goes_and_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch, ("a", "b"))
    generate(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    _pretend(monkeypatch, ("b", "c"))
    generate(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [STAMP, "README.md", "b", "c"]


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch, ("a",))
    generate(tmp_path, 1)
    _pretend(monkeypatch, ("a",), fail=True)
    with pytest.raises(StoreError, match="No space left on device") as raised:
        generate(tmp_path, 2)
    assert raised.value.fix
    assert (tmp_path / "a").read_text() == "1"
    assert sorted(file.name for file in tmp_path.iterdir()) == [STAMP, "a"]
    assert not ensure(tmp_path, 1)


def test_a_stamp_that_is_no_stamp_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch, ("a",))
    (tmp_path / STAMP).write_text("[")
    assert ensure(tmp_path)


def test_command_writes_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.cli.sample import command

    seeds = _pretend(monkeypatch, ("a", "b"))
    result = CliRunner().invoke(command, [str(tmp_path / "city"), "--seed", "7"])
    assert result.exit_code == 0, result.output
    assert "架空データ" in result.output
    assert "2 files" in result.output
    assert seeds == [7]
