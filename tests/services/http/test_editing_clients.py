"""Clients that no one here wrote change features on a real server: OWSLib, curl, GDAL that reads what was written, and
QGIS by the requests that its provider sends (src/providers/wfs/oapif, 3.32 and later)."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.services.http.conftest import SmallCity, account_of
from tests.services.http.serving import await_ready, end, environment, start
from tests.waiting import until

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@dataclass(frozen=True)
class Served:
    """The internal face of a city, served by two worker processes, and an editor's name and secret."""

    url: str
    name: str
    secret: str

    @property
    def items(self) -> str:
        return f"{self.url}/collections/emergency-sites/items"

    def read(self, path: str, **expected: Any) -> dict[str, Any]:
        """A document, as soon as it has these properties: the other process notices a change within a second."""
        over = time.monotonic() + 60
        while True:
            answer = httpx.get(f"{self.url}/collections/emergency-sites/{path}", timeout=20)
            found: dict[str, Any] = answer.raise_for_status().json()
            if expected.items() <= found.get("properties", {}).items():
                return found
            assert time.monotonic() < over, found
            time.sleep(0.1)

    def await_gone(self, feature_id: str) -> None:
        """Waits until no process serves the feature any more."""
        self.await_everywhere(feature_id, lambda answer: answer.status_code == 404)

    def await_everywhere(self, feature_id: str, holds: Callable[[httpx.Response], bool]) -> None:
        """Waits until the answer is such from both processes, which answer in turn."""
        address = f"{self.items}/{feature_id}"
        until(lambda: all(holds(httpx.get(address, timeout=20)) for _ in range(4)))


@pytest.fixture(scope="module")
def served(small_city: SmallCity) -> Iterator[Served]:
    name, secret = account_of(small_city)
    env = environment(small_city)
    process = start(env, "--internal", "--workers", "2")
    try:
        await_ready(process)
        yield Served(f"http://127.0.0.1:{env['NGIS_INTERNAL_PORT']}/ogc", name, secret)
    finally:
        end(process)


def test_owslib_makes_replaces_and_removes(served: Served) -> None:
    from owslib.ogcapi.features import Features
    from owslib.util import Authentication

    client = Features(served.url + "/", auth=Authentication(served.name, served.secret))
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [135.35, 34.74]},
        "properties": {"name": "OWSLibの公園"},
    }
    assert client.collection_item_create("emergency-sites", feature)
    made = client.response_headers["Location"].rpartition("/")[2]
    assert client.collection_item("emergency-sites", made)["properties"]["name"] == "OWSLibの公園"  # a new address
    feature["properties"] = {"name": "置き換えた公園", "elevation_m": 2}
    assert client.collection_item_update("emergency-sites", made, feature)
    served.read(f"items/{made}", elevation_m=2, name="置き換えた公園")
    assert client.collection_item_delete("emergency-sites", made)
    served.await_gone(made)
    with pytest.raises(RuntimeError, match="404"):
        client.collection_item("emergency-sites", made)
    with pytest.raises(RuntimeError, match="401"):
        Features(served.url + "/").collection_item_create("emergency-sites", feature)


def curl(served: Served, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["curl", "-sS", "-i", "-u", f"{served.name}:{served.secret}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return int(done.stdout.split(" ", 2)[1]), done.stdout


def test_curl_changes_what_it_has_read(served: Served) -> None:
    patch = ["-X", "PATCH", "-H", "Content-Type: application/merge-patch+json", f"{served.items}/s3"]
    _, read = curl(served, f"{served.items}/s3")
    tag = next(line.partition(": ")[2] for line in read.splitlines() if line.lower().startswith("etag:"))
    body = ["-d", json.dumps({"properties": {"remarks": "curlで変更"}})]
    status, answer = curl(served, *patch, "-H", f"If-Match: {tag}", *body)
    assert status == 204, answer
    status, answer = curl(served, *patch, "-H", f"If-Match: {tag}", *body)
    assert status == 412, answer
    served.read("items/s3", remarks="curlで変更")


def ogrinfo(served: Served, *arguments: str) -> str:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", *arguments, f"OAPIF:{served.url}", "emergency-sites"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def test_gdal_reads_what_was_written(served: Served) -> None:
    """GDAL's driver only reads; it sends its credentials with every request."""
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [34.7375, 135.3425]},
        "properties": {"name": "GDALが読む公園", "neighbourhoods": ["浜町"]},
    }
    made = httpx.post(
        served.items,
        content=json.dumps(feature),
        headers={"Content-Type": "application/geo+json", "Content-Crs": f"<{EPSG}6668>"},
        auth=(served.name, served.secret),
        timeout=20,
    )
    assert made.status_code == 201, made.text
    feature_id = made.headers["location"].rpartition("/")[2]
    served.await_everywhere(feature_id, lambda answer: answer.is_success)
    text = ogrinfo(served, "-oo", f"USERPWD={served.name}:{served.secret}")
    assert "GDALが読む公園" in text
    assert "POINT (135.3425 34.7375)" in text
    assert (
        httpx.delete(f"{served.items}/{feature_id}", auth=(served.name, served.secret), timeout=20).status_code == 204
    )
    served.await_gone(feature_id)
    assert "GDALが読む公園" not in ogrinfo(served)


class Qgis:
    """What QGIS sends: OPTIONS first, then POST, PATCH and DELETE with Basic, never with If-Match."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def options(self, address: str) -> set[str]:
        answer = self.client.options(address)
        assert answer.status_code == 200
        return {method.strip() for method in answer.headers["Allow"].split(",")}

    def send(self, method: str, address: str, media_type: str, document: Any, crs: str | None = None) -> httpx.Response:
        headers = {"Content-Type": media_type, **({"Content-Crs": crs} if crs else {})}
        answer = self.client.request(method, address, content=json.dumps(document).encode(), headers=headers)
        assert answer.status_code < 300, answer.text
        return answer


def test_qgis_edits(served: Served) -> None:
    with httpx.Client(auth=(served.name, served.secret), timeout=20) as client:
        edit_as_qgis(served, Qgis(client))


def edit_as_qgis(served: Served, qgis: Qgis) -> None:
    assert "POST" in qgis.options(served.items)
    assert {"PUT", "PATCH", "DELETE"} <= qgis.options(f"{served.items}/s1")
    # Its fields are those of the schema, the read-only ones among them; what the user leaves empty is null.
    schema = served.read("schema")["properties"]
    properties = {name: None for name, each in schema.items() if each.get("x-ogc-role") != "primary-geometry"}
    assert {"source_id", "dataset", "fictitious"} <= properties.keys()
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [34.7355, 135.3455]},
        "properties": {**properties, "name": "QGISの公園", "for_flood": True},
    }
    made = qgis.send("POST", served.items, "application/geo+json", feature, f"{EPSG}4326")
    location = made.headers["location"]
    feature_id = location[location.rindex("/items/") + len("/items/") :]
    assert served.read(f"items/{feature_id}", name="QGISの公園")["geometry"]["coordinates"] == [135.3455, 34.7355]

    one = f"{served.items}/{feature_id}"
    geometry = {"geometry": {"type": "Point", "coordinates": [34.7365, 135.3465]}}
    qgis.send("PATCH", one, "application/merge-patch+json", geometry, f"{EPSG}4326")
    qgis.send("PATCH", one, "application/merge-patch+json", {"properties": {"name": "改名", "for_flood": None}})
    read = served.read(f"items/{feature_id}", name="改名", for_flood=None)
    assert read["geometry"]["coordinates"] == [135.3465, 34.7365]

    # An older server without PATCH gets the whole feature as it was read.
    whole = {"type": "Feature", "id": feature_id, "geometry": read["geometry"], "properties": read["properties"]}
    whole["properties"] = {**read["properties"], "remarks": "PUTで変更"}
    qgis.send("PUT", one, "application/geo+json", whole)
    served.read(f"items/{feature_id}", remarks="PUTで変更")
    assert qgis.client.delete(one).status_code == 204
    served.await_gone(feature_id)


def test_of_writers_on_several_workers_one_wins(served: Served) -> None:
    """The same entity tag sent to both processes at once, many times: no update is lost."""
    address = f"{served.items}/s2"
    elevation = httpx.get(address, timeout=20).json()["properties"]["elevation_m"]
    for attempt in range(4):

        def is_known(answer: httpx.Response, last: float = elevation) -> bool:
            return bool(answer.json()["properties"]["elevation_m"] == last)

        served.await_everywhere("s2", is_known)
        tag = httpx.get(address, timeout=20).headers["etag"]

        def write(number: int, tag: str = tag, attempt: int = attempt) -> int:
            answer = httpx.patch(
                address,
                content=json.dumps({"properties": {"elevation_m": 100 + attempt * 10 + number}}),
                headers={"Content-Type": "application/merge-patch+json", "If-Match": tag},
                auth=(served.name, served.secret),
                timeout=30,
            )
            return answer.status_code

        with ThreadPoolExecutor(6) as executor:
            statuses = list(executor.map(write, range(6)))
        assert sorted(statuses) == [204, 412, 412, 412, 412, 412]
        elevation = 100 + attempt * 10 + statuses.index(204)
