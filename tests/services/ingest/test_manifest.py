"""Where files come from: the city's manifest, manifests beside files, and what is taken from which."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from geo.errors import NotFoundError, SourceError
from layers.catalogue import catalogue
from services.ingest.batch import ingest_paths
from services.ingest.manifest import CITY_MANIFEST, find_entry, manifests_for, provenance_for, read_manifest, sha256_of
from services.ingest.model import Provenance
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import good_sites, query

DIGEST = "0" * 64


def write(folder: Path, text: str) -> Path:
    """A manifest with this text."""
    path = folder / "manifest.toml"
    path.write_text(f"schema = 1\n{text}", encoding="utf-8")
    return path


# --- the city's ---------------------------------------------------------------------------------------------


def test_the_manifest_of_the_city_names_its_sources_with_licence_and_page() -> None:
    manifest = read_manifest(CITY_MANIFEST)
    assert len(manifest.source) > 10
    for source in manifest.source:
        assert source.title, source.id
        assert source.licence, source.id
        assert source.attribution, source.id
        assert source.page, source.id
        assert source.layers, source.id
        assert set(source.layers) <= set(catalogue()), source.id
        assert not source.fetch or source.url is None or source.url.startswith("https://"), source.id


def test_its_files_have_a_checksum_and_a_source_that_exists() -> None:
    manifest = read_manifest(CITY_MANIFEST)
    digests = [entry.sha256 for entry in manifest.file]
    assert None not in digests
    assert len(set(digests)) == len(digests)
    for entry in manifest.file:
        assert entry.licence, entry.path
        assert entry.ingest or entry.note, entry.path  # what is left out says why
        assert entry.layer is None or entry.layer in catalogue(), entry.path
        if entry.source is not None:
            manifest.source_named(entry.source)


def test_every_real_file_is_described(real_data: Path) -> None:
    manifest = read_manifest(CITY_MANIFEST)
    for entry in manifest.file:
        assert sha256_of(real_data / entry.path) == entry.sha256, entry.path


def test_an_unknown_source_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="no-such-source") as refused:
        read_manifest(CITY_MANIFEST).source_named("no-such-source")
    assert "osm-kansai" in str(refused.value.fix)


# --- which entry speaks of a file -----------------------------------------------------------------------------


def test_provenance_is_found_by_checksum_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "renamed.csv"
    path.write_text("a\n1\n")
    write(
        tmp_path,
        f"""
        [[file]]
        path = "original.csv"
        sha256 = "{sha256_of(path)}"
        source = "somewhere"
        title = "表"
        url = "https://example.org/a.csv"
        licence = "CC-BY-4.0"
        attribution = "某市"
        as_of = 2026-03-31
        fictitious = true
        """,
    )
    assert provenance_for(path, sha256_of(path)) == Provenance(
        "somewhere", "表", "https://example.org/a.csv", "CC-BY-4.0", "某市", date(2026, 3, 31), True
    )


def test_another_edition_of_a_file_does_not_get_the_date_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    write(tmp_path, f'[[file]]\npath = "a.csv"\nsha256 = "{DIGEST}"\nas_of = 2020-01-01')
    assert provenance_for(path, sha256_of(path)) == Provenance()


def test_an_entry_without_checksum_counts_by_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "sub"
    folder.mkdir()
    path = folder / "a.csv"
    path.write_text("a\n1\n")
    manifest = read_manifest(write(tmp_path, '[[file]]\npath = "sub/a.csv"\nas_of = 2026-01-01'))
    entry = find_entry(path, sha256_of(path), tmp_path, [manifest])
    assert entry is not None
    assert entry.as_of == date(2026, 1, 1)
    assert find_entry(path, sha256_of(path), folder, [manifest]) is None


def test_the_manifest_beside_the_files_goes_before_the_city_s(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    entry = f'[[file]]\npath = "x"\nsha256 = "{sha256_of(path)}"\ntitle = '
    city = tmp_path / "city"
    city.mkdir()
    city_manifest = write(city, entry + '"city"')
    assert [manifest.file[0].title for manifest in manifests_for(tmp_path, city_manifest)] == ["city"]
    write(tmp_path, entry + '"own"')
    found = manifests_for(tmp_path, city_manifest)
    assert [manifest.file[0].title for manifest in found] == ["own", "city"]
    assert provenance_for(path, sha256_of(path), found).title == "own"
    assert len(manifests_for(city, city_manifest)) == 1  # one and the same


def test_defaults_are_for_the_files_that_state_nothing_else(tmp_path: Path) -> None:
    manifest = read_manifest(
        write(
            tmp_path,
            '[defaults]\nfictitious = true\nlicence = "CC0-1.0"\n'
            '[[file]]\npath = "a"\n[[file]]\npath = "b"\nlicence = "ODbL-1.0"',
        )
    )
    assert [(entry.licence, entry.fictitious) for entry in manifest.file] == [("CC0-1.0", True), ("ODbL-1.0", True)]


# --- wrong manifests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[file]]\ntitle = "a"', "file.0.path"),
        ('[[file]]\npath = "a"\nlicense = "MIT"', "license"),
        ('[[file]]\npath = "a"\nsha256 = "abc"', "sha256"),
        ('[[file]]\npath = "a"\nas_of = "last year"', "as_of"),
        ('[[source]]\nid = "Not An Id"', "source.0.id"),
        ('[[source]]\nid = "a"\n[[source]]\nid = "a"', "ids are repeated: a"),
        ("[[file]", "cannot be read"),
    ],
)
def test_a_wrong_manifest_is_refused_and_the_key_named(tmp_path: Path, text: str, named: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SourceError, match=r"manifest\.toml") as refused:
        read_manifest(path)
    assert named in str(refused.value)


def test_a_missing_manifest_and_one_of_another_schema(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such manifest"):
        read_manifest(tmp_path / "manifest.toml")
    path = tmp_path / "manifest.toml"
    path.write_text("schema = 2\n")
    with pytest.raises(SourceError, match="schema"):
        read_manifest(path)


# --- folders --------------------------------------------------------------------------------------------------


def test_a_folder_is_loaded_as_its_manifest_says(database: DatabaseUnderTest, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    good_sites(folder / "sub" / "a.csv", 12)
    good_sites(folder / "old.csv", 11)
    (folder / "copy.csv").write_bytes((folder / "sub" / "a.csv").read_bytes())
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    (folder / "README.md").write_text("not data")
    write(
        folder,
        """
        [[file]]
        path = "sub/a.csv"
        title = "避難場所"
        as_of = 2026-03-31
        [[file]]
        path = "old.csv"
        ingest = false
        note = "旧版"
        """,
    )
    outcomes = {
        outcome.path.name: outcome for outcome in ingest_paths(database.urls.ingest, [folder], database.settings)
    }
    assert set(outcomes) == {"a.csv", "old.csv", "copy.csv", "notes.csv"}
    assert outcomes["old.csv"].left_out == "旧版"
    assert "no known format" in str(outcomes["notes.csv"].left_out)
    assert [name for name, outcome in outcomes.items() if outcome.reports] == ["a.csv"]
    assert "the same content" in str(outcomes["copy.csv"].left_out)  # of two copies the one that is described
    assert not any(outcome.failed for outcome in outcomes.values())
    assert query(database, "SELECT row_count, title, as_of FROM ngis.dataset") == [(12, "避難場所", date(2026, 3, 31))]


def test_a_date_on_the_command_line_goes_before_the_manifest(database: DatabaseUnderTest, tmp_path: Path) -> None:
    good_sites(tmp_path / "a.csv")
    write(tmp_path, '[[file]]\npath = "a.csv"\ntitle = "避難場所"\nas_of = 2020-01-01')
    ingest_paths(database.urls.ingest, [tmp_path / "a.csv"], database.settings, as_of=date(2026, 4, 1))
    assert query(database, "SELECT as_of, title FROM ngis.dataset") == [(date(2026, 4, 1), "避難場所")]


def test_a_path_that_is_not_there_loads_nothing(database: DatabaseUnderTest, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        ingest_paths(database.urls.ingest, [good_sites(tmp_path / "a.csv"), tmp_path / "b.csv"], database.settings)
    assert query(database, "SELECT count(*) FROM ngis.load") == [(0,)]


def test_the_sample_city_says_of_every_file_that_it_is_fictitious(sample_city: Path) -> None:
    data = tomllib.loads((sample_city / "manifest.toml").read_text("utf-8"))
    assert data["schema"] == 1
    manifest = read_manifest(sample_city / "manifest.toml")
    assert manifest.file
    assert all(entry.fictitious for entry in manifest.file)
