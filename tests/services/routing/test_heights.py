"""Heights along roads: those of the files, unknown where no file speaks, and looked at again when one comes."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio

from geo.network.slopes import height_places
from services.database.connect import connect
from services.database.revisions import layer_states
from services.ingest.rasters import rasters_folder
from services.routing.building import build_missing, note_of, state_key
from services.routing.heights import heights_at, read_grids
from services.routing.storing import load
from tests.conftest import DatabaseUnderTest


@pytest.fixture(scope="module")
def built(loaded_city: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the network of the public side, and its state."""
    folder = tmp_path_factory.mktemp("networks")
    settings = loaded_city.settings
    with connect(loaded_city.urls.public, autocommit=True) as public:
        assert build_missing(public, "published", folder, settings.city.plane_crs, rasters_folder(settings.var))
        state = state_key(layer_states(public, "published"), "published")
    assert state is not None
    return folder, state


def test_heights_are_those_of_the_file(loaded_city: DatabaseUnderTest) -> None:
    """In the middle of cells exactly; between two in a row halfway; nowhere outside of the grid."""
    rasters = rasters_folder(loaded_city.settings.var)
    with connect(loaded_city.urls.public, autocommit=True) as public:
        grids = read_grids(public, "published", rasters)
    assert grids.stored
    assert grids.missing == ()
    stored = grids.stored[0]
    with rasterio.open(stored.path) as file:
        cells, transform = file.read(1, masked=True), file.transform
    random = np.random.default_rng(3)
    row, column = (random.integers(0, size, 3_000) for size in cells.shape)
    lon, lat = transform @ (column + 0.5, row + 0.5)
    found = heights_at([stored], lon, lat)
    expected = cells[row, column].filled(np.nan).astype(np.float64)
    assert np.isnan(expected).any()
    np.testing.assert_allclose(found, expected, atol=1e-3)
    inner = column < cells.shape[1] - 1
    both = cells[row[inner], column[inner]] * 0.5 + cells[row[inner], column[inner] + 1] * 0.5
    between = heights_at([stored], lon[inner] + 0.499 * transform.a, lat[inner])
    known = ~np.ma.getmaskarray(both)
    np.testing.assert_allclose(between[known], both[known].filled(), atol=0.05)
    assert np.isnan(heights_at([stored], np.array([134.0, 140.0]), np.array([34.7, 34.7]))).all()
    assert np.isnan(heights_at([], lon, lat)).all()


def test_the_network_has_the_slopes_of_its_ground(loaded_city: DatabaseUnderTest, built: tuple[Path, str]) -> None:
    folder, state = built
    note = note_of(folder, state)
    assert note is not None
    network = load(folder / note["network"]).network
    places = height_places(network)
    with connect(loaded_city.urls.public, autocommit=True) as public:
        grids = read_grids(public, "published", rasters_folder(loaded_city.settings.var))
    heights = heights_at(grids.stored, places.lon, places.lat)
    known = np.flatnonzero(~np.isnan(network.slopes.climb_m) & (network.stretches.length_m > 40))
    for stretch in known[:: max(1, len(known) // 300)].tolist():
        own = heights[places.first[stretch] : places.first[stretch + 1]]
        assert network.slopes.climb_m[stretch] == pytest.approx(np.clip(np.diff(own), 0, None).sum(), abs=0.01)
        assert network.slopes.descent_m[stretch] == pytest.approx(np.clip(-np.diff(own), 0, None).sum(), abs=0.01)
    assert np.nanmax(network.slopes.climb_m) > 10


def test_a_grid_that_is_missing_leaves_slopes_unknown_until_it_comes(
    loaded_city: DatabaseUnderTest, tmp_path: Path
) -> None:
    plane, rasters = loaded_city.settings.city.plane_crs, tmp_path / "rasters"
    with connect(loaded_city.urls.public, autocommit=True) as public:
        state = state_key(layer_states(public, "published"), "published")
        assert state is not None
        names = []
        assert build_missing(public, "published", tmp_path / "n", plane, rasters)
        assert not build_missing(public, "published", tmp_path / "n", plane, rasters)
        note = note_of(tmp_path / "n", state)
        assert note is not None
        names.append(note["network"])
        assert np.isnan(load(tmp_path / "n" / note["network"]).network.slopes.steepest[:100]).mean() > 0.9
        shutil.copytree(rasters_folder(loaded_city.settings.var), rasters)
        assert build_missing(public, "published", tmp_path / "n", plane, rasters)
        note = note_of(tmp_path / "n", state)
        assert note is not None
        names.append(note["network"])
        assert not build_missing(public, "published", tmp_path / "n", plane, rasters)
    assert names[0] != names[1]
