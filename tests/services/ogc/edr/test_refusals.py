"""EDR refuses what it cannot honour with a reason: coordinates that are none, unknown names, too much at once."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from services.ingest.sample import storm
from services.ogc.edr import series
from tests.services.ogc.edr.conftest import GAUGES

BAD_COORDS = [
    "",
    "135,34",
    "POINT",
    "POINT(",
    "POINT()",
    "POINT EMPTY",
    "POINT(135)",
    "POINT(135 34",
    "POINT(135,34)",
    "POINT(nan nan)",
    "POINT(NaN 34)",
    "POINT(inf 34)",
    "POINT(1e999 34)",
    "POINT(-1e999 34)",
    "POINT(181 0)",
    "POINT(0 90.1)",
    "POINT(1e300 1e300)",
    "POINT(135 34 10)",
    "POINT Z (135 34 10)",
    "POINT M (135 34 10)",
    "SRID=4326;POINT(135 34)",
    "POINT(135 34); DROP TABLE core.rain_gauges",
    "POINT(135 34)' OR '1'='1",
    "POINT(１３５ ３４)",
    "POINT(135\x0034)",
    "LINESTRING(135 34,136 35)",
    "GEOMETRYCOLLECTION(POINT(135 34))",
    "POLYGON((135 34,136 34,136 35,135 34))",
    "(" * 4000,
    "POINT(135 34)" + " " * 10_000,
    "MULTIPOINT(" + ",".join(["135 34"] * 200) + ")",
]
BAD_AREAS = [
    "POINT(135 34)",
    "POLYGON EMPTY",
    "POLYGON((135 34,136 34,136 35))",
    "POLYGON((135 34,136 34,136 35,135 35))",
    "POLYGON((135 34,136 35,136 34,135 35,135 34))",
    "POLYGON((135 34,135 34,135 34,135 34))",
    "POLYGON((0 0,1e308 0,1e308 1e308,0 0))",
    "POLYGON((" + ",".join(f"{135 + i / 1e5:.5f} 34.{i:05d}" for i in range(600)) + "))",
]


@pytest.mark.parametrize("text", BAD_COORDS)
def test_bad_positions_are_refused(rain: TestClient, text: str) -> None:
    for query in ("position?", "radius?within=5&within-units=km&"):
        answer = rain.get(f"{GAUGES}/{query}coords={quote(text)}")
        assert answer.status_code == 400, (query, answer.text)
        assert answer.json()["detail"].startswith("coords")


@pytest.mark.parametrize("text", BAD_AREAS)
def test_bad_areas_are_refused(rain: TestClient, text: str) -> None:
    assert rain.get(f"{GAUGES}/area?coords={quote(text)}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "position",
        "area",
        "cube",
        "cube?bbox=nan,0,1,1",
        "cube?bbox=0,5,1,1",
        "cube?bbox=1e999,0,1,1",
        "radius?coords=POINT(135 34)",
        "radius?coords=POINT(135 34)&within=5",
        *(f"radius?coords=POINT(135 34)&within={each}&within-units=km" for each in ("0", "-1", "nan", "inf", "x", "")),
        "radius?coords=POINT(135 34)&within=1&within-units=furlongs",
        "position?coords=POINT(135 34)&parameter-name=temperature",
        "position?coords=POINT(135 34)&parameter-name=",
        "position?coords=POINT(135 34)&parameter-name=load_id",
        "position?coords=POINT(135 34)&crs=EPSG:9999",
        "position?coords=POINT(135 34)&crs=EPSG:4326",  # latitude 135
        "position?coords=POINT(135 34)&datetime=yesterday",
        "position?coords=POINT(135 34)&f=netcdf",
        "position?coords=POINT(135 34)&z=10",
        "position?coords=POINT(135 34)&coords=POINT(135 34)",
        "locations?datetime=2025-13-01",
        "locations/99901?bbox=0,0,1,1",
    ],
)
def test_bad_questions_are_refused(rain: TestClient, query: str) -> None:
    answer = rain.get(f"{GAUGES}/{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("station", ["nope", "99907", "..%2f..%2fetc", "%00", "' OR 1=1 --", "９９９０１"])
def test_stations_that_observed_nothing_are_not_there(rain: TestClient, station: str) -> None:
    answer = rain.get(f"{GAUGES}/locations/{station}")
    assert answer.status_code == 404


def test_too_much_is_refused_with_advice(rain: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "MAX_VALUES", 5 * len(storm.STATIONS) * storm.HOURS - 1)
    for form in ("CoverageJSON", "csv", "html"):
        answer = rain.get(f"{GAUGES}/cube?bbox=134,33,136,35&f={form}&lang=en")
        assert answer.status_code == 413
        assert "parameter-name" in answer.text
    assert rain.get(f"{GAUGES}/cube?bbox=134,33,136,35&parameter-name=precipitation_1h_mm").status_code == 200
