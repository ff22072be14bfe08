"""What a writer sends that cannot be honoured: each is refused with its reasons, none with 500, and nothing changes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.database.connect import connect
from services.http.app import Face
from tests.services.database.rows import contents
from tests.services.http.conftest import Desk, SmallCity, account_of, client_of

ITEMS = "emergency-sites/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
HERE = {"type": "Point", "coordinates": [135.34, 34.73]}


@pytest.fixture(scope="module")
def refusing(small_city: SmallCity) -> Iterator[Desk]:
    """A desk at which nothing that is sent is taken; after all tests of this module the city is as it was."""

    def state() -> list[Any]:
        with connect(small_city.database.urls.owner) as connection:
            return contents(connection, "core.emergency_sites") + contents(connection, "ngis.edit")

    before = state()
    auth = account_of(small_city)
    with client_of(small_city, Face.INTERNAL) as client:
        yield Desk(small_city, client, auth)
    assert state() == before


def feature(position: Any = HERE, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": position, "properties": {"name": "公園", **properties}}


def refused(desk: Desk, status: int, method: str, path: str, content: Any, **headers: str) -> dict[str, Any]:
    answer = desk.send(method, path, content, auth=None, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert "SQL" not in answer.text.replace("SQL文字列", "")
    return found


# --- 400: what cannot be read ----------------------------------------------------------------------------------

DEEP = b'{"type":"Feature","geometry":null,"properties":{"name":' + b"[" * 5_000 + b"]" * 5_000 + b"}}"
UNREADABLE = [
    b"",
    b"{",
    b"name=x",
    b"\xff\xfe{\x00",
    "{}".encode("utf-16"),
    b"\xef\xbb\xbf{}",
    b'{"type":"Feature","type":"Feature"}',
    b'{"type":"Feature","geometry":null,"properties":{"name":"a","name":"b"}}',
    b'{"properties":{"elevation_m":NaN}}',
    b'{"properties":{"elevation_m":Infinity}}',
    b'{"properties":{"elevation_m":-Infinity}}',
    b'{"properties":{"elevation_m":1e400}}',
    b'{"properties":{"elevation_m":-1e999}}',
    b'{"properties":{"elevation_m":' + b"9" * 5_000 + b"}}",
    b'{"properties":{"elevation_m":0.' + b"1" * 5_000 + b"}}",
    b'{"properties":{"name":"\\ud800"}}',
    b'{"properties":{"\\udc00":1}}',
    b'{"a":1}{"b":2}',
    b"{'type':'Feature'}",
    b"[" * 100_000,
    b"{" * 100_000,
    b'{"a":' * 100_000,
    DEEP,
    b'{"properties":{"name":"\x00"}}',
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("content", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_json(refusing: Desk, method: str, content: bytes) -> None:
    path = ITEMS if method == "POST" else f"{ITEMS}/s1"
    assert refused(refusing, 400, method, path, content)["detail"]


def test_a_duplicate_at_the_end_of_many_members_is_found_at_once(refusing: Desk) -> None:
    members = ",".join(f'"m{number}":0' for number in range(60_000))
    refused(refusing, 400, "POST", ITEMS, f'{{{members},"m59999":0}}'.encode())


@pytest.mark.parametrize(
    "query",
    ["bogus=1", "note=", "note=%00", "note=a%0Ab", f"note={'x' * 501}", "note=a&note=b", "f=csv", "crs=x", "limit=1"],
)
def test_what_is_no_parameter(refusing: Desk, query: str) -> None:
    refused(refusing, 400, "POST", f"{ITEMS}?{query}", feature())
    refused(refusing, 400, "DELETE", f"{ITEMS}/s1?{query}", None)


@pytest.mark.parametrize(
    "crs", ["EPSG:6673", f"{EPSG}2451", f"<{EPSG}6673", "<>", "", f"{EPSG}6673, {EPSG}6668", "'--"]
)
def test_a_system_that_is_not_served(refusing: Desk, crs: str) -> None:
    assert "Content-Crs" in refused(refusing, 400, "POST", ITEMS, feature(), content_crs=crs)["detail"]
    refused(refusing, 400, "PATCH", f"{ITEMS}/s1", {"geometry": HERE}, content_crs=crs)


def test_content_without_its_type(refusing: Desk) -> None:
    for method, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/s1"), ("PATCH", f"{ITEMS}/s1")):
        answer = refusing.client.request(
            method, f"/ogc/collections/{path}", content=json.dumps(feature()).encode(), auth=refusing.auth
        )
        assert answer.status_code == 400


# --- 404, 405, 413, 415 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ["nothing", "s1%00", "%27%20OR%201=1--", "..%2Fshelters", "s1/s1", "", "あ" * 500])
def test_features_that_are_not_there(refusing: Desk, item: str) -> None:
    refused(refusing, 404, "PUT", f"{ITEMS}/{item}", feature())
    refused(refusing, 404, "PATCH", f"{ITEMS}/{item}", {})
    refused(refusing, 404, "DELETE", f"{ITEMS}/{item}", None)
    refused(refusing, 404, "DELETE", f"{ITEMS}/{item}", None, if_match='"xyz"')


@pytest.mark.parametrize("number", ["0", "1", "9" * 30, "9" * 6_000, "-1", "1.0", "abc", "%00", "１", "1%20OR%201=1"])
def test_edits_that_are_not_there(refusing: Desk, number: str) -> None:
    assert refusing.client.get(f"/ogc/collections/emergency-sites/history/{number}").status_code == 404
    refused(refusing, 404, "POST", f"emergency-sites/history/{number}/undo", None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", ITEMS),
        ("PATCH", ITEMS),
        ("DELETE", ITEMS),
        ("POST", f"{ITEMS}/s1"),
        ("PUT", "emergency-sites"),
        ("DELETE", "emergency-sites/history"),
        ("PUT", "emergency-sites/history/1"),
        ("PATCH", f"{ITEMS}/s1/history"),
        ("DELETE", "/ogc"),
    ],
)
def test_methods_that_an_address_has_not(refusing: Desk, method: str, path: str) -> None:
    answer = refusing.send(method, path, feature())
    assert answer.status_code == 405
    assert method not in answer.headers["allow"]
    assert "GET" in answer.headers["allow"]


def test_too_much(refusing: Desk) -> None:
    text = "x" * 1_000_001
    refused(refusing, 413, "POST", ITEMS, feature(remarks=text))
    refused(refusing, 413, "PATCH", f"{ITEMS}/s1", {"properties": {"remarks": text}})


@pytest.mark.parametrize(
    "media_type", ["application/xml", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_types_that_are_not_taken(refusing: Desk, media_type: str) -> None:
    answer = refusing.send("POST", ITEMS, feature(), content_type=media_type)
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/geo+json, application/json")
    answer = refusing.send("PATCH", f"{ITEMS}/s1", {}, content_type=media_type)
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/merge-patch+json")
    refused(refusing, 415, "PUT", f"{ITEMS}/s1", feature(), content_type="application/merge-patch+json")
    refused(refusing, 415, "PATCH", f"{ITEMS}/s1", {}, content_type="application/json")
    refused(refusing, 415, "POST", ITEMS, feature(), content_encoding="gzip")


# --- 422: what does not fit the declaration --------------------------------------------------------------------

LINE = {"type": "LineString", "coordinates": [[135.3, 34.7], [135.4, 34.8]]}
NO_FEATURES: list[Any] = [
    b"null",
    1,
    "Feature",
    [],
    [feature()],
    {},
    {"type": "FeatureCollection", "features": [feature()]},
    {"type": "Point", "coordinates": [135.34, 34.73]},
    {"type": ["Feature"], "geometry": HERE, "properties": {"name": "x"}},
    {"type": "Feature", "geometry": HERE},
    {"type": "Feature", "properties": {"name": "x"}},
    {"type": "Feature", "geometry": HERE, "properties": None},
    {"type": "Feature", "geometry": HERE, "properties": []},
    {"type": "Feature", "geometry": HERE, "properties": "name"},
    {**feature(), "crs": {"type": "name", "properties": {"name": "EPSG:6673"}}},
    {**feature(), "place": HERE},
    {**feature(), "coordRefSys": f"{EPSG}6673"},
]


@pytest.mark.parametrize("document", NO_FEATURES, ids=range(len(NO_FEATURES)))
def test_what_is_no_feature(refusing: Desk, document: Any) -> None:
    for method, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/s1")):
        assert refused(refusing, 422, method, path, document)["errors"]


GEOMETRIES = [
    1,
    "POINT(135 34)",
    [],
    {},
    {"type": "Point"},
    {"type": None, "coordinates": [135.34, 34.73]},
    {"type": ["Point"], "coordinates": [135.34, 34.73]},
    {"type": "Point", "coordinates": None},
    {"type": "Point", "coordinates": []},
    {"type": "Point", "coordinates": [135.34]},
    {"type": "Point", "coordinates": [135.34, 34.73, 5.0]},
    {"type": "Point", "coordinates": ["135.34", "34.73"]},
    {"type": "Point", "coordinates": [True, False]},
    {"type": "Point", "coordinates": [None, None]},
    {"type": "Point", "coordinates": [[135.34, 34.73]]},
    {"type": "Point", "coordinates": {"x": 1, "y": 2}},
    {"type": "Point", "coordinates": [34.73, 135.34]},  # the axes the wrong way round
    {"type": "Point", "coordinates": [0, 0]},
    {"type": "Point", "coordinates": [139.69, 35.69]},  # Tokyo
    {"type": "Point", "coordinates": [1e39, 1e39]},
    {"type": "Point", "coordinates": [-1e300, 1e300]},
    {"type": "MultiPoint", "coordinates": [[135.34, 34.73]]},
    {"type": "GeometryCollection", "geometries": [HERE]},
    {"type": "Point", "coordinates": [135.34, 34.73], "crs": {"type": "name"}},
    LINE,
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=range(len(GEOMETRIES)))
def test_geometries_that_the_layer_does_not_take(refusing: Desk, geometry: Any) -> None:
    for method, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/s1")):
        (flaw,) = refused(refusing, 422, method, path, feature(geometry))["errors"]
        assert flaw["pointer"].startswith("#/geometry")
    for code in (6668, 6673, 3857):
        if geometry != {"type": "Point", "coordinates": [34.73, 135.34]}:
            refused(refusing, 422, "POST", ITEMS, feature(geometry), content_crs=f"{EPSG}{code}")


def test_swapped_axes_are_called_so(refusing: Desk) -> None:
    swapped = {"type": "Point", "coordinates": [34.73, 135.34]}
    found = refused(refusing, 422, "POST", f"{ITEMS}?lang=en", feature(swapped))
    assert "wrong way round" in found["errors"][0]["detail"]
    north_first = refused(refusing, 422, "POST", f"{ITEMS}?lang=en", feature(HERE), content_crs=f"{EPSG}6668")
    assert "north first" in north_first["errors"][0]["detail"]


SQL = ["' OR 1=1 --", '"; DROP TABLE core.shelters; --', "s1') UNION SELECT 1 --", "%s %(x)s {0}", "\\'"]
VALUES: list[tuple[str, Any]] = [
    ("nothing", 1),
    ("id", "x"),
    ("geometry", 1),
    ("extras", {}),
    ("load_id", 1),
    ("raw_number", 1),
    ("Name", "x"),
    ("name ", "x"),
    ("a/b~c", 1),
    *((text, 1) for text in SQL),
    ("name", None),
    ("name", 1),
    ("name", ""),
    ("name", " \u3000"),
    ("name", ["x"]),
    ("name", {"x": 1}),
    ("name", "x" * 10_001),
    ("name", "a\x07b"),
    ("elevation_m", "abc"),
    ("elevation_m", "12"),
    ("elevation_m", True),
    ("elevation_m", [1]),
    ("elevation_m", -10.001),
    ("elevation_m", 3776.5),
    ("elevation_m", 10**38),
    *(("elevation_m", text) for text in SQL),
    ("for_flood", 1),
    ("for_flood", "true"),
    ("for_flood", "○"),
    ("for_flood", []),
    ("neighbourhoods", "浜町"),
    ("neighbourhoods", []),
    ("neighbourhoods", [""]),
    ("neighbourhoods", [None]),
    ("neighbourhoods", [["浜町"]]),
    ("neighbourhoods", ["x"] * 1_001),
    ("municipality_code", "282049"),
    ("municipality_code", "西宮"),
    ("municipality_code", 28204),
    ("source_id", "other"),
    ("dataset", "other"),
    ("as_of", "1999-01-01"),
    ("fictitious", False),
    ("fictitious", 1),
    ("position_quality", "surveyed"),
    ("position_error_m", 0),
]


@pytest.mark.parametrize(("name", "value"), VALUES, ids=range(len(VALUES)))
def test_values_that_do_not_fit(refusing: Desk, name: str, value: Any) -> None:
    expected = f"#/properties/{name.replace('~', '~0').replace('/', '~1')}"
    for method, path, document in (
        ("POST", ITEMS, feature(**{name: value})),
        ("PUT", f"{ITEMS}/s1", feature(**{name: value})),
        ("PATCH", f"{ITEMS}/s1", {"properties": {name: value}}),
    ):
        (flaw,) = refused(refusing, 422, method, path, document)["errors"]
        assert flaw["pointer"] == expected
        assert flaw["detail"]


def test_everything_that_is_wrong_is_named_at_once(refusing: Desk) -> None:
    document = {
        "type": "Feature",
        "id": "other",
        "geometry": LINE,
        "properties": {"elevation_m": "high", "for_flood": "yes", "bogus": 1, "as_of": "1999-01-01"},
    }
    found = refused(refusing, 422, "PUT", f"{ITEMS}/s1", document)
    assert [flaw["pointer"] for flaw in found["errors"]] == [
        "#/id",
        "#/properties/name",
        "#/properties/for_flood",
        "#/properties/elevation_m",
        "#/properties/bogus",
        "#/properties/as_of",
        "#/geometry/type",
    ]
    assert found["title"] == "内容に問題があります"
    assert found["detail"] == "内容に7件の問題があります。"
    english = refused(refusing, 422, "PUT", f"{ITEMS}/s1?lang=en", document)
    assert english["detail"] == "The content has 7 flaws."
    assert english["errors"][1] == {"pointer": "#/properties/name", "detail": "It is required."}


def test_of_many_flaws_the_first_are_named(refusing: Desk) -> None:
    found = refused(refusing, 422, "POST", ITEMS, feature(**{f"p{number}": 0 for number in range(5_000)}))
    assert len(found["errors"]) == 100
    assert "5000" in found["detail"]


PATCHES: list[Any] = [
    b"null",
    1,
    [],
    [{"op": "remove", "path": "/properties/name"}],
    {"type": "Point"},
    {"type": None},
    {"id": "other"},
    {"id": None},
    {"properties": None},
    {"properties": 1},
    {"properties": ["name"]},
    {"properties": {"name": None}},
    {"geometry": {"type": "LineString"}},
    {"geometry": {"type": None}},
    {"geometry": {"coordinates": None}},
    {"geometry": "POINT(1 2)"},
    {"crs": "EPSG:6673"},
]


@pytest.mark.parametrize("patch", PATCHES, ids=range(len(PATCHES)))
def test_patches_that_leave_no_feature(refusing: Desk, patch: Any) -> None:
    assert refused(refusing, 422, "PATCH", f"{ITEMS}/s1", patch)["errors"]


def test_a_refusal_is_a_page_where_one_is_asked_for(refusing: Desk) -> None:
    answer = refusing.send("POST", ITEMS, feature(**{"<b>": 1}), accept="text/html")
    assert answer.status_code == 422
    assert "#/properties/&lt;b&gt;" in answer.text
