"""The city's manifest and its data dictionary are right and up to date."""

import hashlib
from pathlib import Path

import pytest

from layers.catalogue import catalogue
from layers.licences import licence_named
from services.catalogue_document import PATH, catalogue_document
from services.ingest.manifest import CITY_MANIFEST, FileEntry, SourceEntry, read_manifest

MANIFEST = read_manifest(CITY_MANIFEST)


def test_data_dictionary_is_up_to_date() -> None:
    """Renewed by ``python -m services.catalogue_document``."""
    assert PATH.read_text(encoding="utf-8") == catalogue_document()


def test_data_dictionary_names_every_field_and_marks_what_is_internal() -> None:
    document = catalogue_document()
    for layer in catalogue().values():
        assert f"## {layer.id}\n" in document
        for field in layer.fields:
            assert f"| `{field.name}` |" in document
    (line,) = (line for line in document.splitlines() if line.startswith("| `capacity_m3` |"))
    assert "非公開" in line


@pytest.mark.parametrize("source", MANIFEST.source, ids=lambda source: source.id)
def test_source_is_complete(source: SourceEntry) -> None:
    assert source.layers
    assert set(source.layers) <= set(catalogue())
    assert source.title
    assert source.attribution
    assert source.page is not None
    assert source.page.startswith("https://")
    assert licence_named(source.licence or "")
    if source.url is None:
        assert source.note, "a source without an address says what a person has to do"
    else:
        assert source.url.startswith("https://")


def test_every_layer_of_official_data_has_a_source() -> None:
    """What the city keeps itself and never publishes comes from nowhere else."""
    published = {layer.id for layer in catalogue().values() if layer.is_reviewed}
    assert {layer for source in MANIFEST.source for layer in source.layers} == published


@pytest.mark.parametrize("entry", MANIFEST.file, ids=lambda entry: entry.path)
def test_file_entry_is_complete(entry: FileEntry) -> None:
    assert entry.sha256 is not None
    assert entry.title
    assert entry.attribution
    assert licence_named(entry.licence or "")
    assert not entry.fictitious
    if entry.source is not None:
        assert MANIFEST.source_named(entry.source)
    if entry.layer is not None:
        assert entry.layer in catalogue()
    if not entry.ingest:
        assert entry.note, "what is left out says why"


def test_only_this_city_and_its_neighbours_are_ingested() -> None:
    taken = {entry.path for entry in MANIFEST.file if entry.ingest}
    assert not {path for path in taken if path.startswith(("messy/", "hazard_other_city/"))}
    assert "roads/hanshin_osm2017_roads_full.osm.pbf" in taken
    assert "roads/nishinomiya_south_osm2017_roads.osm.pbf" not in taken  # a part of the other: everything twice
    assert sum(path.startswith("shelters/neighbours/") for path in taken) == 6
    assert sum(path.startswith("dem/") for path in taken) == 1


@pytest.mark.real_data
def test_checksums_are_those_of_the_files(real_data: Path) -> None:
    for entry in MANIFEST.file:
        digest = hashlib.sha256((real_data / entry.path).read_bytes()).hexdigest()
        assert digest == entry.sha256, entry.path
