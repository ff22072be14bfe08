"""Pages of features and single features as documents: what PostgreSQL wrote, and what is said beside it."""

from typing import Any

from layers.model import Text
from services.database.asking import Asking
from services.ogc.asked import Asked
from services.ogc.errors import ResourceError
from services.ogc.features import links, statements
from services.ogc.features.selecting import every_one, selected
from services.ogc.geojson import RawFeature, RawFeatures


def page(asked: Asked) -> Asking[dict[str, Any]]:
    """One page of features, or their number alone; for a file the selection that it is written from.

    ``numberMatched`` is exact, and left out where counting would cost more than the page (``statements``).
    """
    given, selection = asked.given, selected(asked)
    if asked.format.bulk:
        return {"features": [], "selection": selection}  # read when the file is written
    if given.get("resulttype") == "hits":
        matched = yield from statements.count(selection)
        return {
            "type": "FeatureCollection",
            "features": [],
            "numberMatched": matched,
            "numberReturned": 0,
            "links": links.around(asked, None),
        }
    after = None if selection.ordered else given.get("after")
    found_rows = yield from statements.page(selection, asked.format.name, after, known="filter" not in given)
    found: dict[str, Any] = {"type": "FeatureCollection", **statements.about(selection, asked)}
    if found_rows.matched is not None:
        found["numberMatched"] = found_rows.matched
    found["numberReturned"] = found_rows.returned
    found["features"] = RawFeatures(found_rows.raw, found_rows.returned)
    assert selection.limit is not None  # noqa: S101 - pages have one
    place = links.Place(selection.offset, selection.limit, found_rows, seekable=not selection.ordered)
    found["links"] = links.around(asked, place)
    return found


def item(asked: Asked, identifier: str) -> Asking[RawFeature]:
    """The feature with this id; ``ResourceError`` where there is none."""
    selection = every_one(asked)
    found = None if "\0" in identifier else (yield from statements.item(selection, asked.format.name, identifier))
    if found is None:
        raise ResourceError(Text("この番号の地物はありません。", "There is no feature with this id."))
    raw, version = found
    if version is not None:
        asked.noted["version"] = version
    feature = RawFeature(raw, statements.about(selection, asked))
    feature["links"] = links.beside(asked)
    return feature
