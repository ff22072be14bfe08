"""Kept results of analyses: how each was made, with the request that makes it again."""

from http import HTTPStatus
from typing import Any

from pygeoapi.api import APIRequest

from layers.text import Text
from services.database.results import KeptResult, kept_results
from services.ogc import geojson
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import ResourceError
from services.ogc.execution.describing import Reply
from services.ogc.links import RELATIONS


def list_results(api: CityApi, _request: APIRequest) -> Reply:
    """All that this face has, the newest first."""
    base = current().base
    return {}, HTTPStatus.OK, geojson.dumps({"results": [_document(each, base) for each in _kept(api)]})


def get_result(api: CityApi, _request: APIRequest, name: str) -> Reply:
    """One of them."""
    for each in _kept(api):
        if each.name == name:
            return {}, HTTPStatus.OK, geojson.dumps(_document(each, current().base))
    raise ResourceError(Text("この名前の結果はありません。", "There is no result of this name."))


def _kept(api: CityApi) -> list[KeptResult]:
    source = next(iter(api.sources.values()), None)
    if source is None:
        return []
    with source.pool.connection() as connection:
        return kept_results(connection, source.face.schema)


def _document(kept: KeptResult, base: str) -> dict[str, Any]:
    language = current().language
    execution = f"{base}/processes/{kept.process_id}/execution"
    inputs = kept.inputs if kept.inputs is not None else _repeatable(kept)
    links = [
        _link("self", f"{base}/results/{kept.name}", Text("この文書", "This document"), language),
        _link("collection", f"{base}/collections/{kept.layer.id}", kept.layer.title, language),
        _link("related", f"{base}/processes/{kept.process_id}", Text("プロセス", "The process"), language),
    ]
    if inputs is not None:
        repeat = Text("もう一度求める（POST、bodyはrepeatにある）", "Make it again (POST, its body is in repeat)")
        links.append(_link(f"{RELATIONS}/execute", execution, repeat, language))
    return {
        "name": kept.name,
        "collection": kept.layer.id,
        "process": kept.process_id,
        "kept_at": kept.kept_at.isoformat(),
        **kept.about,
        "repeat": None if inputs is None else {"method": "POST", "href": execution, "body": {"inputs": inputs}},
        "links": links,
    }


def _repeatable(kept: KeptResult) -> dict[str, Any] | None:
    """The parameters, where they are all that was asked: what somebody gave is a digest there, and not enough."""
    given = kept.about["parameters"]
    if any(isinstance(value, dict) and "digest" in value for value in given.values()) or "records" in given:
        return None
    return dict(given)


def _link(rel: str, href: str, title: Text, language: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": "application/json", "title": title.in_language(language)}
