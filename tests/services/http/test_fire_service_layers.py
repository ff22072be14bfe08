"""Closures, incidents, vehicles and dispatches over HTTP: for the internal face only, and checked as declared."""

from collections.abc import Iterator
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import shapely
from httpx import Response
from starlette.testclient import TestClient

from layers.catalogue import layer_named
from layers.model import Role
from services.http.app import Face
from tests.services.http.conftest import Desk, SmallCity, account_of, client_of, look_again
from tests.services.ogc.formats.reading import get, items, read_csv, read_ogr, read_parquet
from tests.services.tiles.mvt import decode

CLOSURES = "road-closures/items"
LAYERS = ("incidents", "vehicles", "dispatches")
BEGIN, END = "2026-06-01T09:00:00+09:00", "2026-06-01T18:00:00+09:00"
POINT = {"type": "Point", "coordinates": [135.34, 34.73]}
LINE = {"type": "LineString", "coordinates": [[135.33, 34.73], [135.331, 34.731]]}
AREA = {"type": "Polygon", "coordinates": [[[135.32, 34.72], [135.3201, 34.72], [135.3201, 34.7201], [135.32, 34.72]]]}
BOW = {
    "type": "Polygon",
    "coordinates": [[[135.3, 34.7], [135.31, 34.71], [135.31, 34.7], [135.3, 34.71], [135.3, 34.7]]],
}


def closure(geometry: Any = POINT, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"from": BEGIN, **properties}}


def made(answer: Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def pointers(answer: Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["pointer"].removeprefix("#") for each in answer.json()["errors"]]


@pytest.fixture(scope="module")
def drawn(small_city: SmallCity) -> Iterator[Desk]:
    """A desk at which a point, a line and an area were drawn, and nothing else is."""
    auth = account_of(small_city)
    with client_of(small_city, Face.INTERNAL) as client:
        desk = Desk(small_city, client, auth)
        for geometry in (POINT, LINE, AREA):
            made(desk.send("POST", CLOSURES, closure(geometry, reason="fallen-tree")))
        yield desk
        assert desk.read(CLOSURES)["numberMatched"] == len((POINT, LINE, AREA))


def seen(public: TestClient) -> list[dict[str, Any]]:
    """The closures that the public sees, once it can be expected to."""
    look_again(public.app)
    found: list[dict[str, Any]] = public.get(f"/ogc/collections/{CLOSURES}").json()["features"]
    return found


def test_the_public_sees_what_is_marked_for_it_and_no_more(desk: Desk, own_public: TestClient) -> None:
    """Nor who declared it, nor how many others there are; and not any more once the mark is taken away."""
    public = own_public
    marked = closure(reason="flooding", declared_by="架空の通報者", remarks="内部の備考", public=True)
    names = [made(desk.send("POST", CLOSURES, each)) for each in (marked, closure(public=False), closure(LINE))]
    path = f"{CLOSURES}/{names[0]}"
    (found,) = seen(public)
    assert found["id"] == names[0]
    assert found["properties"]["reason"] == "flooding"
    assert not {"declared_by", "remarks"} & found["properties"].keys()
    text = public.get("/ogc/collections/road-closures?f=json").text + public.get(f"/ogc/collections/{CLOSURES}").text
    assert "通報者" not in text
    assert "内部の備考" not in text
    assert public.get(f"/ogc/collections/{CLOSURES}/{names[1]}").status_code == 404
    assert public.get(f"/ogc/collections/{CLOSURES}?resulttype=hits").json()["numberMatched"] == 1
    assert desk.send("PATCH", path, {"properties": {"public": False}}).status_code == 204
    assert seen(public) == []
    assert public.get(f"/ogc/collections/{path}").status_code == 404
    assert desk.send("PATCH", path, {"properties": {"public": True}}).status_code == 204
    assert [each["id"] for each in seen(public)] == names[:1]
    for name in names:
        assert desk.send("DELETE", f"{CLOSURES}/{name}").status_code == 204
    assert seen(public) == []


def test_the_public_face_writes_nothing(public: TestClient) -> None:
    assert public.post(f"/ogc/collections/{CLOSURES}", json=closure()).status_code in (404, 405)


@pytest.mark.parametrize("layer_id", LAYERS)
def test_the_public_face_knows_none_of_them(drawn: Desk, public: TestClient, layer_id: str) -> None:
    assert public.get(f"/ogc/collections/{layer_id}").status_code == 404
    assert public.get(f"/ogc/collections/{layer_id}/items").status_code == 404
    assert layer_id not in public.get("/ogc/collections?f=json").text
    assert drawn.read(f"{layer_id}?f=json")["id"] == layer_id


def test_a_closure_is_drawn_changed_and_lifted(desk: Desk) -> None:
    for geometry in (POINT, LINE, AREA):
        name = made(desk.send("POST", CLOSURES, closure(geometry, applies_to=["ladder"], depth_m=0.0)))
        assert desk.read(f"{CLOSURES}/{name}")["geometry"] == geometry
        assert desk.send("PATCH", f"{CLOSURES}/{name}", {"properties": {"until": END}}).status_code == 204
        found = desk.read(f"{CLOSURES}/{name}")["properties"]
        assert (found["from"], found["until"]) == ("2026-06-01T00:00:00+00:00", "2026-06-01T09:00:00+00:00")
        assert (found["applies_to"], found["depth_m"]) == (["ladder"], 0)
        assert desk.send("PATCH", f"{CLOSURES}/{name}", {"geometry": None}).status_code == 422
        assert desk.send("DELETE", f"{CLOSURES}/{name}").status_code == 204
    assert desk.read(CLOSURES)["numberMatched"] == 0


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        (closure(until=BEGIN), "/properties/until"),
        (closure(until="2026-05-31T23:59:59Z"), "/properties/until"),
        (closure(**{"from": None}), "/properties/from"),
        (closure(depth_m=-0.1), "/properties/depth_m"),
        (closure(depth_m=20.1), "/properties/depth_m"),
        (closure(applies_to=["pumper", "tonk"]), "/properties/applies_to"),
        (closure(applies_to=[]), "/properties/applies_to"),
        (closure(reason="水"), "/properties/reason"),
        (closure(None), "/geometry"),
        (closure(BOW), "/geometry/coordinates"),
        (closure({"type": "MultiPoint", "coordinates": [[135.34, 34.73]]}), "/geometry/type"),
        (closure({"type": "LineString", "coordinates": [[135.34, 34.73], [135.34, 34.73]]}), "/geometry/coordinates"),
        (closure({"type": "Point", "coordinates": [139.7, 35.7]}), "/geometry/coordinates"),
    ],
)
def test_what_is_no_closure_is_refused(drawn: Desk, sent: Any, pointer: str) -> None:
    assert pointers(drawn.send("POST", CLOSURES, sent)) == [pointer]


def test_all_flaws_are_named_at_once(drawn: Desk) -> None:
    sent = closure(BOW, until=BEGIN, depth_m=99, applies_to=["?"])
    assert sorted(pointers(drawn.send("POST", CLOSURES, sent))) == [
        "/geometry/coordinates", "/properties/applies_to", "/properties/depth_m", "/properties/until",
    ]  # fmt: skip


def test_a_change_keeps_the_order_with_what_is_there(desk: Desk) -> None:
    path = f"{CLOSURES}/{made(desk.send('POST', CLOSURES, closure(until=END)))}"
    assert pointers(desk.send("PATCH", path, {"properties": {"from": END}})) == ["/properties/from"]
    assert pointers(desk.send("PATCH", path, {"properties": {"until": BEGIN}})) == ["/properties/until"]
    assert pointers(desk.send("PUT", path, closure(until=BEGIN))) == ["/properties/until"]
    assert pointers(desk.send("PATCH", path, {"properties": {"from": END, "until": "夕方"}})) == ["/properties/until"]
    later = {"from": END, "until": "2026-06-02T09:00:00+09:00"}
    assert desk.send("PATCH", path, {"properties": later}).status_code == 204
    assert desk.send("PATCH", path, {"properties": {"until": None}}).status_code == 204
    assert desk.read(path)["properties"]["until"] is None


def test_an_incident_from_call_to_end(desk: Desk) -> None:
    incident = {"incident_id": "2026-1", "kind": "fire", "reported_at": BEGIN, "strike_level": "first"}
    name = made(desk.send("POST", "incidents/items", {"type": "Feature", "geometry": None, "properties": incident}))
    path = f"incidents/items/{name}"
    assert desk.send("PATCH", path, {"geometry": POINT, "properties": {"located_at": BEGIN}}).status_code == 204
    early = {"closed_at": "2026-06-01T08:59:59+09:00"}
    assert pointers(desk.send("PATCH", path, {"properties": early})) == ["/properties/closed_at"]
    assert desk.send("PATCH", path, {"properties": {"closed_at": END, "status": "closed"}}).status_code == 204


def test_a_vehicle_presses_its_keys(desk: Desk) -> None:
    vehicle = {"call_sign": "西宮1", "profile": "pumper", "status": "standby", "status_at": BEGIN}
    path = "vehicles/items"
    name = made(desk.send("POST", path, {"type": "Feature", "geometry": POINT, "properties": vehicle}))
    moved = {"geometry": {"coordinates": [135.341, 34.731]}, "properties": {"status": "on-scene", "position_at": END}}
    assert desk.send("PATCH", f"{path}/{name}", moved).status_code == 204
    assert desk.read(f"{path}/{name}")["geometry"]["coordinates"] == [135.341, 34.731]
    unknown = {"properties": {"profile": "submarine", "water_tank_l": -1}}
    assert set(pointers(desk.send("PATCH", f"{path}/{name}", unknown))) == {
        "/properties/profile", "/properties/water_tank_l",
    }  # fmt: skip
    sent = {"incident_id": "2026-1", "call_sign": "西宮1", "dispatched_at": BEGIN, "returned_at": END}
    order = made(desk.send("POST", "dispatches/items", {"type": "Feature", "geometry": POINT, "properties": sent}))
    late = {"properties": {"on_scene_at": "2026-06-01T18:00:01+09:00"}}
    assert pointers(desk.send("PATCH", f"dispatches/items/{order}", late)) == ["/properties/on_scene_at"]


def test_who_may_close_a_road(desk: Desk) -> None:
    disaster = account_of(desk.city, "saigai", Role.DISASTER)
    fire = account_of(desk.city, "shobo", Role.FIRE)
    made(desk.send("POST", CLOSURES, closure(), auth=disaster))
    made(desk.send("POST", CLOSURES, closure(), auth=fire))
    incident = {"incident_id": "2026-1", "kind": "fire", "reported_at": BEGIN}
    sent = {"type": "Feature", "geometry": POINT, "properties": incident}
    assert desk.send("POST", "incidents/items", sent, auth=disaster).status_code == 403
    made(desk.send("POST", "incidents/items", sent, auth=fire))


# --- any geometry ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "parquet", "gpkg", "fgb"])
def test_files_hold_every_kind_of_geometry(drawn: Desk, form: str, tmp_path: Path) -> None:
    expected = items(drawn.client, "road-closures")
    assert {each["geometry"].geom_type for each in expected.values()} == {"Point", "LineString", "Polygon"}
    content = get(drawn.client, "road-closures", form)
    if form == "csv":
        found = read_csv(content, "road-closures")
    elif form == "parquet":
        found = read_parquet(content)
    else:
        found = read_ogr(content, f".{form}", tmp_path, "road-closures")
    assert found.keys() == expected.keys()
    for name, each in expected.items():
        assert shapely.equals_exact(found[name]["geometry"], each["geometry"], tolerance=1e-6, normalize=True), name


@pytest.mark.parametrize("zoom", [5, 9, 12, 14, 17])
def test_tiles_show_each_of_them_at_every_zoom(drawn: Desk, zoom: int) -> None:
    seen: dict[str, set[str]] = {}
    for geometry in (POINT, LINE, AREA):
        place = shapely.geometry.shape(geometry).representative_point()
        column, row = _tile(place.x, place.y, zoom)
        answer = drawn.client.get(f"/ogc/collections/road-closures/tiles/WebMercatorQuad/{zoom}/{row}/{column}?f=mvt")
        assert answer.status_code == 200, answer.text
        for each in decode(answer.content)["road-closures"]:
            seen.setdefault(each.properties["id"], set()).add(each.geometry.geom_type)
    assert len(seen) == 3
    if zoom == 17:
        kinds = {kind.removeprefix("Multi") for found in seen.values() for kind in found}
        assert kinds == {"Point", "LineString", "Polygon"}


def _tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    n = 2**zoom
    return int((longitude + 180) / 360 * n), int((1 - asinh(tan(radians(latitude))) / pi) / 2 * n)


def test_what_can_be_asked_and_sent_is_described(drawn: Desk) -> None:
    queryables = drawn.read("road-closures/queryables?f=json")["properties"]
    assert queryables["geometry"]["format"] == "geometry-any"
    assert "geometryDimension" not in drawn.read("road-closures/tiles/WebMercatorQuad?f=json")["layers"][0]
    schema = drawn.read("road-closures/schema?f=json")["properties"]["applies_to"]
    field = layer_named("road-closures").by_name["applies_to"]
    assert field.members is not None
    assert [each["const"] for each in schema["items"]["oneOf"]] == list(field.members.by_value)


def test_closures_are_found_by_vehicle_reason_and_time(desk: Desk) -> None:
    made(desk.send("POST", CLOSURES, closure(reason="fallen-tree")))
    name = made(desk.send("POST", CLOSURES, closure(applies_to=["ladder"], reason="flooding", until=END)))

    def found(condition: str) -> list[str]:
        answer = desk.read(f"{CLOSURES}?filter={quote(condition)}")
        return [each["id"] for each in answer["features"]]

    assert found("A_CONTAINS(applies_to, ('ladder'))") == [name]
    assert found("reason = 'flooding'") == [name]
    moment = "TIMESTAMP('2026-06-01T00:00:00Z')"
    assert found(f'"from" <= {moment} AND until > {moment}') == [name]
