"""CoverageJSON as a validator no one here wrote reads it, and the pages that describe a coverage."""

from typing import Any

import numpy as np
import pytest
from covjson_pydantic.coverage import Coverage
from starlette.testclient import TestClient

from tests.services.ogc.rasters.conftest import heights

PART = "bbox=135.30205,34.79505,135.30395,34.7995"  # rows 5-49 and columns 20-39: half of the hole


def document(client: TestClient, collection: str, query: str) -> Any:
    answer = client.get(f"/ogc/collections/{collection}/coverage?f=json&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/prs.coverage+json"
    found = answer.json()
    known = {name: value for name, value in found.items() if not name.startswith("ngis:")}
    Coverage.model_validate(known)
    return found


def test_cells_and_axes(client: TestClient) -> None:
    found = document(client, "elevation", PART)
    values = found["ranges"]["elevation"]
    assert values["axisNames"] == ["y", "x"]
    expected = heights()[5:50, 20:40]
    assert values["shape"] == list(expected.shape)
    plain = [None if value == -9999 else round(float(value), 3) for value in expected.ravel()]
    assert values["values"] == pytest.approx(plain, abs=1e-3)
    assert values["values"][0] is None
    axes = found["domain"]["axes"]
    assert axes["x"] == pytest.approx({"start": 135.30205, "stop": 135.30395, "num": 20})
    assert axes["y"] == pytest.approx({"start": 34.79945, "stop": 34.79505, "num": 45})


@pytest.mark.parametrize(
    ("crs", "order", "kind"),
    [
        ("http://www.opengis.net/def/crs/EPSG/0/6668", ["y", "x"], "GeographicCRS"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", ["x", "y"], "GeographicCRS"),
        ("http://www.opengis.net/def/crs/EPSG/0/6673", ["y", "x"], "ProjectedCRS"),
        ("http://www.opengis.net/def/crs/EPSG/0/3857", ["x", "y"], "ProjectedCRS"),
    ],
)
def test_axes_are_in_the_order_of_the_system(client: TestClient, crs: str, order: list[str], kind: str) -> None:
    (found,) = document(client, "elevation", f"{PART}&crs={crs}")["domain"]["referencing"]
    assert found == {"coordinates": order, "system": {"type": kind, "id": crs}}


def test_it_says_where_it_comes_from(client: TestClient) -> None:
    found = document(client, "elevation", PART)
    assert found["ngis:fictitious"] is True
    assert found["ngis:asOf"] == "2024-03-31"
    assert found["ngis:license"] == ["CC-BY-4.0"]
    assert "架空データ" in found["ngis:attribution"]["ja"]
    parameter = found["parameters"]["elevation"]
    assert parameter["observedProperty"]["label"] == {"ja": "標高", "en": "Elevation"}
    assert parameter["unit"]["symbol"]["value"] == "m"


def test_categories_and_bounds_of_depth(client: TestClient) -> None:
    found = document(client, "hazard-tsunami", "bbox=135.3795,34.711,135.3805,34.7125")
    state = found["parameters"]["state"]
    assert state["categoryEncoding"] == {"unknown": 0, "outside": 1, "inside": 2}
    assert {each["id"] for each in state["observedProperty"]["categories"]} == {"unknown", "outside", "inside"}
    classes = found["parameters"]["hazard_class"]
    assert classes["categoryEncoding"]["depth-8"] == 8
    assert classes["observedProperty"]["categories"][7]["label"]["ja"] == "浸水深 20m以上"
    ranges = found["ranges"]
    inside = np.array(ranges["state"]["values"]) == 2
    assert inside.any()
    assert ranges["state"]["dataType"] == "integer"
    # JSON has no infinity: no upper limit is null beside a lower bound.
    assert {ranges["depth_upper_m"]["values"][place] for place in np.flatnonzero(inside)} == {None}
    assert {ranges["depth_lower_m"]["values"][place] for place in np.flatnonzero(inside)} == {20.0}
    assert {ranges["hazard_class"]["values"][place] for place in np.flatnonzero(~inside)} == {None}


def test_one_column_and_one_cell(client: TestClient) -> None:
    found = document(client, "elevation", "subset=Lat(34.75005),Lon(135.31005)")
    assert found["domain"]["axes"]["x"]["values"] == pytest.approx([135.31005])
    assert found["ranges"]["elevation"]["shape"] == [1, 1]


def test_domain_set_and_range_type(client: TestClient) -> None:
    grid = client.get("/ogc/collections/elevation/coverage/domainset").json()["generalGrid"]
    assert grid["axisLabels"] == ["Lat", "Lon"]
    assert grid["srsName"].endswith("EPSG/0/6668")
    assert grid["axis"][0]["lowerBound"] == pytest.approx(34.74)
    assert grid["axis"][1]["resolution"] == pytest.approx(1e-4)
    assert [each["upperBound"] for each in grid["gridLimits"]["axis"]] == [599, 699]
    plane = client.get("/ogc/collections/elevation/coverage/domainset?crs=[EPSG:6673]").json()["generalGrid"]
    assert plane["axisLabels"] == ["N", "E"]
    fields = client.get("/ogc/collections/hazard-flood/coverage/rangetype?lang=en").json()["field"]
    assert [each["name"] for each in fields] == ["depth_upper_m", "depth_lower_m", "hazard_class", "state"]
    assert fields[3]["codeSpace"]["2"]["code"] == "inside"


@pytest.mark.parametrize(
    ("collection", "cells", "size"), [("elevation", [600, 700], 1e-4), ("hazard-tsunami", None, 0.2 / 3600)]
)
def test_the_collection_describes_its_grid(
    client: TestClient, collection: str, cells: list[int] | None, size: float
) -> None:
    found = client.get(f"/ogc/collections/{collection}").json()
    grid = found["extent"]["spatial"]["grid"]
    assert [axis["resolution"] for axis in grid] == pytest.approx([size, size])
    if cells is not None:
        assert [axis["cellsCount"] for axis in grid] == cells
    assert found["storageCrs"] in found["crs"]
    links = {link["rel"].rpartition("/")[2]: link["href"] for link in found["links"]}
    for rel in ("coverage", "map", "tilesets-map"):
        answer = client.get(links[rel].replace("http://127.0.0.1:8000", ""))
        assert answer.status_code == 200, links[rel]


def test_every_link_leads_somewhere(client: TestClient) -> None:
    for collection in ("elevation", "hazard-flood"):
        for link in client.get(f"/ogc/collections/{collection}?lang=en").json()["links"]:
            if "/coverage" in link["href"] or "/map" in link["href"]:
                answer = client.get(link["href"].removeprefix("http://127.0.0.1:8000"))
                assert answer.status_code == 200, link
                assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]


def test_the_schema_has_the_bands(client: TestClient) -> None:
    heights_schema = client.get("/ogc/collections/elevation/schema?lang=en").json()["properties"]
    assert heights_schema["elevation"]["x-ogc-unit"] == "m"
    assert heights_schema["file_sha256"]["type"] == "string"
    zones = client.get("/ogc/collections/hazard-flood/schema?lang=en").json()["properties"]
    assert [each["const"] for each in zones["state"]["oneOf"]] == [0, 1, 2]
    assert zones["hazard_class"]["type"] == "string"  # a property of the features first
    assert "state" not in client.get("/ogc/collections/hazard-flood/queryables").json()["properties"]


def test_conformance_names_what_is_done(client: TestClient) -> None:
    found = client.get("/ogc/conformance").json()["conformsTo"]
    for name in ("coverages-1/1.0/conf/scaling", "coverages-1/1.0/conf/crs", "maps-1/1.0/conf/spatial-subsetting"):
        assert f"http://www.opengis.net/spec/ogcapi-{name}" in found
