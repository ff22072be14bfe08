"""EDR over HTTP: every query against an oracle in pandas, a missing hour is null, and nothing is made up."""

import io
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from covjson_pydantic.coverage import CoverageCollection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from starlette.testclient import TestClient

from geo.crs import distance_m
from services.http.app import Face
from services.ingest.sample import storm
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.edr.conftest import GAUGES, client_of

RAIN = "precipitation_1h_mm"
WEEK = "bbox=135,34,136,35"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="module")
def hours(rain_files: Path) -> pd.Series:
    """The oracle: value by station and time of UTC, as the file has them."""
    frame = pd.read_csv(rain_files / "hours.csv", dtype={"amdno": str})
    frame["time"] = pd.to_datetime(frame["obs_time_jst"]).dt.tz_convert("UTC")
    return frame.set_index(["amdno", "time"])["precipitation1h_mm"].sort_index()


def ask(client: TestClient, query: str) -> dict[str, Any]:
    """The answer, which is valid CoverageJSON whatever was asked."""
    answer = client.get(f"{GAUGES}/{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.cov+json"
    document: dict[str, Any] = answer.json()
    CoverageCollection.model_validate_json(answer.content)
    for coverage in document["coverages"]:
        times = coverage["domain"]["axes"]["t"]["values"]
        assert times == sorted(set(times))
        assert coverage["ranges"].keys() <= document["parameters"].keys()
        for each in coverage["ranges"].values():
            assert each["shape"] == [len(times)] == [len(each["values"])]
    return document


def table(document: dict[str, Any], name: str = RAIN) -> dict[tuple[str, pd.Timestamp], float | None]:
    return {
        (coverage["id"], pd.Timestamp(time)): value
        for coverage in document["coverages"]
        for time, value in zip(
            coverage["domain"]["axes"]["t"]["values"], coverage["ranges"][name]["values"], strict=True
        )
    }


def ids(document: dict[str, Any]) -> list[str]:
    return [coverage["id"] for coverage in document["coverages"]]


def test_every_hour_is_there_and_a_missing_one_is_null(rain: TestClient, hours: pd.Series) -> None:
    found = table(ask(rain, f"cube?{WEEK}"))
    assert len(found) == len(storm.STATIONS) * storm.HOURS
    for key, value in found.items():
        assert value == hours.get(key), key
    missing = sum(value is None for value in found.values())
    assert missing == len(found) - len(hours) > 20
    peak = storm.START.astimezone(UTC) + timedelta(hours=storm.TYPHOON_HOUR)
    assert [found["99905", pd.Timestamp(peak - timedelta(hours=each))] for each in (3, 2, 1)] == [None] * 3


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        ("2025-09-20T00:00:00Z/2025-09-20T03:00:00Z", "2025-09-20T00:00:00Z", "2025-09-20T03:00:00Z"),
        ("2025-09-20T09:00:00%2B09:00/2025-09-20T12:00:00%2B09:00", "2025-09-20T00:00:00Z", "2025-09-20T03:00:00Z"),
        ("2025-09-20T00:30:00Z/2025-09-20T03:30:00Z", "2025-09-20T01:00:00Z", "2025-09-20T03:00:00Z"),
        ("2025-09-20", "2025-09-20T00:00:00Z", "2025-09-20T23:00:00Z"),
        ("2025-09-20T05:00:00Z", "2025-09-20T05:00:00Z", "2025-09-20T05:00:00Z"),
        ("../2025-09-14T18:00:00Z", "2025-09-14T16:00:00Z", "2025-09-14T18:00:00Z"),
        ("2025-09-22T14:00:00Z/..", "2025-09-22T14:00:00Z", "2025-09-22T15:00:00Z"),
    ],
)
def test_times(rain: TestClient, hours: pd.Series, interval: str, first: str, last: str) -> None:
    found = table(ask(rain, f"locations/99901?datetime={interval}"))
    expected = pd.date_range(first, last, freq="h", tz=None)
    assert [time for _, time in found] == list(expected)
    assert all(value == hours.get(key) for key, value in found.items())


def test_outside_of_all_times_is_unknown_and_not_zero(rain: TestClient) -> None:
    for query in ("locations/99901?datetime=2031-01-01/..", "locations/99901?datetime=2025-09-20T00:30:00Z"):
        found = ask(rain, query)
        assert found["coverages"] == []
        assert "0ではなく不明" in found["dct:description"]["ja"]
        assert "not zero" in found["dct:description"]["en"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lon=st.floats(135.2, 135.42), lat=st.floats(34.66, 34.87))
def test_a_position_is_answered_by_its_nearest_station_or_not_at_all(rain: TestClient, lon: float, lat: float) -> None:
    distances = {each[0]: distance_m(lon, lat, each[2], each[1]) for each in storm.STATIONS}
    nearest = min(distances, key=lambda station: distances[station])
    found = ask(rain, f"position?coords=POINT({lon!r} {lat!r})&datetime=2025-09-20&parameter-name={RAIN}")
    if distances[nearest] > 5000:
        assert found["coverages"] == []
        assert f"({nearest})" in found["dct:description"]["en"]
        return
    (coverage,) = found["coverages"]
    assert coverage["id"] == nearest
    assert coverage["distance_m"] == pytest.approx(distances[nearest], abs=0.2)
    station = next(each for each in storm.STATIONS if each[0] == nearest)
    axes = coverage["domain"]["axes"]  # the station's own place, never the one asked for
    assert (axes["x"]["values"], axes["y"]["values"]) == ([station[2]], [station[1]])


def test_several_positions(rain: TestClient) -> None:
    found = ask(rain, "position?coords=MULTIPOINT((135.345 34.7385),(135.346 34.739),(135.332 34.709),(140 35))")
    assert ids(found) == ["99901", "99902"]
    assert found["coverages"][0]["distance_m"] == 0.0


def test_radius_gives_all_within_it_the_nearest_first(rain: TestClient) -> None:
    distances = {each[0]: distance_m(135.34, 34.74, each[2], each[1]) for each in storm.STATIONS}
    expected = sorted((each for each in distances if distances[each] <= 5000), key=lambda each: distances[each])
    for within in ("5&within-units=km", "5000&within-units=m", f"{5 / 1.609344}&within-units=miles"):
        found = ask(rain, f"radius?coords=POINT(135.34 34.74)&within={within}&datetime=2025-09-20")
        assert ids(found) == expected
    assert ask(rain, "radius?coords=POINT(135.34 34.74)&within=10&within-units=m")["coverages"] == []


def test_area_and_cube(rain: TestClient) -> None:
    triangle = "POLYGON((135.3 34.7,135.4 34.7,135.4 34.8,135.3 34.7))"
    day = "datetime=2025-09-20"
    assert ids(ask(rain, f"area?coords={triangle}&{day}")) == ["99901", "99902", "99903"]
    edge = "POLYGON((135.345 34.7385,135.4 34.7385,135.4 34.74,135.345 34.74,135.345 34.7385))"
    assert ids(ask(rain, f"area?coords={edge}&{day}")) == ["99901"]
    two = (
        "MULTIPOLYGON(((135.25 34.83,135.26 34.83,135.26 34.84,135.25 34.83)),"
        "((135.33 34.7,135.34 34.7,135.34 34.71,135.33 34.71,135.33 34.7)))"
    )
    assert ids(ask(rain, f"area?coords={two}&{day}")) == ["99902", "99906"]
    assert ids(ask(rain, f"cube?bbox=135.3,34.7,135.36,34.75&{day}")) == ["99901", "99902"]
    assert len(ids(ask(rain, f"cube?bbox=135.3,34.7,-170,34.9&{day}"))) == 4  # across 180 degrees
    assert "観測所はありません" in ask(rain, "cube?bbox=0,0,1,1")["dct:description"]["ja"]


@pytest.mark.parametrize("code", ["6668", "4326", "6673", "3857"])
def test_reference_systems_have_the_axes_of_their_authority(rain: TestClient, code: str) -> None:
    first, second = Transformer.from_crs(6668, int(code)).transform(34.7385, 135.345)  # as the authority orders them
    for name in (f"{EPSG}{code}", f"EPSG:{code}"):
        found = ask(rain, f"position?coords=POINT({first} {second})&crs={name}&datetime=2025-09-20T05:00:00Z")
        assert ids(found) == ["99901"]
        assert found["coverages"][0]["distance_m"] < 0.1
        axes = found["coverages"][0]["domain"]["axes"]
        reference = found["referencing"][0]
        values = [axes[each]["values"][0] for each in reference["coordinates"]]
        assert values == pytest.approx([first, second], abs=1e-3)
        assert reference["system"]["id"] == f"{EPSG}{code}"
    box = f"{first - 1e-3},{second - 1e-3},{first + 1e-3},{second + 1e-3}"
    assert ids(ask(rain, f"cube?bbox={box}&crs={EPSG}{code}&datetime=2025-09-20")) == ["99901"]
    listed = rain.get(f"{GAUGES}/locations?crs={EPSG}{code}").json()["features"][0]
    assert listed["geometry"]["coordinates"] == pytest.approx([first, second], abs=1e-3)


def test_parameters_say_what_they_are(rain: TestClient) -> None:
    found = ask(rain, "locations/99901?datetime=2025-09-20T03:00:00Z/2025-09-20T04:00:00Z")
    rain_1h = found["parameters"][RAIN]
    assert rain_1h["unit"]["symbol"] == {"value": "mm", "type": "http://www.opengis.net/def/uom/UCUM/"}
    assert rain_1h["observedProperty"]["label"] == {"ja": "1時間雨量", "en": "Rain in 1 hour"}
    assert rain_1h["measurementType"] == {"method": "sum", "duration": "PT1H"}
    assert rain_1h["description"]["ja"].startswith("時刻までの1時間の合計")
    quality = found["parameters"]["quality"]
    assert "unit" not in quality
    assert sorted(quality["categoryEncoding"].values()) == list(range(8))
    assert table(found, "quality") == {
        ("99901", pd.Timestamp("2025-09-20T03:00:00Z")): 4,
        ("99901", pd.Timestamp("2025-09-20T04:00:00Z")): 0,
    }
    assert found["fictitious"] is True
    only = ask(rain, f"locations/99901?parameter-name={RAIN}&datetime=2025-09-20")
    assert list(only["parameters"]) == list(only["coverages"][0]["ranges"]) == [RAIN]


def test_csv(rain: TestClient, hours: pd.Series) -> None:
    answer = rain.get(f"{GAUGES}/cube?{WEEK}&f=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbfstation_id,")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n")
    frame = pd.read_csv(io.BytesIO(answer.content), dtype={"station_id": str}, encoding="utf-8-sig")
    assert frame["time"].str.endswith("+09:00").all()
    assert set(frame["parameter"]) == {RAIN}  # nothing of the others was ever observed
    assert set(frame["unit"]) == {"mm"}
    frame["time"] = pd.to_datetime(frame["time"]).dt.tz_convert("UTC")
    found = frame.set_index(["station_id", "time"])["value"]
    assert found.notna().sum() == len(hours)
    assert found.dropna().sort_index().tolist() == hours.tolist()
    graded = frame[(frame["station_id"] == "99901") & (frame["quality"] == 4)]
    assert set(graded["quality_meaning"]) == {"期間内の資料数が不足"}
    english = rain.get(f"{GAUGES}/locations/99901?f=csv&lang=en&datetime=2025-09-20T03:00:00Z")
    assert "Rain in 1 hour" in english.text
    assert "Too few data in the period" in english.text
    missing = "datetime=2025-09-20T05:00:00Z&parameter-name=precipitation_10m_mm"
    row = rain.get(f"{GAUGES}/locations/99901?f=csv&{missing}").text.splitlines()[1].split(",")
    assert row[6:10] == ["precipitation_10m_mm", "10分間雨量", "", "mm"]


def test_pages_for_people(rain: TestClient) -> None:
    page = rain.get(f"{GAUGES}/position?coords=POINT(135.34 34.74)&f=html&datetime=2025-09-20T03:00:00Z").text
    assert "欠測で、0ではありません" in page
    assert "架空中央" in page
    assert "距離: 487 m" in page
    assert "2025-09-20T12:00:00+09:00" in page
    english = rain.get(f"{GAUGES}/position?coords=POINT(140 34.74)&f=html&lang=en").text
    assert "is unknown" in english
    week = rain.get(f"{GAUGES}/locations/99901?f=html").text
    assert week.count("<tr>") <= 245
    assert "架空中央" in rain.get(f"{GAUGES}/locations?f=html").text
    assert "/locations?f=html" in rain.get(f"{GAUGES}?f=html").text


def test_locations(rain: TestClient) -> None:
    answer = rain.get(f"{GAUGES}/locations")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [each["id"] for each in features] == [each[0] for each in storm.STATIONS]
    for feature, station in zip(features, storm.STATIONS, strict=True):
        assert feature["geometry"] == {"type": "Point", "coordinates": [station[2], station[1]]}
        told = feature["properties"]
        assert (told["label"], told["datetime"].count("/")) == (station[4], 1)
        assert RAIN in told["parameter-name"]
        assert rain.get(told["edrqueryendpoint"]).json()["coverages"][0]["id"] == feature["id"]
    assert len(rain.get(f"{GAUGES}/locations?bbox=135.3,34.7,135.4,34.75").json()["features"]) == 2
    assert rain.get(f"{GAUGES}/locations?datetime=2030-01-01/..").json()["features"] == []
    assert rain.get(f"{GAUGES}/locations?f=GeoJSON").json()["numberMatched"] == 6


def test_the_collection_describes_its_queries(rain: TestClient) -> None:
    for told in (
        rain.get(GAUGES).json(),
        next(each for each in rain.get("/ogc/collections").json()["collections"] if each["id"] == "rain-gauges"),
    ):
        assert set(told["data_queries"]) == {"position", "radius", "area", "cube", "locations", "items"}
        for name, query in told["data_queries"].items():
            link = query["link"]
            assert link["href"].endswith(f"/rain-gauges/{name}")
            assert link["variables"]["query_type"] == name
            assert {each["crs"] for each in link["variables"]["crs_details"]} == set(told["crs"])
            for form in link["variables"]["output_formats"]:
                assert rain.get(f"{link['href']}?f={form}").status_code == (
                    200 if name in ("locations", "items") else 400
                )
        assert set(told["parameter_names"]) == {
            RAIN, "precipitation_10m_mm", "precipitation_3h_mm", "precipitation_24h_mm", "quality",
        }  # fmt: skip
        assert told["extent"]["temporal"] == {
            "interval": [["2025-09-14T16:00:00Z", "2025-09-22T15:00:00Z"]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
        assert {"CoverageJSON", "csv"} <= set(told["output_formats"])
    assert "data_queries" not in rain.get("/ogc/collections/rain-observations").json()
    classes = rain.get("/ogc/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/queries" in classes
    assert rain.get("/ogc/collections/rain-observations/position?coords=POINT(135 34)").status_code == 404


@pytest.fixture
def owslib(rain: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str, params: Any = None, **_more: Any) -> Any:
        return rain.get(url, params=params)

    import owslib.ogcapi

    monkeypatch.setattr(owslib.ogcapi, "http_get", get)


def test_owslib(owslib: None) -> None:
    from owslib.ogcapi.edr import EnvironmentalDataRetrieval

    client = EnvironmentalDataRetrieval("http://127.0.0.1:8000/ogc")
    assert client.data() == ["rain-gauges"]
    told = client.collection("rain-gauges")
    assert RAIN in told["parameter_names"]
    found = client.query_data("rain-gauges", "position", coords="POINT(135.34 34.74)", datetime_="2025-09-20")
    assert [each["id"] for each in found["coverages"]] == ["99901"]
    found = client.query_data("rain-gauges", "cube", bbox=[135.3, 34.7, 135.36, 34.75], datetime_="2025-09-20")
    assert len(found["coverages"]) == 2


def test_internal_face_has_it_too(rain_city: DatabaseUnderTest) -> None:
    with client_of(rain_city, Face.INTERNAL) as client:
        assert ids(ask(client, "locations/99901")) == ["99901"]
