"""Tiles over HTTP: tilesets, their metadata, the tiles themselves, and a client that no one here wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from pyproj import Transformer
from shapely import Point
from starlette.testclient import TestClient

from geo.tile_matrix import WEB_MERCATOR_QUAD, plane_rectangular
from services.http.background import WORKERS
from services.tiles.renderer import render_changed
from tests.services.http.conftest import client_of
from tests.services.http.serving import await_ready, end, environment, start
from tests.services.tiles.ground import CITY, add, publish_all
from tests.services.tiles.mvt import decode

SITES = "/ogc/collections/emergency-sites/tiles"
PLANE = "JapanPlaneRectangularV"
S2 = (135.32, 34.78)  # 甲山森林公園
RELATION = "http://www.opengis.net/def/rel/ogc/1.0"


def tile_path(scheme: str, zoom: int, at: tuple[float, float]) -> str:
    known = {each.id: each for each in (WEB_MERCATOR_QUAD, plane_rectangular(6673))}
    column, row = next(known[scheme].tiles((*at, *at), zoom))
    return f"{scheme}/{zoom}/{row}/{column}"


def links(document: dict[str, Any], relation: str) -> list[dict[str, Any]]:
    return [link for link in document["links"] if link["rel"] == relation]


def test_a_collection_has_a_tileset_in_each_set(public: TestClient) -> None:
    found = public.get(SITES).json()["tilesets"]
    assert [each["crs"].rpartition("/")[2] for each in found] == ["3857", "6673"]
    for each in found:
        assert each["dataType"] == "vector"
        (definition,) = links(each, f"{RELATION}/tiling-scheme")
        matrices = public.get(definition["href"]).json()
        assert matrices["crs"] == each["crs"]
        (own,) = links(each, "self")
        described = public.get(own["href"]).json()
        assert described["layers"][0]["id"] == "emergency-sites"


@pytest.mark.parametrize("scheme", ["WebMercatorQuad", PLANE])
def test_the_template_of_the_metadata_leads_to_tiles_inside_of_its_limits(public: TestClient, scheme: str) -> None:
    document = public.get(f"{SITES}/{scheme}").json()
    (item,) = links(document, "item")
    assert item["templated"] is True
    seen = 0
    for limits in document["tileMatrixSetLimits"][10:15]:
        for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
            for column in range(limits["minTileCol"], limits["maxTileCol"] + 1):
                address = item["href"]
                for name, value in (("tileMatrix", limits["tileMatrix"]), ("tileRow", row), ("tileCol", column)):
                    address = address.replace(f"{{{name}}}", str(value))
                answer = public.get(address)
                assert answer.status_code in (200, 204)
                seen += len(decode(answer.content).get("emergency-sites", []))
        assert seen > 0
    properties = document["layers"][0]["propertiesSchema"]["properties"]
    assert {"id", "name", "fictitious", "feature_count"} <= properties.keys()
    assert document["attribution"] == "試験市（架空データ）"


def test_tilejson_is_complete(public: TestClient) -> None:
    found = public.get(f"{SITES}/WebMercatorQuad?f=tilejson&lang=en").json()
    assert found["tilejson"] == "3.0.0"
    assert "fictitious" in found["attribution"]
    assert found["bounds"] == [135.30, 34.72, 135.33, 34.83]
    assert (found["minzoom"], found["maxzoom"], found["scheme"]) == (0, 16, "xyz")
    (layer,) = found["vector_layers"]
    assert layer["fields"] == {"id": "String", "name": "String", "fictitious": "Boolean", "feature_count": "Number"}
    column, row = next(WEB_MERCATOR_QUAD.tiles((*S2, *S2), 16))
    address = found["tiles"][0].replace("{z}", "16").replace("{y}", str(row)).replace("{x}", str(column))
    (feature,) = decode(public.get(address).content)["emergency-sites"]
    assert feature.properties == {"id": "s2", "name": "甲山森林公園", "fictitious": True}


def test_tilejson_of_another_set_is_refused(public: TestClient) -> None:
    assert public.get(f"{SITES}/{PLANE}?f=tilejson").status_code == 400


@pytest.mark.parametrize("zoom", [5, 11, 14, 17, 18])
def test_both_sets_show_the_same_features(public: TestClient, zoom: int) -> None:
    names = []
    for scheme in ("WebMercatorQuad", PLANE):
        answer = public.get(f"{SITES}/{tile_path(scheme, zoom, S2)}")
        assert answer.status_code == 200
        names.append({f.properties["name"] for f in decode(answer.content)["emergency-sites"]})
    assert "甲山森林公園" in names[0] & names[1]


@pytest.mark.parametrize(
    "address",
    ["Other/1/0/0", "WebMercatorQuad/19/0/0", "WebMercatorQuad/1/2/0", "WebMercatorQuad/1/0/2", f"{PLANE}/-1/0/0"],
)
def test_what_is_no_tile_is_not_found(public: TestClient, address: str) -> None:
    for base in (SITES, "/ogc/tiles"):
        assert public.get(f"{base}/{address}").status_code == 404


def test_the_city_has_one_tileset_of_all_layers(internal: TestClient, small_city: Any) -> None:
    both = "emergency-sites,shelters"
    found = internal.get(f"/ogc/tiles/WebMercatorQuad?collections={both}").json()
    assert [layer["id"] for layer in found["layers"]] == both.split(",")
    path = f"/ogc/tiles/{tile_path('WebMercatorQuad', 8, S2)}"
    everything = decode(internal.get(path).content)
    assert set(everything) == {"emergency-sites", "shelters"}
    assert set(decode(internal.get(f"{path}?collections=shelters").content)) == {"shelters"}
    alone = internal.get(f"/ogc/collections/shelters/tiles/{tile_path('WebMercatorQuad', 8, S2)}").content
    assert internal.get(f"{path}?collections=shelters").content == alone
    assert internal.get(f"{path}?collections=aeds").status_code == 204
    layers = internal.get("/ogc/tiles/WebMercatorQuad?f=tilejson").json()["vector_layers"]
    assert {"emergency-sites", "roads", "hazard-flood"} <= {layer["id"] for layer in layers}


def test_the_public_city_holds_public_layers_only(public: TestClient) -> None:
    path = f"/ogc/tiles/{tile_path('WebMercatorQuad', 8, S2)}"
    assert set(decode(public.get(path).content)) == {"emergency-sites"}
    for hidden in ("shelters", "nothing", "", "emergency-sites,shelters"):
        assert public.get(f"{path}?collections={hidden}").status_code == 400


def test_kept_tiles_answer_as_drawn_ones(own_city: Any) -> None:
    paths = [f"{SITES}/{tile_path('WebMercatorQuad', zoom, S2)}" for zoom in range(0, 19, 3)]
    with client_of(own_city) as client:
        drawn = [client.get(path).content for path in paths]
    render_changed(own_city.database.urls.ingest, CITY)
    with client_of(own_city) as client:
        assert [client.get(path).content for path in paths] == drawn
        assert client.get(f"{SITES}/WebMercatorQuad/12/0/0").status_code == 204


def test_the_city_says_where_its_tiles_and_styles_are(public: TestClient) -> None:
    found = public.get("/ogc/").json()
    for relation in ("tilesets-vector", "styles"):
        (link,) = links(found, f"{RELATION}/{relation}")
        assert public.get(link["href"]).status_code == 200
    declared = public.get("/ogc/conformance").json()["conformsTo"]
    for each in ("dataset-tilesets", "geodata-tilesets", "collections-selection", "mvt"):
        assert f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{each}" in declared


@pytest.fixture(scope="module")
def served(small_city: Any) -> Iterator[str]:
    """The address of a real server of the module's city, whose tiles were never drawn before."""
    add(small_city.database, "aeds", {"a1": Point(135.33, 34.72), "a2": Point(135.3305, 34.7205)}, name="ＡＥＤ")
    publish_all(small_city.database, ["aeds"])
    env = environment(small_city)
    process = start(env, "--public", "--workers", "1")
    try:
        await_ready(process)
        yield f"http://127.0.0.1:{env['NGIS_PUBLIC_PORT']}"
    finally:
        end(process)


@pytest.mark.parametrize("scheme", ["WebMercatorQuad", PLANE])
def test_gdal_finds_its_way_to_the_tiles(served: str, scheme: str) -> None:
    # GDAL 3.12 takes the collection's extent, which is in degrees, for one in the system of the tiles (in vector
    # tilesets only): with any set in metres it opens only the first zooms, where that makes no difference.
    zoom = 0
    source = f"OGCAPI:{served}/ogc/collections/emergency-sites"
    found = pyogrio.read_dataframe(source, layer=f"Zoom level {zoom}", API="TILES", TILEMATRIXSET=scheme)
    known = {each.id: each for each in (WEB_MERCATOR_QUAD, plane_rectangular(6673))}[scheme]
    assert found.crs.to_epsg() == known.srid
    assert found["fictitious"].all()
    x, y = Transformer.from_crs(6668, known.srid, always_xy=True).transform(*S2)
    # Axes the right way round, and within a unit of so small a scale.
    assert found.geometry.distance(Point(x, y)).min() < known.tile_side_m(zoom) / 4096 * 3


def test_gdal_reads_a_tile_alone(served: str, tmp_path: Path) -> None:
    import httpx

    column, row = next(WEB_MERCATOR_QUAD.tiles((*S2, *S2), 15))
    answer = httpx.get(f"{served}/ogc/collections/emergency-sites/tiles/WebMercatorQuad/15/{row}/{column}")
    file = tmp_path / "tile.mvt"
    file.write_bytes(answer.content)
    found = pyogrio.read_dataframe(file, layer="emergency-sites", X=column, Y=row, Z=15)
    assert list(found["name"]) == ["甲山森林公園"]
    assert found.geometry.to_crs(6668).iloc[0].distance(Point(S2)) < 2e-6


def test_the_server_has_a_process_for_tiles() -> None:
    assert any("tiles" in each.function for each in WORKERS)


def test_tile_matrix_sets(public: TestClient) -> None:
    listed = public.get("/ogc/TileMatrixSets").json()["tileMatrixSets"]
    assert [each["id"] for each in listed] == ["WebMercatorQuad", PLANE]
    plane = public.get(f"/ogc/TileMatrixSets/{PLANE}").json()
    expected = plane_rectangular(6673)
    assert plane == json.loads(json.dumps(expected.definition() | expected.definition_1_0()))
    assert public.get("/ogc/TileMatrixSets/WorldCRS84Quad").status_code == 404
