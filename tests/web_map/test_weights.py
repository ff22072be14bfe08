"""What the pages weigh stays below what was promised; no browser is needed to know it."""

from tests.web_map import cards, small_city
from tests.web_map.library_sheet import SHEET, sheet
from tests.web_map.weights import FIRST_LOAD_KB, MAP_KB, kilobytes, library, named_in, read, with_imports
from web_map.pages import map_page

ROOM_KB = 4
"""Kept free: the page itself grows with its data."""


def test_an_answer_and_all_that_comes_with_it() -> None:
    page = cards.page("inside", "ja")
    files = with_imports([*named_in(page), "live.mjs"], begun_by="card.mjs")
    assert {"card.css", "around.css", "around/offer.mjs", "offline/saving.mjs", "speech.mjs", "tools.mjs"} <= set(files)
    assert not {"around/map.mjs", "offline/bundle.mjs"} & set(files)
    assert kilobytes([page.encode(), *read(files)]) <= FIRST_LOAD_KB - ROOM_KB


def test_the_map_with_its_library() -> None:
    files = with_imports([*named_in(map_page(small_city.view(), "ja")), "map.mjs", "maplibre.css"])
    assert {"main.mjs", "layer_list.mjs", "heights.mjs", "map.css", "icon.svg"} <= set(files)
    assert "seen.mjs" not in files  # asked for when it is wanted
    assert kilobytes([*library(), *read(files)]) <= MAP_KB - ROOM_KB


def test_the_sheet_of_the_map_is_that_of_the_installed_library() -> None:
    assert SHEET.read_text("utf-8") == sheet(), "Renew it: python -m tests.web_map.library_sheet"
