"""Features Part 4 over HTTP: POST, PUT that replaces, PATCH that merges, DELETE, with entity tags, in every system."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import Response
from pyproj import Transformer
from starlette.testclient import TestClient

from services.database.connect import connect
from services.http.app import Face
from tests.services.database.rows import contents
from tests.services.http.conftest import Desk, SmallCity, account_of, client_of

SITES = "emergency-sites"
ITEMS = f"{SITES}/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
PARK: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [135.34, 34.73]},
    "properties": {"name": "新しい公園", "elevation_m": 3.5, "for_flood": True, "neighbourhoods": ["浜町"]},
}


def made(desk: Desk, feature: dict[str, Any] | None = None, **headers: str) -> str:
    """Address of a new feature, relative to the collections."""
    answer = desk.send("POST", ITEMS, feature or PARK, auth=None, **headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"].partition("/ogc/collections/")[2])


def version(answer: Response) -> str:
    """The part of an entity tag that says which state of the row it is of."""
    tag = re.fullmatch(r'"([0-9a-f]{16})(-[0-9a-f]+(-br|-gz)?)?"', answer.headers["etag"])
    assert tag is not None, answer.headers["etag"]
    return tag[1]


# --- what is written -------------------------------------------------------------------------------------------


def test_post_makes_a_feature_and_says_where(desk: Desk) -> None:
    answer = desk.send("POST", ITEMS, PARK)
    assert (answer.status_code, answer.content) == (201, b"")
    assert re.fullmatch(
        r"http://127\.0\.0\.1:8001/ogc/collections/emergency-sites/items/edit-\d+", answer.headers["location"]
    )
    found = desk.client.get(answer.headers["location"])
    assert version(found) == version(answer)
    feature = found.json()
    assert feature["geometry"] == PARK["geometry"]
    assert feature["properties"].items() >= PARK["properties"].items()
    assert feature["properties"]["remarks"] is None
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date().isoformat()
    provenance = {"source_id": "edits", "dataset": "edits", "as_of": today, "fictitious": True}
    assert feature["properties"].items() >= {**provenance, "position_quality": "edited"}.items()
    assert desk.read(f"{ITEMS}?limit=100")["numberMatched"] == 5


def test_put_replaces(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    answer = desk.send("PUT", address, PARK)
    assert (answer.status_code, answer.content) == (204, b"")
    feature = desk.read(address)
    assert feature["id"] == "s1"
    assert feature["properties"]["name"] == "新しい公園"
    assert feature["properties"]["remarks"] is None  # it was there, and was not sent
    assert feature["properties"]["dataset"] == "test"
    assert feature["properties"]["source_id"] == "edits"
    assert version(desk.client.get(f"/ogc/collections/{address}")) == version(answer)


def test_patch_merges(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    before = desk.read(address)
    patch = {"properties": {"elevation_m": 9, "for_flood": None, "neighbourhoods": ["新町"]}}
    answer = desk.send("PATCH", address, patch)
    assert (answer.status_code, answer.content) == (204, b"")
    after = desk.read(address)
    assert after["geometry"] == before["geometry"]
    changed = {name for name, value in after["properties"].items() if value != before["properties"][name]}
    assert changed == {"elevation_m", "for_flood", "neighbourhoods", "source_id", "as_of"}
    assert after["properties"].items() >= patch["properties"].items()
    assert after["properties"]["position_quality"] == "as-published"


def test_patch_of_a_geometry_in_parts(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    assert desk.send("PATCH", address, {"geometry": {"coordinates": [135.35, 34.75]}}).status_code == 204
    assert desk.read(address)["geometry"] == {"type": "Point", "coordinates": [135.35, 34.75]}
    assert desk.read(address)["properties"]["position_quality"] == "edited"
    assert desk.send("PATCH", address, {"geometry": None}).status_code == 204
    assert desk.read(address)["geometry"] is None
    assert desk.read(address)["properties"]["position_quality"] == "none"
    assert desk.send("PATCH", address, {"geometry": {"coordinates": [135.35, 34.75]}}).status_code == 422


def test_an_empty_patch_changes_nothing(desk: Desk) -> None:
    first = desk.client.get(f"/ogc/collections/{ITEMS}/s1")
    patches: list[dict[str, Any]] = [{}, {"properties": {}}, {"type": "Feature", "id": "s1"}]
    for patch in (*patches, {"properties": {"elevation_m": 0}}, {"geometry": {"type": "Point"}}, {"geometry": {}}):
        answer = desk.send("PATCH", f"{ITEMS}/s1", patch)
        assert (answer.status_code, version(answer)) == (204, version(first))
    assert desk.read(f"{SITES}/history")["numberMatched"] == 0


def test_delete(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    answer = desk.send("DELETE", address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert desk.client.get(f"/ogc/collections/{address}").status_code == 404
    for method in ("DELETE", "PUT", "PATCH"):
        assert desk.send(method, address, None if method == "DELETE" else PARK).status_code == 404
    assert desk.read(f"{ITEMS}")["numberMatched"] == 3


def test_what_was_read_can_be_sent_back(desk: Desk) -> None:
    """With all that an answer carries: links, provenance, nulls; nothing is changed by it, in any system."""
    systems = ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", *(f"{EPSG}{code}" for code in (6668, 4326, 6673, 3857))]
    with connect(desk.city.database.urls.owner) as connection:
        connection.execute(
            "UPDATE core.emergency_sites SET geometry = "
            "ST_SetSRID(ST_MakePoint(135.330123456789012, 34.7201234567891), 6668) WHERE id = 's1'"
        )
        stored = contents(connection, "core.emergency_sites")
    for item in ("s1", "s4"):
        for system in systems:
            feature = desk.read(f"{ITEMS}/{item}?crs={system}")
            for method in ("PUT", "PATCH"):
                answer = desk.send(method, f"{ITEMS}/{item}", feature, content_crs=f"<{system}>")
                assert answer.status_code == 204, answer.text
    with connect(desk.city.database.urls.owner) as connection:
        assert contents(connection, "core.emergency_sites") == stored


def test_values_come_back_byte_for_byte(desk: Desk) -> None:
    name = "<script>alert('x')</script> & \"引用\" \\ 🏞️ \t改\n行 %s {0} '; DROP TABLE core.shelters; --"
    address = made(desk, {**PARK, "properties": {"name": name, "neighbourhoods": [name, "NULL", "{}"]}})
    found = desk.read(address)["properties"]
    assert (found["name"], found["neighbourhoods"]) == (name, [name, "NULL", "{}"])


@pytest.mark.parametrize("brackets", [True, False])
@pytest.mark.parametrize("code", [6668, 4326, 6673, 3857])
def test_coordinates_are_read_in_the_system_that_was_said(desk: Desk, code: int, brackets: bool) -> None:
    """In the axis order that the authority defines: pyproj's own, without always_xy."""
    first, second = Transformer.from_crs(6668, code).transform(34.7312345, 135.3398765)
    system = f"{EPSG}{code}"
    feature = {**PARK, "geometry": {"type": "Point", "coordinates": [first, second]}}
    address = made(desk, feature, content_crs=f"<{system}>" if brackets else system)
    assert desk.read(address)["geometry"]["coordinates"] == pytest.approx([135.3398765, 34.7312345], abs=1e-9)
    again = desk.read(f"{address}?crs={system}")["geometry"]["coordinates"]
    assert again == pytest.approx([first, second], abs=1e-4)


def test_the_id_sent_with_a_new_feature_is_not_looked_at(desk: Desk) -> None:
    address = made(desk, {**PARK, "id": "s1"})
    assert not address.endswith("/s1")
    assert desk.read(f"{ITEMS}/s1")["properties"]["name"] == "香櫨園<浜>公園"


# --- representations that are preferred ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_the_feature_is_answered_where_that_is_preferred(desk: Desk, method: str) -> None:
    path = ITEMS if method == "POST" else f"{ITEMS}/s1"
    answer = desk.send(method, path, PARK, prefer="return=representation, handling=strict")
    assert answer.status_code == (201 if method == "POST" else 200)
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["preference-applied"] == "return=representation"
    feature = answer.json()
    assert feature["properties"]["name"] == "新しい公園"
    assert answer.headers["content-location"].endswith(f"/items/{feature['id']}")
    assert feature == desk.client.get(answer.headers["content-location"]).json()
    assert desk.send(method, path, PARK, prefer="return=minimal").content == b""


# --- entity tags -----------------------------------------------------------------------------------------------


def test_one_tag_of_any_representation_lets_a_change_through(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    questions: list[tuple[str, dict[str, str]]] = [
        ("", {"Accept-Encoding": "br"}),
        ("", {"Accept-Encoding": "identity"}),
        ("?f=html", {}),
        ("?lang=en", {"Accept-Encoding": "gzip"}),
        (f"?crs={EPSG}6673", {}),
    ]
    tags = [desk.client.get(f"/ogc/collections/{address}{query}", headers=more) for query, more in questions]
    assert len({answer.headers["etag"] for answer in tags}) == len(tags)  # strong: each is of its own bytes
    assert len({version(answer) for answer in tags}) == 1
    for number, answer in enumerate(tags):
        changed = desk.send(
            "PATCH", address, {"properties": {"elevation_m": number + 1}}, if_match=answer.headers["etag"]
        )
        assert changed.status_code == 204, changed.text
        undone = desk.send("POST", f"{SITES}/history/{desk.read(f'{SITES}/history')['edits'][0]['id']}/undo")
        assert undone.status_code == 200  # back in the state that all tags are of


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_tag_of_another_state_lets_nothing_through(desk: Desk, method: str) -> None:
    address = f"{ITEMS}/s1"
    old = desk.client.get(f"/ogc/collections/{address}").headers["etag"]
    new = desk.send("PATCH", address, {"properties": {"elevation_m": 7}}).headers["etag"]
    body = None if method == "DELETE" else PARK
    weak = f"W/{new}"
    for wrong in (old, '"0"', f'{old}, "x"', weak, '""'):
        answer = desk.send(method, address, body, if_match=wrong)
        assert answer.status_code == 412, wrong
        assert answer.json()["title"] == "前提の条件を満たしません"
    assert desk.read(address)["properties"]["elevation_m"] == 7
    assert desk.send(method, address, body, if_none_match="*").status_code == 412
    assert desk.send(method, address, body, if_none_match=weak).status_code == 412
    assert desk.send(method, address, body, if_match=f'"x", {new}', if_none_match='"y"').status_code == 204


def test_who_was_refused_reads_what_stands_there_now(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    before = desk.read(address)["properties"]["elevation_m"] or 0
    for number in range(1, 4):  # a look at the state of the data is good for a second
        tag = desk.client.get(f"/ogc/collections/{address}").headers["etag"]
        desk.city.execute("UPDATE core.emergency_sites SET elevation_m = coalesce(elevation_m, 0) + 1 WHERE id = 's1'")
        assert desk.send("PATCH", address, {"properties": {"elevation_m": 1}}, if_match=tag).status_code == 412
        assert desk.read(address)["properties"]["elevation_m"] == before + number


def test_any_state_is_enough_for_a_star(desk: Desk) -> None:
    assert desk.send("DELETE", f"{ITEMS}/s1", if_match="*").status_code == 204
    assert desk.send("PUT", f"{ITEMS}/s1", PARK, if_match="*").status_code == 404


@pytest.mark.parametrize("tag", ["abc", '"abc', "", ",", '"a" "b"'])
def test_a_header_that_is_no_tag(desk: Desk, tag: str) -> None:
    answer = desk.send("DELETE", f"{ITEMS}/s1", if_match=tag)
    assert answer.status_code == 400
    assert "If-Match" in answer.json()["detail"]


def test_a_feature_that_was_read_is_not_sent_again(desk: Desk) -> None:
    address = f"/ogc/collections/{ITEMS}/s1"
    tag = desk.client.get(address).headers["etag"]
    for _ in range(2):
        again = desk.client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag)
    desk.send("PATCH", f"{ITEMS}/s1", {"properties": {"elevation_m": 7}})
    assert desk.client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_worker_that_never_answered_it_knows_the_tag(desk: Desk) -> None:
    tag = desk.client.get(f"/ogc/collections/{ITEMS}/s1").headers["etag"]
    with client_of(desk.city, Face.INTERNAL) as other:
        again = other.get(f"/ogc/collections/{ITEMS}/s1", headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag)


def test_settings_of_the_server_change_no_version(own_city: SmallCity) -> None:
    """On a server of the user's dates and numbers may be written in another style."""
    auth = account_of(own_city)
    for setting in ("datestyle TO 'SQL, DMY'", "extra_float_digits TO -3"):
        own_city.execute(f'ALTER DATABASE "{own_city.database.name}" SET {setting}')
    own_city.execute("UPDATE core.emergency_sites SET elevation_m = 0.1::float8 + 0.2 WHERE id = 's1'")
    with client_of(own_city, Face.INTERNAL) as client:
        desk = Desk(own_city, client, auth)
        tag = client.get(f"/ogc/collections/{ITEMS}/s1").headers["etag"]
        answer = desk.send("PATCH", f"{ITEMS}/s1", {"properties": {"remarks": "改"}}, if_match=tag)
        assert answer.status_code == 204
        assert desk.send("POST", f"{SITES}/history/1/undo").status_code == 200
        assert client.get(f"/ogc/collections/{ITEMS}/s1").headers["etag"].partition("-")[0] == tag.partition("-")[0]


def test_of_two_who_saw_the_same_one_wins(desk: Desk) -> None:
    address = f"{ITEMS}/s1"
    for attempt in range(5):
        tag = desk.client.get(f"/ogc/collections/{address}").headers["etag"]

        def write(number: int, tag: str = tag, attempt: int = attempt) -> int:
            patch = {"properties": {"elevation_m": attempt * 10 + number}}
            return desk.send("PATCH", address, patch, if_match=tag).status_code

        with ThreadPoolExecutor(4) as executor:
            statuses = list(executor.map(write, range(1, 5)))
        assert sorted(statuses) == [204, 412, 412, 412]
        winner = statuses.index(204) + 1
        assert desk.read(address)["properties"]["elevation_m"] == attempt * 10 + winner


def test_no_update_is_lost_without_tags_either(desk: Desk) -> None:
    """Patches of different properties at the same time all stand."""
    values = {"elevation_m": 5, "telephone": "0798-35-0000", "remarks": "並行", "category": "公園", "building": "1階"}

    def write(pair: tuple[str, Any]) -> int:
        return desk.send("PATCH", f"{ITEMS}/s1", {"properties": dict([pair])}).status_code

    with ThreadPoolExecutor(5) as executor:
        assert set(executor.map(write, values.items())) == {204}
    assert desk.read(f"{ITEMS}/s1")["properties"].items() >= values.items()


def test_who_writes_reads_what_was_written(desk: Desk) -> None:
    for number in range(5):
        assert desk.send("PATCH", f"{ITEMS}/s1", {"properties": {"elevation_m": number + 1}}).status_code == 204
        assert desk.read(f"{ITEMS}/s1")["properties"]["elevation_m"] == number + 1
        assert desk.read(f"{ITEMS}?elevation_m={number + 1}")["features"][0]["id"] == "s1"


# --- who offers it ---------------------------------------------------------------------------------------------


def test_addresses_say_what_they_take(desk: Desk) -> None:
    items = desk.client.options(f"/ogc/collections/{ITEMS}")
    assert items.status_code == 200
    assert items.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert items.headers["accept-post"] == "application/geo+json, application/json"
    for item in ("s1", "unknown_id"):  # QGIS asks for one that is not there, where a layer is empty
        one = desk.client.options(f"/ogc/collections/{ITEMS}/{item}")
        assert one.headers["allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
        assert one.headers["accept-patch"] == "application/merge-patch+json"
    history = desk.client.options(f"/ogc/collections/{ITEMS}/s1/history")
    assert history.headers["allow"] == "GET, HEAD, OPTIONS"
    elsewhere = desk.client.options("/ogc/collections/towns/items")
    assert elsewhere.headers["allow"] == "GET, HEAD, OPTIONS"
    assert desk.client.options("/ogc/collections/nothing/items").status_code == 404


WRITES = [("POST", ITEMS), ("PUT", f"{ITEMS}/s1"), ("PATCH", f"{ITEMS}/s1"), ("DELETE", f"{ITEMS}/s1")]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_the_public_face_changes_nothing(public: TestClient, method: str, path: str) -> None:
    body = {} if method == "DELETE" else {"content": json.dumps(PARK).encode()}
    answer = public.request(method, f"/ogc/collections/{path}", auth=("yamada", "x"), **body)  # type: ignore[arg-type]
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert public.options(f"/ogc/collections/{path}").headers["allow"] == "GET, HEAD, OPTIONS"
    for history in ("history", "history/1", "items/s1/history"):
        assert public.get(f"/ogc/collections/{SITES}/{history}").status_code == 404
    assert public.post(f"/ogc/collections/{SITES}/history/1/undo").status_code in (404, 405)


@pytest.mark.parametrize(("method", "path"), [(method, path.replace(SITES, "towns")) for method, path in WRITES])
def test_layers_that_are_not_declared_editable_are_not(desk: Desk, method: str, path: str) -> None:
    answer = desk.send(method, path, None if method == "DELETE" else PARK)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert desk.client.get("/ogc/collections/towns/history").status_code == 404


def test_conformance_is_declared_where_it_is_offered(desk: Desk, public: TestClient) -> None:
    declared = desk.read("/ogc/conformance")["conformsTo"]
    part_4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
    for name in ("create-replace-delete", "update", "optimistic-locking-etags", "features"):
        assert f"{part_4}{name}" in declared
    assert not [each for each in public.get("/ogc/conformance").json()["conformsTo"] if "features-4" in each]


def test_the_api_definition_says_it_all(desk: Desk, public: TestClient) -> None:
    document = desk.read("/ogc/openapi?lang=en")
    paths = document["paths"]
    assert set(paths[f"/collections/{ITEMS}"]) == {"get", "post"}
    assert set(paths[f"/collections/{ITEMS}/{{item}}"]) == {"get", "put", "patch", "delete"}
    assert set(paths["/collections/towns/items/{item}"]) == {"get"}
    post = paths[f"/collections/{ITEMS}"]["post"]
    assert post["security"] == [{"basic": []}, {"bearer": []}]
    assert set(document["components"]["securitySchemes"]) == {"basic", "bearer"}
    assert {"201", "400", "401", "403", "413", "415", "422", "429", "503"} <= set(post["responses"])
    schema = post["requestBody"]["content"]["application/geo+json"]["schema"]
    properties = schema["properties"]["properties"]
    assert properties["additionalProperties"] is False
    assert properties["required"] == ["name"]
    assert properties["properties"]["elevation_m"].items() >= {"minimum": -10, "maximum": 3776}.items()
    assert properties["properties"]["dataset"]["readOnly"] is True
    example = post["requestBody"]["content"]["application/geo+json"]["example"]
    assert desk.send("POST", ITEMS, example).status_code == 201
    patch = paths[f"/collections/{ITEMS}/{{item}}"]["patch"]["requestBody"]["content"]["application/merge-patch+json"]
    assert desk.send("PATCH", f"{ITEMS}/s1", patch["example"]).status_code == 204
    assert "securitySchemes" not in public.get("/ogc/openapi").json()["components"]


def test_the_schema_of_a_collection_says_what_may_be_sent(desk: Desk, public: TestClient) -> None:
    schema = desk.read(f"{SITES}/schema")
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name"]
    assert schema["properties"]["fictitious"]["readOnly"] is True
    assert schema["properties"]["elevation_m"]["maximum"] == 3776
    assert "readOnly" not in schema["properties"]["name"]
    assert "additionalProperties" not in public.get(f"/ogc/collections/{SITES}/schema").json()
