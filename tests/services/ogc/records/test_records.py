"""The catalogue as OGC API Records: what a record says, and what a search finds, in both languages."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from geo.errors import InputError
from services.http.app import Face
from services.ogc.configuration import pygeoapi_config
from tests.services.http.conftest import SmallCity, client_of

PATH = "/ogc/collections/catalogue"
LAYERS = ["emergency-sites", "shelters", "rain-gauges", "rain-observations", "elevation"]


def found(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"{PATH}/items?limit=100&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["numberMatched"] == len(answer.json()["features"])
    return [record["id"] for record in answer.json()["features"]]


def one(client: TestClient, layer: str, language: str = "ja") -> dict[str, Any]:
    answer = client.get(f"{PATH}/items/{layer}?lang={language}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    record: dict[str, Any] = answer.json()
    return record


def test_there_is_a_record_for_each_layer_that_is_served(client: TestClient, city: SmallCity) -> None:
    assert sorted(found(client, "")) == sorted(LAYERS)
    served = {each["id"] for each in client.get("/ogc/collections").json()["collections"]}
    assert served == {*LAYERS, "catalogue"}
    with client_of(city, Face.INTERNAL) as internal:
        assert set(found(internal, "")) > set(LAYERS)


def test_every_record_has_what_the_standard_asks_for(client: TestClient) -> None:
    for record in client.get(f"{PATH}/items?limit=100").json()["features"]:
        assert (record["type"], record["properties"]["type"]) == ("Feature", "dataset")
        assert "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core" in record["conformsTo"]
        ring = record["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert {"time", "links"} <= record.keys()
        told = record["properties"]
        assert {
            "title",
            "description",
            "keywords",
            "language",
            "created",
            "updated",
            "license",
            "rights",
        } <= told.keys()
        assert {role for contact in told["contacts"] for role in contact["roles"]} >= {
            "publisher", "pointOfContact", "originator",
        }  # fmt: skip
        assert all("name" in contact or "organization" in contact for contact in told["contacts"])
        assert all(theme["scheme"] and theme["concepts"][0]["id"] for theme in told["themes"])
        relations = [link["rel"] for link in record["links"]]
        assert relations.count("collection") == relations.count("self") == 1
        assert {"alternate", "license", "describedby", "data"} <= set(relations)


def test_every_link_into_the_service_leads_somewhere(client: TestClient) -> None:
    for layer in LAYERS:
        for link in one(client, layer)["links"]:
            if link["href"].startswith("http://127.0.0.1:8000/"):
                answer = client.get(link["href"])
                assert answer.status_code == 200, (link, answer.text[:300])
                assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0], link


def test_a_record_says_licence_source_and_date(client: TestClient) -> None:
    sites = one(client, "emergency-sites")
    told = sites["properties"]
    assert told["title"] == "指定緊急避難場所（架空データ）"
    assert (told["license"], told["rights"], told["fictitious"]) == ("CC-BY-4.0", "試験市（架空データ）", True)
    assert sites["time"] == {"date": "2024-03-31"}
    assert {"name": "CSV", "mediaType": "text/csv"} in told["formats"]
    shelters = one(client, "shelters")
    assert shelters["properties"]["license"] == "other", "one of its licences is not on the SPDX list"
    assert {link["href"] for link in shelters["links"] if link["rel"] == "license"} == {
        "https://creativecommons.org/licenses/by/4.0/deed.ja",
        "https://www.gsi.go.jp/kikakuchousei/kikakuchousei40182.html",
    }
    assert [link["href"] for link in shelters["links"] if link["rel"] == "via"] == ["https://example.jp/list?a=1&b=2"]
    assert shelters["properties"]["externalIds"] == [{"scheme": "source", "value": "gsi-28204"}]
    assert shelters["time"] == {"interval": ["2020-01-01", "2024-03-31"]}
    gauges = one(client, "rain-gauges")
    assert gauges["time"] == {"interval": ["2025-09-14T16:00:00Z", "2025-09-22T15:00:00Z"], "resolution": "PT3600S"}
    assert one(client, "rain-observations")["time"]["interval"] == gauges["time"]["interval"]


def test_in_english(client: TestClient) -> None:
    told = one(client, "emergency-sites", "en")["properties"]
    assert told["title"] == "Designated emergency evacuation sites (fictitious data)"
    assert told["language"]["code"] == "en"
    assert told["contacts"][0]["name"].startswith("Disaster Countermeasures")
    assert client.get(f"{PATH}?lang=en").json()["title"] == "Catalogue of layers"
    assert client.get(PATH).json()["title"] == "レイヤーの目録"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=観測所", {"rain-gauges", "rain-observations"}),
        ("q=DEM", {"elevation"}),
        ("q=ｄｅｍ", {"elevation"}),  # full width
        ("q=gauges,観測値", {"rain-gauges", "rain-observations"}),
        ("q=Rain gauges", {"rain-gauges"}),
        ("q=gauges Rain", set()),  # words in this order
        ("q=rain  %09 observations", {"rain-observations"}),
        ("q=1時間雨量", {"rain-observations"}),  # the name of a field
        ("q=.*", set()),
        ("q='; DROP TABLE core.shelters; --", set()),
        ("q=,", set()),
        ("ids=shelters,elevation,nowhere", {"shelters", "elevation"}),
        ("ids=..%2f..", set()),
        ("externalIds=gsi-28204", {"shelters"}),
        ("externalIds=source:gsi-28204", {"shelters"}),
        ("externalIds=other:gsi-28204", set()),
        ("externalIds=source:", {"shelters"}),
        ("type=dataset", set(LAYERS)),
        ("type=service", set()),
        ("type=service,dataset", set(LAYERS)),
        ("theme=evacuation", {"emergency-sites", "shelters"}),
        ("theme=evacuation,base&q=DEM", {"elevation"}),
        ("license=CC-BY-4.0&theme=evacuation", {"emergency-sites"}),
        ("fictitious=true&theme=evacuation", {"emergency-sites"}),
        ("bbox=135.305,34.755,135.31,34.76", {"emergency-sites", "elevation", "rain-gauges", "rain-observations"}),
        ("bbox=0,0,1,1", set()),
        ("bbox=170,-90,-170,90", set()),
        ("bbox=135.1,34,-170,35&ids=elevation", {"elevation"}),
        ("bbox=135,34,0,136,35,9&ids=elevation", {"elevation"}),
        ("datetime=2025-09-20T00:00:00Z", {"rain-gauges", "rain-observations"}),
        ("datetime=2024-03-31", {"emergency-sites", "shelters", "elevation"}),
        ("datetime=../2020-06-01", {"shelters"}),
        ("datetime=2030-01-01/..", set()),
        ("q=&bbox=&datetime=&ids=shelters&offset=&sortby=", {"shelters"}),  # without a value: not there
    ],
)
def test_searches(client: TestClient, query: str, expected: set[str]) -> None:
    assert set(found(client, query)) == expected


def test_sorting(client: TestClient) -> None:
    assert found(client, "") == found(client, "sortby="), "the order of the layers"
    assert found(client, "sortby=id") == sorted(LAYERS)
    assert found(client, "sortby=-id") == sorted(LAYERS, reverse=True)
    by_theme = found(client, "sortby=theme,-id")
    assert by_theme == ["elevation", "shelters", "emergency-sites", "rain-observations", "rain-gauges"]
    english = [
        record["properties"]["title"] for record in client.get(f"{PATH}/items?sortby=title&lang=en").json()["features"]
    ]
    assert english == sorted(english)
    updated = [
        record["properties"]["updated"] for record in client.get(f"{PATH}/items?sortby=-updated").json()["features"]
    ]
    assert updated == sorted(updated, reverse=True)


def test_paging(client: TestClient) -> None:
    address: str | None = f"{PATH}/items?limit=2&sortby=id&q=a,あ,い,の"
    seen: list[str] = []
    while address is not None:
        page = client.get(address).json()
        assert page["numberReturned"] == len(page["features"]) <= 2
        seen += [record["id"] for record in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == sorted(LAYERS)
    assert [link["rel"] for link in page["links"]].count("prev") == 1
    assert client.get(f"{PATH}/items?offset=99").json()["features"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "offset=-1",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "datetime=then",
        "sortby=password",
        "fictitious=maybe",
        "colour=red",
        "q=a&q=b",
        "f=marc",
        f"q={'x' * 2000}",
        "filter=title='x'",
    ],
)
def test_bad_searches_are_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"{PATH}/items?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("identifier", ["nope", "catalogue", "..%2f..", "%00", "' OR 1=1"])
def test_what_is_not_in_it_is_not_there(client: TestClient, identifier: str) -> None:
    assert client.get(f"{PATH}/items/{identifier}").status_code == 404


def test_other_pages_of_collections_are_not_taken_for_the_catalogue(client: TestClient) -> None:
    for path in ("tiles", "coverage", "quality", "position?coords=POINT(135 34)"):
        assert client.get(f"{PATH}/{path}").status_code == 404
    assert client.get("/ogc/collections/emergency-sites/items/s1").status_code == 200
    assert client.get("/ogc/collections/emergency-sites/sortables").status_code == 404


def test_the_catalogue_is_found(client: TestClient) -> None:
    relation = "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"
    for path in ("/ogc", "/ogc/collections", PATH):
        links = [link for link in client.get(path).json()["links"] if link["rel"] == relation]
        assert links, path
        assert client.get(links[0]["href"]).json()["type"] == "FeatureCollection"
    assert relation in client.get("/ogc?f=html").text
    classes = client.get("/ogc/conformance").json()["conformsTo"]
    for name in ("record-core", "record-collection", "records-api", "searchable-catalog", "sorting"):
        assert f"http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/{name}" in classes
    listed = next(each for each in client.get("/ogc/collections").json()["collections"] if each["id"] == "catalogue")
    assert listed == client.get(PATH).json()
    assert (listed["type"], listed["itemType"]) == ("Collection", "record")
    for link in listed["links"]:
        if link["href"].startswith("http://127.0.0.1:8000/"):
            assert client.get(link["href"]).status_code == 200, link


def test_queryables_and_sortables_are_those_that_work(client: TestClient) -> None:
    for name in ("queryables", "sortables", "schema"):
        answer = client.get(f"{PATH}/{name}")
        assert answer.headers["content-type"] == "application/schema+json"
        document = answer.json()
        assert document["$id"].endswith(f"/catalogue/{name}")
        assert document["type"] == "object"
    for key in client.get(f"{PATH}/sortables").json()["properties"]:
        assert found(client, f"sortby={key}")
    title = client.get(f"{PATH}/queryables?lang=en").json()["properties"]["license"]["title"]
    assert title == "Licence"


def test_pages_for_people(client: TestClient) -> None:
    listed = client.get(f"{PATH}/items?f=html&q=避難").text
    assert "指定避難所" in listed
    assert 'role="search"' in listed
    page = client.get(f"{PATH}/items/shelters?f=html").text
    assert "国の&lt;一覧&gt;" in page
    assert "品質の報告" in page
    english = client.get(f"{PATH}/items/emergency-sites?f=html&lang=en").text
    assert "Contact" in english
    assert "Fictitious data" in english
    assert client.get(f"{PATH}?f=html").status_code == 200


def test_no_layer_may_take_its_place(client: TestClient, city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = client.app.state.service.snapshot().sources.values()  # type: ignore[attr-defined]
    monkeypatch.setattr("services.ogc.records.catalogue.CATALOGUE", "shelters")
    with pytest.raises(InputError, match="shelters"):
        pygeoapi_config(city.database.settings.city, sources, {})


def test_a_record_follows_its_layer(own_records: SmallCity) -> None:
    with client_of(own_records) as client:
        before = client.get(f"{PATH}/items/emergency-sites")
        assert client.get(f"{PATH}/items/shelters").status_code == 404
        own_records.publish("shelters")
        client.app.state.service.watch._looked_at = -10.0  # type: ignore[attr-defined]
        after = client.get(f"{PATH}/items", headers={"If-None-Match": before.headers["etag"]})
        assert [each["id"] for each in after.json()["features"]] == ["emergency-sites", "shelters"]


def test_owslib(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import owslib.ogcapi
    from owslib.ogcapi.records import Records

    monkeypatch.setattr(owslib.ogcapi, "http_get", lambda url, params=None, **_: client.get(url, params=params))
    records = Records("http://127.0.0.1:8000/ogc")
    assert records.records() == ["catalogue"]
    assert "emergency-sites" in records.feature_collections()
    hits = records.collection_items("catalogue", q="DEM", bbox=[135, 34, 136, 35])
    assert [each["id"] for each in hits["features"]] == ["elevation"]
    assert records.collection_item("catalogue", "elevation")["properties"]["type"] == "dataset"
    assert "title" in records.collection_queryables("catalogue")["properties"]
