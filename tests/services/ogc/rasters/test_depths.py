"""Depths burnt from zones: three states against shapely, the worst of what touches a cell, and what is never said."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from starlette.testclient import TestClient

from geo.crs import transform_geometry
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import client_of, fill, look_again
from tests.services.ogc.rasters.conftest import (
    CITY_AREA,
    FLOOD,
    TSUNAMI,
    Tiff,
    ZoneRow,
    add_districts,
    add_zones,
    tiff,
)

COVERAGE = "/ogc/collections/hazard-tsunami/coverage"


def get(client: TestClient, query: str = "", path: str = COVERAGE) -> Tiff:
    answer = client.get(f"{path}?f=GTiff{query}")
    assert answer.status_code == 200, answer.text
    return tiff(answer.content)


def grid_of(found: Tiff) -> tuple[Any, Any, npt.NDArray[np.object_]]:
    """The middle of the cells, and their areas."""
    rows, columns = found.bands.shape[1:]
    left, bottom, right, top = found.bounds
    size_x, size_y = (right - left) / columns, (top - bottom) / rows
    x, y = np.meshgrid(left + (np.arange(columns) + 0.5) * size_x, top - (np.arange(rows) + 0.5) * size_y)
    areas = shapely.box(x - size_x / 2, y - size_y / 2, x + size_x / 2, y + size_y / 2)
    return x, y, areas


def outlines(found: Tiff, rows: tuple[ZoneRow, ...]) -> dict[str, Any]:
    return {row.id: transform_geometry(row.outline, 6668, found.crs) for row in rows}


def check(found: Tiff, rows: tuple[ZoneRow, ...], tolerance: float) -> None:
    """Every cell against its own oracle; ``tolerance``: how near to an edge a cell may be told either way."""
    x, y, areas = grid_of(found)
    state, upper = found.band("state"), found.band("depth_upper_m")
    assert not np.ma.getmaskarray(state).any()
    shapes = outlines(found, rows)
    every = shapely.union_all(list(shapes.values()))
    touched = shapely.area(shapely.intersection(areas, every)) > tolerance**2
    clear = shapely.distance(areas, every) > tolerance
    np.testing.assert_array_equal(state[touched], 2)
    assert (state[clear] != 2).all()
    city = transform_geometry(CITY_AREA, 6668, found.crs)
    decided = clear & (shapely.distance(shapely.boundary(city), shapely.points(x, y)) > tolerance)
    np.testing.assert_array_equal(state[decided], shapely.contains_xy(city, x, y)[decided].astype(int))
    # The worst of what reaches into a cell.
    for row in rows:
        here = shapely.area(shapely.intersection(areas, shapes[row.id])) > tolerance**2
        assert here.any()
        if row.upper_m is not None or row.lower_m is not None:
            least = np.inf if row.upper_m is None else row.upper_m
            assert (upper[here].filled(-1) >= np.float32(least)).all(), row.id
    known = ~np.ma.getmaskarray(upper)
    assert (state[known] == 2).all()
    assert set(np.unique(upper.compressed())) <= {
        np.float32(r.upper_m or np.inf) for r in rows if r.lower_m is not None
    }


@pytest.mark.parametrize(
    ("query", "tolerance"),
    [
        ("&scale-factor=1&bbox=135.30,34.70,135.345,34.75", 1e-9),
        ("&scale-factor=8", 1e-9),
        ("&scale-factor=40", 1e-9),
        ("&crs=[EPSG:6673]&scale-factor=6", 0.02),
        ("&crs=[EPSG:3857]&scale-factor=7", 0.02),
    ],
)
def test_three_states_and_the_worst_depth(client: TestClient, query: str, tolerance: float) -> None:
    found = get(client, query)
    rows: tuple[ZoneRow, ...] = TSUNAMI
    if "bbox" in query:
        rows = tuple(row for row in TSUNAMI if row.id in ("t1", "t2", "t7"))
    check(found, rows, tolerance)


def test_the_grid_is_that_of_the_national_elevation_model(client: TestClient) -> None:
    found = get(client, "&bbox=135.33,34.73,135.331,34.731")
    size = 0.2 / 3600
    assert found.crs == 6668
    assert found.bounds[0] / size == pytest.approx(round(found.bounds[0] / size), abs=1e-4)
    assert (found.bounds[2] - found.bounds[0]) / found.bands.shape[2] == pytest.approx(size)
    plane = get(client, "&crs=[EPSG:6673]&bbox=135.33,34.73,135.331,34.731")
    assert plane.bounds[0] % 5 == 0
    assert (plane.bounds[2] - plane.bounds[0]) / plane.bands.shape[2] == pytest.approx(5)


def test_bands_say_what_they_are(client: TestClient) -> None:
    found = get(client, "&bbox=135.33,34.73,135.331,34.731")
    assert found.descriptions == ("depth_upper_m", "depth_lower_m", "hazard_class", "state")
    assert found.tags["FICTITIOUS"] == "架空データ"
    assert "最も深い" in found.tags["BURNT"]
    assert get(client, "&properties=state,depth_upper_m&bbox=135.33,34.73,135.331,34.731").descriptions == (
        "state",
        "depth_upper_m",
    )


def at(client: TestClient, lon: float, lat: float, path: str = COVERAGE, query: str = "") -> dict[str, float | None]:
    """The bands of the cell at a place."""
    found = get(client, f"&subset=Lon({lon}),Lat({lat}){query}", path)
    values = [found.band(name)[0, 0] for name in found.descriptions]
    return {
        name: None if value is np.ma.masked else float(value)
        for name, value in zip(found.descriptions, values, strict=True)
    }


@pytest.mark.parametrize(
    ("place", "upper", "lower", "number", "state"),
    [
        ((135.325, 34.725), 1.0, 0.5, 3, 2),
        ((135.335, 34.735), 5.0, 3.0, 5, 2),  # two zones: the deeper one
        ((135.379, 34.715), float("inf"), 20.0, 8, 2),  # no upper limit is no absent depth
        ((135.315, 34.765), None, None, None, 2),  # inside, but nobody knows how deep
        ((135.355, 34.78), None, None, None, 1),  # in the hole of a zone
        ((135.402, 34.755), 0.3, 0.0, 1, 2),  # a zone that reaches into the neighbour's
        ((135.42, 34.755), None, None, None, 0),  # the neighbour, for which nothing was published
    ],
)
def test_at_a_place(
    client: TestClient,
    place: tuple[float, float],
    upper: float | None,
    lower: float | None,
    number: int | None,
    state: int,
) -> None:
    if place[0] > 135.405:  # east of all zones: the coverage ends there
        answer = client.get(f"{COVERAGE}?f=GTiff&subset=Lon({place[0]}),Lat({place[1]})")
        assert answer.status_code == 404
        sized = f"&subset=Lon(135.39:{place[0]}),Lat(34.75:{place[1]})&scale-size=Lon(30),Lat(5)"
        assert get(client, sized).band("state")[0, -1] == state
        return
    assert at(client, *place) == {
        "depth_upper_m": upper if upper is None else np.float32(upper),
        "depth_lower_m": lower if lower is None else np.float32(lower),
        "hazard_class": number,
        "state": state,
    }


def test_scenarios_are_apart(client: TestClient) -> None:
    path = "/ogc/collections/hazard-flood/coverage"
    inside_both = (135.3225, 34.7225)
    assert at(client, *inside_both, path)["depth_upper_m"] == 3.0  # the first of the list where none is named
    assert at(client, *inside_both, path, "&scenario=planned")["depth_upper_m"] == 0.5
    assert at(client, 135.355, 34.715, path, "&scenario=planned")["state"] == 1
    duration = at(client, 135.355, 34.715, path, "&scenario=duration")
    assert (duration["state"], duration["depth_upper_m"]) == (2, None)
    assert duration["hazard_class"] == 9  # depth-1 to depth-6, duration-1, duration-2, duration-3
    assert get(client, "&scenario=collapse&scale-factor=20", path).tags["SCENARIO"] == "collapse"
    refused = client.get(f"{path}?scenario=worst&lang=en")
    assert refused.status_code == 400
    assert "maximum, planned" in refused.json()["detail"]
    assert len(FLOOD) == 4


def test_json_of_a_city_is_too_much_and_says_so(client: TestClient) -> None:
    answer = client.get(f"{COVERAGE}?f=json&lang=en")
    assert answer.status_code == 400
    assert "scale-factor" in answer.json()["detail"]
    factor = int(answer.json()["detail"].rpartition("such as ")[2].partition(",")[0])
    assert client.get(f"{COVERAGE}?f=json&scale-factor={factor}").status_code == 200


def test_the_links_of_the_catalogue_to_all_of_it_answer(client: TestClient) -> None:
    links = client.get("/ogc/collections/catalogue/items/hazard-tsunami?f=json").json()["links"]
    found = [each["href"] for each in links if "/coverage?f=" in each["href"]]
    assert any("f=json&scale-factor=" in each for each in found)
    assert {each: client.get(each).status_code for each in found} == dict.fromkeys(found, 200)


# --- where nothing is known ------------------------------------------------------------------------------------


@pytest.fixture
def bare(database: DatabaseUnderTest) -> Iterator[tuple[Any, TestClient]]:
    """A city with zones of a tsunami, but no published municipalities."""
    city = fill(database)
    add_zones(city, "hazard_tsunami", TSUNAMI)
    with client_of(city) as client:
        yield city, client


def test_without_municipalities_nothing_is_outside(bare: tuple[Any, TestClient]) -> None:
    city, client = bare
    before = client.get(f"{COVERAGE}?f=GTiff&scale-factor=20")
    assert set(np.unique(tiff(before.content).band("state"))) == {0, 2}
    add_districts(city)
    look_again(client.app)
    after = client.get(f"{COVERAGE}?f=GTiff&scale-factor=20")
    assert after.headers["etag"] != before.headers["etag"]
    assert set(np.unique(tiff(after.content).band("state"))) == {0, 1, 2}


def test_a_hazard_of_which_nothing_is_published_has_no_coverage(bare: tuple[Any, TestClient]) -> None:
    _, client = bare
    assert client.get("/ogc/collections/hazard-storm-surge/coverage?f=GTiff").status_code == 404
