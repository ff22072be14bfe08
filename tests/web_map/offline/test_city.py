"""What a device answers with the network off, against what the server answers: for any place, in any language."""

import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo.crs import STORAGE, transform_xy
from geo.names import name_key
from layers.text import Text
from services.offline.files import Written
from services.ogc.processes import processes
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import Context
from services.ogc.processes._places.searching import search
from tests.geo.travel.streets import position
from tests.web_map.offline.comparing import asked, differences, shown
from tests.web_map.offline.conftest import NOW, SMALL, context
from web_map.card import CardAsked, CardCity, CardUrls
from web_map.pages import card_page

CITY = CardCity(Text(SMALL.name_ja, SMALL.name_en), SMALL.contact_name, SMALL.contact_url, SMALL.time_zone)


@cache
def town(now: datetime) -> Context:
    return context(lambda: now)


def answered(place: Sequence[float], language: str, now: datetime = NOW) -> dict[str, Any]:
    given = {"location": list(place), "language": language}
    found: dict[str, Any] = processes()["answer-card"].run(given, town(now))["answer"]
    return found


def question(place: Sequence[float], language: str, now: datetime = NOW) -> dict[str, Any]:
    return {"ask": "answer", "lon": place[0], "lat": place[1], "language": language, "now": now.isoformat()}


def places(count: int, seed: int) -> list[tuple[float, float]]:
    """Places on and around the streets, and some anywhere in what was taken along."""
    random = np.random.default_rng(seed)
    near = [position(*each) for each in random.uniform(-100, 900, (count, 2)).tolist()]
    west, south, east, north = SMALL.bbox
    far = [tuple(each) for each in random.uniform((west, south), (east, north), (count // 3, 2)).tolist()]
    return [*near, *far]


def test_a_device_answers_as_the_server_does(folder: Path) -> None:
    later = NOW + timedelta(days=8)  # what was said of the sites holds no longer
    asks = [(place, language, NOW) for place in places(30, 2) for language in ("ja", "en")]
    asks += [(place, "vi", later) for place in places(12, 3)]
    found = asked(folder, [question(*each) for each in asks])
    wrong = {each: differences(shown(got), shown(answered(*each))) for each, got in zip(asks, found, strict=True)}
    assert {each: lines for each, lines in wrong.items() if lines} == {}
    walks = [
        entry["walk"]
        for each in found
        for one in each["hazards"]
        for entry in (one["sites"] or {"nearest": []})["nearest"]
    ]
    assert len(walks) > 300
    assert {one["state"] for each in found for one in each["hazards"]} == {"inside", "outside", "unknown"}
    refused = {one["sites"]["refusal"] for each in found for one in each["hazards"] if one["sites"]} - {None}
    assert len(refused) > 3
    assert any(walk["unknown_m"] for walk in walks)
    assert any(walk["in_zone_m"] for walk in walks)


def test_by_a_clock_before_the_bundle_was_made_no_opening_holds(folder: Path) -> None:
    where = places(9, 3)
    future, past = NOW + timedelta(days=8), NOW - timedelta(days=400)
    fresh, old, wrong = (
        [each["hazards"] for each in asked(folder, [question(place, "en", at) for place in where])]
        for at in (NOW, future, past)
    )
    assert wrong == old != fresh


def test_at_the_line_of_an_area_a_device_says_the_graver(folder: Path) -> None:
    """Within rounding of a line what the server calls inside is never outside on the device."""
    random = np.random.default_rng(8)
    layers = town(NOW).layers
    shapes = [
        each.geometry for layer in hazard_layers() for each in layers.features(layer) if each.geometry is not None
    ]
    points = []
    for shape in shapes:
        line = shapely.intersection(shapely.boundary(shape), shapely.box(*SMALL.bbox))
        for share in random.uniform(0, 1, 12) if line.length else ():
            point = line.interpolate(share, normalized=True)
            points.append((point.x + random.uniform(-3e-7, 3e-7), point.y + random.uniform(-3e-7, 3e-7)))
    assert len(points) > 40
    found = asked(folder, [question(each, "en") for each in points])
    grave = {"inside": 0, "unknown": 1, "outside": 2}
    for place, got in zip(points, found, strict=True):
        if got is None:
            continue
        for ours, theirs in zip(got["hazards"], answered(place, "en")["hazards"], strict=True):
            assert grave[ours["state"]] <= grave[theirs["state"]], (place, ours["id"])


def test_beyond_what_was_taken_along_nothing_is_answered(folder: Path) -> None:
    assert asked(folder, [question((135.20, 34.74), "ja"), question((135.34, 34.90), "ja")]) == [None, None]


class Flat(HTMLParser):
    """Tags, attributes and texts of a page, without blanks between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.found.append(" ".join(data.split()))


@pytest.mark.parametrize("language", ["ja-x-yasashii", "en", "pt"])
def test_the_page_is_drawn_by_the_servers_template(folder: Path, language: str) -> None:
    every: list[dict[str, Any]] = []
    for place in (position(210, 110), position(650, 640), (135.327, 34.76)):
        answer = answered(place, language)
        answer["place"]["title"] = answer["query"] = "<&\"'>避難《ひなん》"
        every.append({"ask": "page", "answer": answer, "lon": place[0], "lat": place[1], "language": language})
    urls = CardUrls(page="", map="#map", layers="", ogc="#sources-heading", static=".")
    for given, drawn in zip(every, asked(folder, every), strict=True):
        ours = card_page(CardAsked("", given["lon"], given["lat"]), given["answer"], CITY, urls, language)
        ours = re.sub(r"#map\?lang=[^\"]*", "#map", ours)
        assert Flat(drawn).found == Flat(ours).found


def test_the_plane_is_the_one_of_the_law() -> None:
    random = np.random.default_rng(4)
    asks = [
        (epsg, lon, lat)
        for epsg, (low, high) in {6673: (134.2, 135.6), 6677: (139, 141), 6669: (128.5, 130)}.items()
        for lon, lat in zip(random.uniform(low, high, 5).tolist(), random.uniform(32, 36, 5).tolist(), strict=True)
    ]
    found = asked(Path(), [{"ask": "metres", "epsg": epsg, "lon": lon, "lat": lat} for epsg, lon, lat in asks])
    for (epsg, lon, lat), (x, y, back_lon, back_lat) in zip(asks, found, strict=True):
        assert (x, y) == pytest.approx(transform_xy(lon, lat, STORAGE, epsg), abs=1e-3)
        assert (back_lon, back_lat) == pytest.approx((lon, lat), abs=1e-9)


def test_a_key_is_made_as_the_server_makes_it(folder: Path) -> None:
    written = [
        *("甲子園口三丁目３ー１", "こうしえんぐち ３ちょうめ", "上ヶ原一番町", "二十五号", "大字ヱびす〇一番地"),
        *("Ｓｔ. Ｊohn's・ガーデン", "〒662-0911 石在町", "濱脇のつどい"),
    ]
    assert asked(folder, [{"ask": "key", "text": each} for each in written]) == [name_key(each) for each in written]


@pytest.mark.parametrize(
    "text",
    [
        *("石在町", "いしざいちょう", "兵庫県西宮市石在町", "6620911", "〒662-0911", "6620918", "甲小学校", "小学校"),
        *("名塩", "名塩2-3", "なじお", "石在町3-1", "nowhere", "<b>", ""),
    ],
)
def test_places_are_found_by_name_as_the_server_finds_them(folder: Path, text: str) -> None:
    (found,) = asked(folder, [{"ask": "find", "text": text}])
    theirs = search(text, town(NOW))
    assert {each.title for each in theirs.places} == set(found)


# --- what may be wrong with a copy ------------------------------------------------------------------------------


def spoilt(folder: Path, to: Path, name: str, spoil: Any) -> Path:
    shutil.copytree(folder, to)
    (file,) = (to / "parts").glob(f"{name}-[0-9a-f]*.js") if name != "manifest" else [to / "manifest.js"]
    text = file.read_text()
    file.unlink()
    if (new := spoil(text)) is not None:
        file.write_text(new)
    return to


def changed(text: str) -> str:
    """One bit of the content."""
    head, body, tail = text.rpartition('"')[0].rpartition('"')[0] + '"', text.split('"')[-2], '");\n'
    content = bytearray(b64decode(body))
    content[len(content) // 2] ^= 1
    return head + b64encode(content).decode() + tail


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("faces-hazard-flood", changed, "broken"),
        ("footways", lambda text: text[: len(text) // 2], "broken"),
        ("core", lambda text: text.replace('ngisPart("', 'ngisPart("x', 1)[:-200] + '");\n', "broken"),
        ("answers", lambda _: None, None),
    ],
)
def test_a_spoilt_copy_is_refused(folder: Path, tmp_path: Path, name: str, spoil: Any, reason: str | None) -> None:
    (found,) = asked(spoilt(folder, tmp_path / "copy", name, spoil), [{"ask": "open"}])
    assert found.keys() == {"reason"}
    assert reason is None or found["reason"] == reason


def test_a_copy_of_another_form_is_refused(folder: Path, tmp_path: Path) -> None:
    def newer(text: str) -> str:
        content = b64decode(text.split('"')[-2]).replace(b'"format": 1', b'"format": 2')
        return f'ngisPart("manifest.js", "{b64encode(content).decode()}");\n'

    (found,) = asked(spoilt(folder, tmp_path / "copy", "manifest", newer), [{"ask": "open"}])
    assert found == {"reason": "format"}


def test_a_copy_says_how_old_it_is(folder: Path) -> None:
    moments = [NOW, NOW + timedelta(days=29), NOW + timedelta(days=31), NOW - timedelta(days=2)]
    found = asked(folder, [{"ask": "age", "now": each.isoformat()} for each in moments])
    assert found == ["current", "current", "expired", "future"]


def test_a_part_has_the_name_of_its_content_and_the_folder_its_mark(bundle: Written, folder: Path) -> None:
    assert (folder / ".ngis-offline").read_text() == bundle.revision
    assert bundle.total == sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    assert bundle.total < 2e6
