"""Tile matrix sets: against the standard's own definition, pyproj, and themselves."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygeoapi.util import DEFINITIONSDIR
from pyproj import CRS, Transformer

from geo.errors import InputError
from geo.tile_matrix import WEB_MERCATOR_QUAD, TileMatrixSet, plane_rectangular

NISHINOMIYA = (135.2297, 34.6722, 135.3843, 34.8613)
PLANE = plane_rectangular(6673)


def test_web_mercator_quad_is_the_standards() -> None:
    official = json.loads((DEFINITIONSDIR / "tiles" / "WebMercatorQuad.json").read_text("utf-8"))
    ours = WEB_MERCATOR_QUAD.definition()
    assert {key: ours[key] for key in ("id", "uri", "crs", "orderedAxes")} == {
        key: official[key] for key in ("id", "uri", "crs", "orderedAxes")
    }
    matrices = ours["tileMatrices"]
    assert isinstance(matrices, list)
    assert len(matrices) == len(official["tileMatrices"])
    for mine, theirs in zip(matrices, official["tileMatrices"], strict=True):
        for key in ("id", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"):
            assert mine[key] == theirs[key]
        assert mine["cellSize"] == pytest.approx(theirs["cellSize"], rel=1e-12)
        assert mine["scaleDenominator"] == pytest.approx(theirs["scaleDenominator"], rel=1e-9)
        assert mine["pointOfOrigin"] == pytest.approx(theirs["pointOfOrigin"], rel=1e-12)


@pytest.mark.parametrize(
    ("epsg", "name"),
    [(6669, "I"), (6672, "IV"), (6673, "V"), (6677, "IX"), (6678, "X"), (6679, "XI"), (6687, "XIX"), (2447, "V")],
)
def test_every_zone_has_a_set(epsg: int, name: str) -> None:
    found = plane_rectangular(epsg)
    assert (found.id, found.srid) == (f"JapanPlaneRectangular{name}", epsg)


def test_a_system_that_is_no_zone_has_none() -> None:
    with pytest.raises(InputError, match="3857"):
        plane_rectangular(3857)


def test_plane_definition_follows_the_axes_of_its_system() -> None:
    definition = PLANE.definition()
    axes = CRS.from_epsg(6673).axis_info
    assert [axis.abbrev for axis in axes] == definition["orderedAxes"]
    assert axes[0].direction == "north"
    matrices = definition["tileMatrices"]
    assert isinstance(matrices, list)
    north, east = matrices[10]["pointOfOrigin"]
    assert (north, east) == (PLANE.north, PLANE.west)
    sizes = [matrix["cellSize"] for matrix in matrices]
    assert all(a == 2 * b for a, b in itertools.pairwise(sizes))
    assert sizes[17] == 1.0


def test_one_zoom_is_one_scale_in_both_sets() -> None:
    # The scale of Web Mercator on the ground at 35 degrees north is its nominal one times cos(35 degrees).
    ratio = WEB_MERCATOR_QUAD.cell_size_m(14) * 0.819152 / PLANE.cell_size_m(14)
    assert 0.97 < ratio < 1.0


@given(
    st.sampled_from([WEB_MERCATOR_QUAD, PLANE]),
    st.integers(6, 18),
    st.floats(134.2, 136.5),
    st.floats(33.5, 36.0),
)
def test_a_position_lies_in_the_tile_that_is_found_for_it(
    scheme: TileMatrixSet, zoom: int, lon: float, lat: float
) -> None:
    found = list(scheme.tiles((lon, lat, lon, lat), zoom))
    assert found
    x, y = Transformer.from_crs(6668, scheme.srid, always_xy=True).transform(lon, lat)
    inside = [
        (column, row)
        for column, row in found
        if scheme.tile_box(zoom, column, row)[0] - 1e-6 <= x <= scheme.tile_box(zoom, column, row)[2] + 1e-6
        and scheme.tile_box(zoom, column, row)[1] - 1e-6 <= y <= scheme.tile_box(zoom, column, row)[3] + 1e-6
    ]
    assert inside
    box = scheme.lonlat_box(zoom, *inside[0])
    assert box is not None
    assert box[0] - 1e-7 <= lon <= box[2] + 1e-7
    assert box[1] - 1e-7 <= lat <= box[3] + 1e-7


@given(st.integers(8, 17), st.integers(0, 3), st.integers(0, 3))
def test_children_cover_their_parent(zoom: int, right: int, down: int) -> None:
    column, row, *_ = WEB_MERCATOR_QUAD.tile_range(NISHINOMIYA, zoom) or (0, 0, 0, 0)
    column, row = column + right, row + down
    west, south, east, north = WEB_MERCATOR_QUAD.tile_box(zoom, column, row)
    children = [WEB_MERCATOR_QUAD.tile_box(zoom + 1, column * 2 + i, row * 2 + j) for i in (0, 1) for j in (0, 1)]
    together = tuple(
        edge(values) for edge, values in zip((min, min, max, max), zip(*children, strict=True), strict=True)
    )
    assert together == pytest.approx((west, south, east, north))


def test_a_margin_widens_what_touches() -> None:
    inner = WEB_MERCATOR_QUAD.lonlat_box(14, 14350, 6500)
    assert inner is not None
    just_beyond = (inner[2] + 1e-5, inner[1] + 1e-5, inner[2] + 2e-5, inner[1] + 2e-5)
    assert (14350, 6500) not in set(WEB_MERCATOR_QUAD.tiles(just_beyond, 14))
    assert (14350, 6500) in set(WEB_MERCATOR_QUAD.tiles(just_beyond, 14, 1 / 64))


def test_outside_of_the_domain_there_is_nothing() -> None:
    assert PLANE.lonlat_box(10, 0, 0) is None
    assert PLANE.tile_range((-120, 30, -119, 31), 10) is None
    assert list(PLANE.tiles((0, 0, 1, 1), 5)) == []
