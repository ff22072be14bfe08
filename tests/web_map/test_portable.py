"""A map as a file: nothing in it is loaded from anywhere, and what data say stays text."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
from folium.plugins import MarkerCluster
from shapely.geometry import Point, box

from geo.errors import InputError, NotFoundError, SourceError
from layers.catalogue import catalogue
from services.planning import coverage, facility_location, layer
from tests.conftest import free_port
from tests.services.ogc.processes.planning import KPH, small_town
from tests.services.ogc.processes.test_coverage import PEOPLE, STATIONS
from tests.services.planning.test_frames import frame
from web_map import folium_map
from web_map.portable.inlining import OutsideError, self_contained

EVIL = "</script><script>alert('x')</script>{{ 7 * 7 }}\"' onload=\"alert(1)"
FLOOD = gpd.GeoDataFrame(
    {
        "depth_class": ["3m-5m", "0.5m-3m", "3m-5m"],
    },
    geometry=[box(135.33, 34.73, 135.34, 34.74)] * 3,
    crs=6668,
)


class Loaded(HTMLParser):
    """Every address in an attribute, every element, and the text of each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str, str]] = []
        self.attributes: set[str] = set()
        self.text: dict[str, list[str]] = {}
        self.data: dict[str, str] = {}
        self._open, self._id = "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open = "json" if given.get("type") == "application/json" else tag
        self._id = given.get("id", "")
        for name, value in given.items():
            self.attributes.add(name)
            if "//" in value or name in ("src", "href"):
                self.addresses.append((tag, name, value))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.text.setdefault(self._open, []).append(data)
        if self._open == "json":
            self.data[self._id] = data


def sites(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [EVIL, "浜脇小学校"], **columns}, geometry=[Point(135.34, 34.74), Point(135.35, 34.75)], crs=6668
    )


def test_nothing_is_loaded_and_what_data_say_stays_text() -> None:
    found = Loaded(folium_map(sites(note=["https://example.org/x.js", None]), title=EVIL).html)
    assert found.addresses == []
    assert not {"src", "href", "onload"} & found.attributes
    assert found.text["h1"] == found.text["title"] == [EVIL]
    entry = json.loads(found.data["layer-0"])
    shown = entry["features"]
    assert [each["t"] for each in shown] == [EVIL, "浜脇小学校"]
    assert ("note", "https://example.org/x.js") in zip(entry["columns"], shown[0]["p"], strict=True)
    assert not any("alert" in each for each in found.text["script"])


def test_leaflet_stands_in_the_page_with_its_pictures() -> None:
    html = folium_map(sites()).html
    assert "L.map(" in html
    assert "Vladimir Agafonkin" in html
    assert "url(data:image/png;base64," in html
    assert "sourceMappingURL" not in html
    assert "default-src 'none'" in html
    assert "user-scalable" not in html


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(OutsideError, match="markercluster"):
        folium_map(sites(), extra=[MarkerCluster()])  # type: ignore[no-untyped-call]
    with pytest.raises(OutsideError, match="tile"):
        folium_map(sites(), extra=[folium.TileLayer("OpenStreetMap")])
    circle = folium.CircleMarker((34.74, 135.34), popup="<b>here</b>")
    assert Loaded(folium_map(sites(), extra=[circle]).html).addresses == []


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel=stylesheet href="//cdn.example/x.css">',
        '<link rel="preload" href="https://cdn.example/x">',
        '<img src="x.png">',
        "<IMG SRC=https://e.example/x.png>",
        '<svg><use xlink:href="https://e.example/x#y"/></svg>',
        "<style>@import 'x.css'</style>",
        "<div style=\"background:url('https://e.example/x')\"></div>",
        "<script>fetch('https://e.example/x')</script>",
        '<iframe src="https://e.example"></iframe>',
        '<base href="https://e.example/">',
    ],
)
def test_whatever_loads_is_found(html: str) -> None:
    with pytest.raises(OutsideError):
        self_contained(f"<!doctype html><p>{html}</p>")


def test_links_and_text_are_left_as_they_are() -> None:
    html = (
        '<!doctype html><p title="a&quot;b">&lt;https://e.example&gt; <a href="https://e.example/?a=1&amp;b">x</a>'
        "<!-- c --><br/>&#26085;</p>"
    )
    assert self_contained(html) == html


def test_layers_have_their_official_colours_their_sources_and_dates() -> None:
    declared = catalogue()["hazard-flood"]
    first, second = declared.style.classes[:2]
    frame = gpd.GeoDataFrame(
        {
            str(declared.style.by): [second.value, first.value, first.value],
            "scenario": ["maximum", "maximum", "planned"],
            "source_id": [declared.formats[0].id] * 3,
            "as_of": ["2024-03-31", "2022-01-01", "2020-01-01"],
            "fictitious": [True, True, True],
        },
        geometry=[box(135.33, 34.73, 135.34, 34.74)] * 3,
        crs=6668,
    )
    found = Loaded(folium_map((declared, frame), choices={"hazard-flood": "maximum"}, language="en").html)
    entry = json.loads(found.data["layer-0"])
    assert [each["c"] for each in entry["features"]] == [1, 0]
    assert entry["style"]["classes"][0]["color"] == first.color
    said = " ".join(" ".join(each) for each in found.text.values())
    for text in (
        first.title.en,
        second.title.en,
        "2020-01-01",
        "fictitious",
        declared.formats[0].title.en,
        "not mean safe",
    ):
        assert text in said
    with pytest.raises(InputError, match="planned"):
        folium_map((declared, frame), choices={"hazard-flood": "x"})


def test_what_has_no_place_no_source_or_no_date_is_said() -> None:
    frame = sites(source_id=["x", "x"], as_of=["2024-01-01", None])
    frame.loc[1, "geometry"] = None
    said = " ".join(Loaded(folium_map(("shelters", frame)).html).text["p"])
    assert "時点 不明" in said
    assert "場所の分からないもの 1" in said
    assert "出典と時点は示されていない" in " ".join(Loaded(folium_map(sites()).html).text["p"])


def test_bad_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shown"):
        folium_map()
    with pytest.raises(InputError, match="no layer"):
        folium_map("elevation")
    with pytest.raises(InputError, match="reference system"):
        folium_map(gpd.GeoDataFrame(geometry=[Point(0, 0)]))
    with pytest.raises(InputError, match="int"):
        folium_map(7)
    with pytest.raises(NotFoundError):
        folium_map(sites(), language="tlh")
    with pytest.raises(SourceError, match="shelters"):
        folium_map("shelters", ogc=f"http://127.0.0.1:{free_port()}/ogc")
    empty = gpd.GeoDataFrame({"name": []}, geometry=gpd.GeoSeries([], crs=6668), crs=6668)
    assert folium_map(empty).save(tmp_path / "m.html").stat().st_size > 100_000


def test_analyses_are_drawn_as_their_reports_are() -> None:
    town = small_town()
    given: dict[str, Any] = {"straight_line_kph": KPH, "context": town}
    reached = coverage(frame(STATIONS), frame(PEOPLE), limits_s=[45, 120], **given)
    planned = facility_location(frame(PEOPLE), frame(PEOPLE), facilities=frame(STATIONS), limit_s=45, **given)
    for found in (reached, planned):
        page = Loaded(folium_map(found).html)
        points, ground = (json.loads(page.data[name]) for name in ("layer-0", "layer-1"))
        assert len(points["features"]) == len(found.drawings()[0].frame) > 0
        assert found.headline in " ".join(page.text["p"])
        classes = found.drawings()[1].frame["result_class"].tolist()
        assert len(ground["features"]) == len(classes)
    first = reached.drawings()[1].frame
    assert [each == "in-time" for each in first["result_class"]] == [bool(each) for each in first["covered"]]


def test_layers_out_of_the_database_are_frames() -> None:
    stations = layer("fire-stations", context=small_town())
    assert stations.crs.to_epsg() == 6668
    assert set(stations["name"]) == {"甲署", "乙分署", "丙分団"}
    with pytest.raises(NotFoundError, match="no layer"):
        layer("x", context=small_town())
    with pytest.raises(NotFoundError, match="loaded"):
        layer("aeds", context=small_town())
