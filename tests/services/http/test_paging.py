"""Paging by id, counting, and the further forms of items."""

import itertools
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.ogc.features import statements
from tests.services.http.conftest import SmallCity, client_of

ITEMS = "/ogc/collections/emergency-sites/items"
ROWS = 57


def add_rows(city: SmallCity, first: int, last: int) -> None:
    city.execute(
        "INSERT INTO core.emergency_sites (id, name, elevation_m, geometry, source_id, dataset, as_of, fictitious, "
        "position_quality, load_id, raw_number) SELECT 'n' || to_char(n, 'FM00000'), 'site ' || n, n %% 7, "
        "ST_SetSRID(ST_MakePoint(135.30 + n * 1e-5, 34.75), 6668), 'test-format', 'test', '2024-03-31', true, "
        "'as-published', 1, n FROM generate_series(%s::int, %s::int) AS n",
        (first, last),
    )
    city.publish("emergency-sites")


def walk(client: TestClient, query: str) -> list[dict[str, Any]]:
    """Every page from the first on, by its next links."""
    pages = [client.get(f"{ITEMS}?{query}").json()]
    while following := [link["href"] for link in pages[-1]["links"] if link["rel"] == "next"]:
        assert len(following) == 1
        answer = client.get(following[0])
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        assert len(pages) < 100
    return pages


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [feature["id"] for page in pages for feature in page["features"]]


@pytest.fixture
def city(own_city: SmallCity) -> SmallCity:
    add_rows(own_city, 1, ROWS)
    return own_city


@pytest.mark.parametrize(
    "query",
    [
        "limit=10",
        "limit=61",  # the whole, exactly: no page behind it
        "limit=20&elevation_m=3",
        "limit=4&bbox=135.29,34.7,135.3004,34.76",
        "limit=7&sortby=-elevation_m",
        "limit=9&properties=name&skipGeometry=true&lang=en",
        "limit=10&f=jsonfg&crs=http://www.opengis.net/def/crs/EPSG/0/6673",
    ],
)
def test_pages_are_the_whole_without_gap_or_repetition(city: SmallCity, query: str) -> None:
    with client_of(city) as client:
        pages = walk(client, query)
        rest = "&".join(part for part in query.split("&") if not part.startswith("limit="))
        whole = client.get(f"{ITEMS}?limit=10000&{rest}").json()
    assert ids(pages) == [feature["id"] for feature in whole["features"]]
    assert len(set(ids(pages))) == len(ids(pages)) == whole["numberMatched"]
    assert {page["numberMatched"] for page in pages} == {whole["numberMatched"]}
    assert all(page["numberReturned"] == len(page["features"]) > 0 for page in pages)


def test_back_leads_to_where_one_came_from(city: SmallCity) -> None:
    with client_of(city) as client:
        pages = walk(client, "limit=10")
        for before, after in itertools.pairwise(pages):
            back = next(link["href"] for link in after["links"] if link["rel"] == "prev")
            assert ids([client.get(back).json()]) == ids([before])
        assert not [link for link in pages[0]["links"] if link["rel"] == "prev"]


def test_paging_by_id_goes_on_where_rows_were_added_before(city: SmallCity) -> None:
    with client_of(city) as client:
        first = client.get(f"{ITEMS}?limit=20").json()
        add_rows(city, 100, 130)  # behind
        city.execute("DELETE FROM core.emergency_sites WHERE id = 'n00005'")
        city.publish("emergency-sites")
        following = next(link["href"] for link in first["links"] if link["rel"] == "next")
        second = client.get(following).json()
        assert ids([second])[0] == "n00021"


def test_matches_that_are_costly_to_count_are_not_guessed(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "COUNT_COST", 0.0)
    monkeypatch.setattr(statements, "COUNTED_IN_BOX", ROWS - 1)
    with client_of(city) as client:
        few = client.get(f"{ITEMS}?limit=50&elevation_m=3").json()
        assert few["numberMatched"] == 9  # all of them are here; one of them was there before
        pages = walk(client, "limit=10&bbox=135.29,34.7,135.31,34.76")
        assert all("numberMatched" not in page for page in pages)
        assert len(ids(pages)) == ROWS
        by_height = walk(client, "limit=10&filter=elevation_m > -1000")
        assert all("numberMatched" not in page for page in by_height)
        hits = client.get(f"{ITEMS}?resulttype=hits&bbox=135.29,34.7,135.31,34.76").json()
        assert hits["numberMatched"] == ROWS  # asked for the number alone, it is exact
        page = client.get(f"{ITEMS}?f=html&lang=en&bbox=135.29,34.7,135.31,34.76")
        assert "not counted" in page.text


def test_json_fg(public: TestClient) -> None:
    plane = "http://www.opengis.net/def/crs/EPSG/0/6673"
    plain = public.get(f"{ITEMS}?limit=4").json()
    answer = public.get(f"{ITEMS}?limit=4&crs={plane}", headers={"Accept": "application/vnd.ogc.fg+json"})
    assert answer.headers["content-type"] == "application/vnd.ogc.fg+json"
    found = answer.json()
    assert "http://www.opengis.net/spec/json-fg-1/1.0/conf/core" in found["conformsTo"]
    assert (found["featureType"], found["coordRefSys"]) == ("emergency-sites", plane)
    assert public.get(found["featureSchema"]).status_code == 200
    in_plane = public.get(f"{ITEMS}?limit=4&crs={plane}").json()
    for feature, wgs84, placed in zip(found["features"], plain["features"], in_plane["features"], strict=True):
        assert feature["geometry"] == wgs84["geometry"]  # for readers of GeoJSON
        assert feature["place"] == placed["geometry"]
        assert feature["time"] is None
        assert feature["properties"] == wgs84["properties"]
    one = public.get(f"{ITEMS}/s1?f=jsonfg").json()
    assert (one["place"], one["geometry"]) == (None, plain["features"][0]["geometry"])
    assert one["featureType"] == "emergency-sites"


def test_json_fg_has_the_time_of_observations(loaded_city: Any) -> None:
    with client_of(SmallCity(loaded_city)) as client:
        for name in ("json", "jsonfg"):
            answer = client.get(f"/ogc/collections/rain-observations/items?limit=3&f={name}")
            assert answer.status_code == 200
        for feature in answer.json()["features"]:
            stamp = feature["time"]["timestamp"]
            assert stamp.endswith("Z")
            assert feature["properties"]["observed_at"].startswith(stamp[:19])


def test_every_form_is_linked(public: TestClient) -> None:
    for path in (f"{ITEMS}?limit=2&for_flood=true", f"{ITEMS}/s1?lang=en"):
        for name in ("json", "jsonfg", "html", "jsonld"):
            answer = public.get(f"{path}&f={name}" if "?" in path else f"{path}?f={name}")
            assert answer.status_code == 200
            if name in ("html", "jsonld"):
                continue
            links = answer.json()["links"]
            assert len([link for link in links if link["rel"] == "self"]) == 1
            for link in links:
                assert public.get(link["href"]).status_code == 200, link


def test_domains_that_occur(public: TestClient) -> None:
    answer = public.get("/ogc/collections/emergency-sites/queryables?profile=actual-domain")
    assert answer.status_code == 200
