"""The history of edits over HTTP: read as JSON and as pages, in both languages, and undone."""

import re
from typing import Any

import pytest

from tests.services.http.conftest import Desk

SITES = "emergency-sites"
ITEMS = f"{SITES}/items"


@pytest.fixture
def edited(desk: Desk) -> Desk:
    """Three edits: s1 changed twice, s2 removed."""
    for number, note in ((7, "現地確認"), (8, None)):
        path = f"{ITEMS}/s1" + (f"?note={note}" if note else "")
        assert desk.send("PATCH", path, {"properties": {"elevation_m": number}}).status_code == 204
    assert desk.send("DELETE", f"{ITEMS}/s2", if_match="*").status_code == 204
    return desk


def test_edits_are_listed_the_newest_first(edited: Desk) -> None:
    found = edited.read(f"{SITES}/history")
    assert (found["numberMatched"], found["numberReturned"]) == (3, 3)
    newest, second, first = found["edits"]
    assert [each["operation"] for each in found["edits"]] == ["delete", "update", "update"]
    assert (first["note"], second["note"], first["editedBy"]) == ("現地確認", None, "yamada")
    assert (newest["conditional"], first["conditional"]) == (True, False)
    assert [change for change in first["changes"] if change["property"] == "elevation_m"] == [
        {"property": "elevation_m", "before": 0, "after": 7}
    ]
    assert newest["undoneAt"] is None
    assert newest["editedAt"].endswith("+09:00")  # the clock of the city
    for each in found["edits"]:
        own = next(link["href"] for link in each["links"] if link["rel"] == "self")
        assert edited.client.get(own).json() == each


def test_edits_of_one_feature_outlive_it(edited: Desk) -> None:
    (only,) = edited.read(f"{ITEMS}/s2/history")["edits"]
    assert only["operation"] == "delete"
    name = next(change for change in only["changes"] if change["property"] == "name")
    assert (name["before"], name["after"]) == ("甲山森林公園", None)
    assert edited.read(f"{ITEMS}/nothing/history") == {
        "edits": [],
        "numberMatched": 0,
        "numberReturned": 0,
        "links": edited.read(f"{ITEMS}/nothing/history")["links"],
    }
    assert edited.read(f"{ITEMS}/s1%00/history")["numberMatched"] == 0


def test_paging(edited: Desk) -> None:
    seen: list[int] = []
    address: str | None = f"/ogc/collections/{SITES}/history?limit=2"
    while address:
        page = edited.client.get(address).json()
        seen += [each["id"] for each in page["edits"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == [3, 2, 1]
    before = next(link["href"] for link in page["links"] if link["rel"] == "prev")
    assert [each["id"] for each in edited.client.get(before).json()["edits"]] == [3, 2]
    for wrong in ("limit=0", "limit=1001", "offset=-1", "limit=x", "bogus=1"):
        assert edited.client.get(f"/ogc/collections/{SITES}/history?{wrong}").status_code == 400


def test_the_newest_edit_is_there_at_once(edited: Desk) -> None:
    for count in range(4, 8):
        edited.send("PATCH", f"{ITEMS}/s1", {"properties": {"elevation_m": count}})
        assert edited.read(f"{SITES}/history?limit=1")["numberMatched"] == count


def test_undoing(edited: Desk) -> None:
    before = edited.read(f"{ITEMS}/s3")
    tag = edited.client.get(f"/ogc/collections/{ITEMS}/s3").headers["etag"]
    assert edited.send("PUT", f"{ITEMS}/s3", {**before, "properties": {"name": "改"}}).status_code == 204
    number = edited.read(f"{SITES}/history")["edits"][0]["id"]
    answer = edited.send("POST", f"{SITES}/history/{number}/undo")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["undoneBy"]) == (number, "yamada")
    assert edited.read(f"{ITEMS}/s3") == before
    assert edited.client.get(f"/ogc/collections/{ITEMS}/s3").headers["etag"].partition("-")[0] == tag.partition("-")[0]


def test_what_cannot_be_undone(edited: Desk) -> None:
    out_of_order = edited.send("POST", f"{SITES}/history/1/undo?lang=en")
    assert out_of_order.status_code == 409
    assert out_of_order.json()["detail"] == "Later edits of the feature stand; undo them first: 2."
    for number in (2, 1, 3):
        assert edited.send("POST", f"{SITES}/history/{number}/undo").status_code == 200
    again = edited.send("POST", f"{SITES}/history/3/undo")
    assert (again.status_code, again.json()["title"]) == (409, "いまの状態と合いません")
    assert edited.send("POST", "shelters/history/3/undo").status_code == 404
    assert edited.client.post(f"/ogc/collections/{SITES}/history/3/undo").status_code == 401
    assert edited.client.get(f"/ogc/collections/{SITES}/history/3/undo").status_code == 405


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages(edited: Desk, language: str) -> None:
    edited.send("PATCH", f"{ITEMS}/s1", {"properties": {"remarks": "<script>alert(1)</script>"}})
    edited.send("PATCH", f"{ITEMS}/s3", {"geometry": None})
    words = {"ja": ("編集の履歴", "標高", "この編集を取り消す"), "en": ("History of edits", "Elevation", "Undo")}[
        language
    ]
    for path in (f"{SITES}/history", f"{ITEMS}/s1/history", f"{SITES}/history/1"):
        answer = edited.client.get(f"/ogc/collections/{path}?f=html&lang={language}")
        assert answer.status_code == 200
        assert all(word in answer.text for word in words)
        assert "<script" not in answer.text
        assert "架空データ" in answer.text or "ictitious" in answer.text
    assert "&lt;script&gt;" in edited.client.get(f"/ogc/collections/{SITES}/history?f=html").text
    assert "現地確認" in edited.client.get(f"/ogc/collections/{SITES}/history/1?f=html").text
    for path in (f"{ITEMS}/s1", SITES):
        page = edited.client.get(f"/ogc/collections/{path}?f=html&lang={language}").text
        assert words[0] in page
        (link,) = re.findall(r'href="([^"]+/history\?f=html)"', page)
        assert edited.client.get(link).status_code == 200
    links = edited.read(SITES)["links"]
    (history,) = [link["href"] for link in links if link["rel"] == "version-history"]
    assert edited.read(history.partition("8001")[2])["numberMatched"] == 5
    empty = edited.client.get("/ogc/collections/shelters/history?f=html&lang=en").text
    assert "No edits" in empty


def test_an_edit_is_undone_on_its_page(edited: Desk) -> None:
    page = edited.client.get(f"/ogc/collections/{SITES}/history?f=html").text
    (action, *_others) = re.findall(r'<form method="post" action="([^"]+)"', page)
    form = {"content-type": "application/x-www-form-urlencoded", "origin": "http://127.0.0.1:8001"}
    answer = edited.client.post(action, headers={**form, "accept": "text/html"}, auth=edited.auth)
    assert answer.status_code == 200
    assert "取り消し済み" in answer.text
    assert edited.read(f"{ITEMS}/s2")["properties"]["name"] == "甲山森林公園"


def test_problems_of_undoing_are_pages_where_pages_are_asked_for(edited: Desk) -> None:
    answer: Any = edited.send("POST", f"{SITES}/history/1/undo?f=html")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert "先に取り消してください" in answer.text
