"""The log of releases: the list, the newest first, and one release with its counts."""

from pygeoapi.api import APIRequest

from layers.text import Text
from services.ogc.analysis.releases import DatabaseReleases, Entry
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import ResourceError
from services.ogc.execution.describing import Reply, rendered
from services.ogc.processes._demand.answer import release_document


def list_releases(api: CityApi, _request: APIRequest) -> Reply:
    """All releases, those of one subject where it is named."""
    asked = current()
    entries = _log(api).of_subject(asked.given.get("subject"))
    document = {
        "releases": [release_document(each) for each in reversed(entries)],
        "links": [_link("self", f"{asked.base}/releases", asked.language)],
    }
    return rendered(api, "releases/index.html", document)


def get_release(api: CityApi, _request: APIRequest, number: str) -> Reply:
    """One release, with what was counted."""
    asked = current()
    found = next((each for each in _log(api).of_subject() if str(each.number) == number), None)
    if found is None:
        raise ResourceError(Text("この番号の公開はありません。", "There is no release of this number."))
    links = [
        _link("self", f"{asked.base}/releases/{found.number}", asked.language),
        _link("collection", f"{asked.base}/releases", asked.language),
    ]
    return rendered(api, "releases/release.html", {**release_document(found), **_counts(found), "links": links})


def _link(rel: str, href: str, language: str) -> dict[str, str]:
    title = Text("この文書", "This document") if rel == "self" else Text("公開記録", "The log of releases")
    return {"rel": rel, "type": "application/json", "href": href, "title": title.in_language(language)}


def _counts(entry: Entry) -> dict[str, object]:
    release = entry.release
    return {
        "counts": [
            {"mesh_codes": group, "count": count, "by_label": release.table[row] if release.table else None}
            for row, (group, count) in enumerate(zip(release.groups, release.counts, strict=True))
            if count != 0
        ]
    }


def _log(api: CityApi) -> DatabaseReleases:
    source = next(iter(api.sources.values()), None)
    if source is None:
        raise ResourceError(Text("レイヤーがまだありません。", "There are no layers yet."))
    return DatabaseReleases(source.pool)
