"""The OGC API over HTTP, on a small city: what is answered, in which form, and what is refused."""

import re
from typing import Any

import pytest
from pyproj import Transformer
from starlette.testclient import TestClient

from tests.services.http.conftest import look_again

ITEMS = "/ogc/collections/emergency-sites/items"


def names(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.json()["features"]]


def test_public_face_shows_what_was_published_and_nothing_else(public: TestClient) -> None:
    listed = [each["id"] for each in public.get("/ogc/collections").json()["collections"]]
    assert listed == ["emergency-sites", "catalogue"]
    for path in ("", "/items", "/items/secret-1", "/queryables", "/tiles", "/tiles/WebMercatorQuad/12/1625/3587"):
        answer = public.get(f"/ogc/collections/shelters{path}")
        assert answer.status_code == 404
        assert "未公開" not in answer.text


def test_internal_face_reads_core(internal: TestClient) -> None:
    found = internal.get("/ogc/collections/shelters/items").json()
    assert found["features"][0]["properties"]["name"] == "未公開の避難所"


def test_values_come_back_byte_for_byte(public: TestClient) -> None:
    page = public.get(f"{ITEMS}?limit=1")
    assert page.headers["content-type"] == "application/geo+json"
    assert "香櫨園<浜>公園".encode() in page.content
    feature = page.json()["features"][0]
    assert feature["properties"]["remarks"] == 'a < b & "c" \\ 改行\nなし'
    assert feature["properties"]["neighbourhoods"] == ["浜町", "川添町"]
    one = public.get(f"{ITEMS}/s1").json()
    assert (one["id"], one["geometry"], one["properties"]) == ("s1", feature["geometry"], feature["properties"])


def test_every_feature_says_where_it_comes_from(public: TestClient) -> None:
    properties = public.get(f"{ITEMS}/s4").json()["properties"]
    assert properties["fictitious"] is True
    assert (properties["source_id"], properties["dataset"], properties["as_of"]) == (
        "test-format",
        "test",
        "2024-03-31",
    )
    assert (properties["position_quality"], properties["position_error_m"]) == ("none", 1.5)
    assert not {"load_id", "raw_number", "extras"} & properties.keys()


def test_paging(public: TestClient) -> None:
    first = public.get(f"{ITEMS}?limit=3").json()
    assert (first["numberMatched"], first["numberReturned"]) == (4, 3)
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = public.get(following).json()
    assert [feature["id"] for feature in second["features"]] == ["s4"]
    assert not [link for link in second["links"] if link["rel"] == "next"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bbox=135.31,34.7,135.34,34.8", ["s1", "s2"]),
        ("bbox=135.31,34.7,0,135.34,34.8,100", ["s1", "s2"]),
        ("bbox=135.31,34.7,-170,34.8", ["s1", "s2"]),  # across 180 degrees
        ("bbox=170,34.7,135.325,34.85", ["s2", "s3"]),
        ("bbox=0,0,1,1", []),
        ("bbox=34.7,135.31,34.8,135.34&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/6668", ["s1", "s2"]),
        ("bbox=34.7,135.31,34.8,135.34&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", ["s1", "s2"]),
        ("bbox=-145000,90000,-137000,91000&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/6673", ["s1"]),
        ("for_flood=true", ["s1", "s4"]),
        ("for_flood=false", ["s2"]),
        ("name=甲山森林公園", ["s2"]),
        ("neighbourhoods=川添町", ["s1"]),
        ("elevation_m=1.5", ["s2"]),
        ("as_of=2024-03-31&for_flood=false", ["s2"]),
        ("position_quality=none", ["s4"]),
        ("sortby=-elevation_m", ["s4", "s3", "s2", "s1"]),
        ("sortby=name,elevation_m&limit=1", ["s4"]),
        ("sortby=%2Bremarks&limit=1", ["s1"]),
        ("datetime=2020-01-01T00:00:00Z/..&limit=1", ["s1"]),  # a layer without time is not restricted by one
        ("resulttype=hits", []),
        ("id=s2", ["s2"]),
        ("filter=for_flood = true AND name LIKE '%25公園'", ["s1"]),
        ("filter=S_INTERSECTS(geometry,BBOX(135.31,34.7,135.34,34.8))", ["s1", "s2"]),
        (
            "filter=S_INTERSECTS(geometry,BBOX(34.7,135.31,34.8,135.34))"
            "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/6668",
            ["s1", "s2"],
        ),
        ('filter={"op":"=","args":[{"property":"id"},"s3"]}&filter-lang=cql2-json', ["s3"]),
        ("filter=A_CONTAINS(neighbourhoods,('川添町'))", ["s1"]),
        ("filter=T_AFTER(as_of,DATE('2020-01-01')) AND for_flood=false", ["s2"]),
        ("filter=for_flood=true&bbox=135.31,34.7,135.34,34.8&position_quality=as-published", ["s1"]),
    ],
)
def test_queries(public: TestClient, query: str, expected: list[str]) -> None:
    if "6673" in query:  # northing, easting around s1 in zone V, from pyproj
        east, north = Transformer.from_crs(6668, 6673, always_xy=True).transform(135.33, 34.72)
        query = f"bbox={north - 10},{east - 10},{north + 10},{east + 10}&{query.split('&')[1]}"
    assert names(public, query) == expected


def test_hits_counts_without_features(public: TestClient) -> None:
    found = public.get(f"{ITEMS}?resulttype=hits&for_flood=true").json()
    assert (found["numberMatched"], found["numberReturned"], found["features"]) == (2, 0, [])


@pytest.mark.parametrize("code", ["6668", "4326", "6673", "3857"])
def test_answers_have_the_axis_order_of_their_crs(public: TestClient, code: str) -> None:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    answer = public.get(f"{ITEMS}?limit=1&crs={uri}")
    assert answer.headers["content-crs"] == f"<{uri}>"
    # Without always_xy pyproj gives the order that the authority defines.
    expected = Transformer.from_crs(6668, int(code)).transform(34.72, 135.33)
    assert answer.json()["features"][0]["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-3)


def test_properties_and_skip_geometry(public: TestClient) -> None:
    feature = public.get(f"{ITEMS}?properties=name,for_flood&skipGeometry=true&limit=1").json()["features"][0]
    assert feature["geometry"] is None
    assert list(feature["properties"]) == ["name", "for_flood"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=１０",
        "limit=1e9",
        "offset=-1",
        "offset=99999999999999999999999",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "bbox=0,0,inf,1",
        "bbox=a,b,c,d",
        "bbox=0,5,1,1",
        "bbox-crs=http://www.opengis.net/def/crs/EPSG/0/6668",
        "bbox=0,0,1,1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2451",
        "crs=EPSG:9999",
        "datetime=yesterday",
        "datetime=2024-01-01T00:00:00",
        "datetime=2025-01-01/2024-01-01",
        "sortby=nothing",
        "properties=name,nothing",
        "resulttype=count",
        "skipGeometry=maybe",
        "elevation_m=high",
        "elevation_m=nan",
        "for_flood=perhaps",
        "as_of=2024-02-30",
        "name=%00",
        "unheard_of=1",
        "filter=elevation_m = 'abc'",
        "filter=nothing = 1",
        "filter=name = ",
        "filter=name = 'a'&filter-lang=cql2-json",
        "filter={}&filter-lang=cql2-json",
        "filter=name='a'&filter-lang=ecql",
        "filter=S_INTERSECTS(geometry,POINT(nan 1))",
        "filter=S_INTERSECTS(geometry,POINT(1 1))&filter-crs=EPSG:9999",
        "load_id=1",
        "extras=1",
        "name=a&name=b",
        "f=exe",
    ],
)
def test_what_cannot_be_honoured_is_a_400_problem(public: TestClient, query: str) -> None:
    answer = public.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert body["detail"]


INJECTIONS = ["' OR 1=1 --", '"; DROP TABLE core.shelters; --', "s1') UNION SELECT 1 --", "%s %(x)s {0}", "\\'"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_values_is_a_value(public: TestClient, text: str) -> None:
    for query in ({"name": text}, {"municipality_code": text}, {"neighbourhoods": text}):
        answer = public.get(ITEMS, params=query)
        assert answer.status_code == 200
        assert answer.json()["numberMatched"] == 0
    for query in ({"sortby": text}, {"properties": text}, {text: "1"}, {"bbox": text}, {"limit": text}):
        assert public.get(ITEMS, params=query).status_code == 400
    assert public.get(f"{ITEMS}/{text}").status_code in (404,)
    assert public.get(ITEMS).json()["numberMatched"] == 4


def test_collection_says_licence_source_date_and_that_it_is_fictitious(public: TestClient) -> None:
    found = public.get("/ogc/collections/emergency-sites?lang=ja").json()
    assert "架空データ" in found["title"]
    assert found["description"].startswith("【架空データ】")
    assert (found["fictitious"], found["asOf"], found["license"]) == (True, "2024-03-31", "CC-BY-4.0")
    assert found["attribution"] == "試験市（架空データ）"
    assert [link["href"] for link in found["links"] if link["rel"] == "license"]
    assert found["extent"]["spatial"]["bbox"] == [[135.30, 34.72, 135.33, 34.83]]
    english = public.get("/ogc/collections/emergency-sites", headers={"Accept-Language": "en-GB,en;q=0.9"}).json()
    assert english["title"] == "Designated emergency evacuation sites (fictitious data)"


def test_queryables_have_titles_types_and_units(public: TestClient) -> None:
    found = public.get("/ogc/collections/emergency-sites/queryables?lang=en").json()["properties"]
    assert found["elevation_m"] == {"title": "Elevation", "type": "number", "x-ogc-unit": "m"}
    assert found["for_flood"]["type"] == "boolean"
    schema = public.get("/ogc/collections/emergency-sites/schema?lang=ja").json()["properties"]
    assert schema["elevation_m"]["title"] == "標高"


def test_conformance_declares_what_is_there(public: TestClient) -> None:
    declared = public.get("/ogc/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in declared
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in declared
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt" in declared
    assert "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions" in declared
    assert not [each for each in declared if "features-4" in each]


def test_queryables_are_what_can_be_asked_for(public: TestClient) -> None:
    document = public.get("/ogc/collections/emergency-sites/queryables").json()
    assert document["properties"]["geometry"] == {"format": "geometry-point", "x-ogc-role": "primary-geometry"}
    assert document["properties"]["id"]["x-ogc-role"] == "id"
    assert document["additionalProperties"] is False
    for name, queryable in document["properties"].items():
        if name == "geometry":
            continue
        assert public.get(ITEMS, params={"filter": f'"{name}" IS NULL'}).status_code == 200
        value = {"string": "x", "boolean": "true", "number": "1", "integer": "1", "array": "x"}[queryable["type"]]
        if queryable.get("format") == "date":
            value = "2024-03-31"
        if "oneOf" not in queryable:
            assert public.get(ITEMS, params={name: value}).status_code == 200, name


def test_openapi_lists_only_what_is_answered(public: TestClient) -> None:
    document = public.get("/ogc/openapi").json()
    assert document["servers"][0]["url"] == "http://127.0.0.1:8000/ogc"
    assert "/collections/emergency-sites/items" in document["paths"]
    for path, operations in document["paths"].items():
        if path.endswith("/execution") or path.startswith("/jobs/"):
            continue  # see tests of processes
        assert list(operations) == ["get"]
        if "{" not in path:
            assert public.get(f"/ogc{path}").status_code == 200, path


def test_links_follow_the_address_used(public: TestClient) -> None:
    for host in ("127.0.0.1:8000", "localhost:8000"):
        links = public.get("/ogc/collections", headers={"Host": host}).json()["links"]
        assert all(link["href"].startswith(f"http://{host}/ogc/") for link in links)


PAGES = [
    "/",
    "/ogc?f=html",
    "/ogc/conformance?f=html",
    "/ogc/openapi?f=html",
    "/ogc/collections?f=html",
    "/ogc/collections/emergency-sites?f=html",
    "/ogc/collections/emergency-sites/queryables?f=html",
    "/ogc/collections/emergency-sites/schema?f=html",
    "/ogc/collections/emergency-sites/items?f=html",
    "/ogc/collections/emergency-sites/items/s1?f=html",
    "/ogc/collections/emergency-sites/tiles?f=html",
    "/ogc/collections/emergency-sites/tiles/WebMercatorQuad?f=html",
    "/ogc/TileMatrixSets?f=html",
    "/ogc/TileMatrixSets/WebMercatorQuad?f=html",
    "/ogc/processes?f=html",
    "/ogc/collections/catalogue?f=html",
    "/ogc/collections/catalogue/items?f=html",
    "/ogc/collections/catalogue/items/emergency-sites?f=html",
    "/ogc/collections/emergency-sites/quality?f=html",
]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_from_outside(public: TestClient, path: str, language: str) -> None:
    answer = public.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200
    page = answer.text
    assert f'lang="{language}"' in page
    for other in ("ja", "en") if path != "/" else ():  # the same page in the other language, with all that was asked
        kept = [part for part in path.partition("?")[2].split("&") if part and not part.startswith("f=")]
        assert f'href="?{"&amp;".join([*kept, "f=html", f"lang={other}"])}"' in page
    loaded = re.findall(r"<(?:script|img|iframe|source)\b[^>]*?\bsrc=\"([^\"]*)\"", page)
    loaded += re.findall(r"<link\b[^>]*?\bhref=\"([^\"]*)\"", page)
    loaded += re.findall(r"@import[^;]*|url\([^)]*\)", page)
    for address in loaded:
        assert address.startswith(("/", "http://127.0.0.1:8000/", "data:")), address
        if address.startswith(("/static", "http://127.0.0.1:8000/ogc")):
            assert public.get(address).status_code == 200, address
    assert not re.findall(r"<script\b(?![^>]*\b(?:src|type=\"application/(?:ld\+)?json\"))[^>]*>", page)
    assert not re.findall(r"\son[a-z]+=\"", page)


def test_pages_escape_what_is_in_the_data(public: TestClient) -> None:
    page = public.get(f"{ITEMS}?f=html").text
    assert "香櫨園&lt;浜&gt;公園" in page
    assert "架空データ" in page


def test_csv_carries_the_provenance(public: TestClient) -> None:
    answer = public.get(f"{ITEMS}?f=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    header = answer.text.splitlines()[0].lstrip("\ufeff").split(",")
    assert {"name", "fictitious", "as_of", "source_id"} <= set(header)


def test_tile_carries_what_a_map_needs(public: TestClient) -> None:
    answer = public.get("/ogc/collections/emergency-sites/tiles/WebMercatorQuad/12/1625/3587?f=mvt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "甲山森林公園".encode() in answer.content
    assert b"fictitious" in answer.content
    assert b"elevation_m" not in answer.content
    assert public.get("/ogc/collections/emergency-sites/tiles/WebMercatorQuad/12/0/0").status_code == 204


@pytest.mark.parametrize(
    "address", ["Other/1/0/0", "WebMercatorQuad/1/2/0", "WebMercatorQuad/99/0/0", "WebMercatorQuad/a/0/0"]
)
def test_tiles_that_do_not_exist(public: TestClient, address: str) -> None:
    answer = public.get(f"/ogc/collections/emergency-sites/tiles/{address}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_tile_follows_the_revision(own_public: TestClient, own_city: Any) -> None:
    url = "/ogc/collections/emergency-sites/tiles/WebMercatorQuad/12/1625/3587?f=mvt"
    first = own_public.get(url)
    tag = first.headers["etag"]
    assert own_public.get(url, headers={"If-None-Match": tag}).status_code == 304
    revision = own_public.get("/ogc/collections/emergency-sites").json()["revision"]
    assert "immutable" in own_public.get(f"{url}&revision={revision}").headers["cache-control"]
    assert "immutable" not in first.headers["cache-control"]
    own_city.execute("UPDATE core.emergency_sites SET name = '甲山' WHERE id = 's2'")
    assert own_public.get(url, headers={"If-None-Match": tag}).status_code == 304  # loaded is not published
    own_city.publish("emergency-sites")
    look_again(own_public.app)
    changed = own_public.get(url, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "甲山森林公園".encode() not in changed.content


def test_a_new_collection_appears_when_it_is_published(own_public: TestClient, own_city: Any) -> None:
    assert own_public.get("/ogc/collections/shelters/items").status_code == 404
    own_city.publish("shelters")
    look_again(own_public.app)
    assert own_public.get("/ogc/collections/shelters/items").json()["numberMatched"] == 1
    assert "/collections/shelters/items" in own_public.get("/ogc/openapi").json()["paths"]
