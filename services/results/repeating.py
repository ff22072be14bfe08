"""Making a kept result again from what was kept of it: the same, or what has changed meanwhile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from geo.errors import InputError
from layers.results import IDENTITY
from services.database.connect import connect, role_urls
from services.database.results import KeptResult, file_content, kept_result
from services.ogc import geojson
from services.ogc.alone import Answered, outputs_of
from services.ogc.processes._model import Context
from services.settings import Settings


@dataclass(frozen=True, slots=True)
class Changed:
    """A layer that was read and is another now: revision and as-of date then and now; None: it was, or is, not read."""

    layer: str
    title: str
    then: tuple[int, str | None] | None
    now: tuple[int, str | None] | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A result made again.

    same:
        Whether every feature is as it was.
    differing, added, removed:
        Of the features how many differ, are new, and are not there any more.
    data, code:
        The layers that have changed since, and whether the program has.
    """

    kept: KeptResult
    answered: Answered
    same: bool
    differing: int
    added: int
    removed: int
    data: tuple[Changed, ...]
    code: bool


def repeat(name: str, *, settings: Settings | None = None, context: Context | None = None) -> Repeated:
    """Asks for a kept result again with the inputs of then, on the data and by the program of now.

    Raises
    ------
    NotFoundError
        If there is no result of this name.
    InputError
        If it was made of personal data, which is not kept.
    GisError
        As ``services.ogc.alone.ask``.
    """
    settings = settings or Settings()
    with connect(role_urls(settings).internal, application_name="ngis results") as connection:
        kept = kept_result(connection, "core", name)
        before = json.loads(file_content(connection, kept.file_sha256))["features"]
    if kept.inputs is None:
        raise InputError(
            f"The result {name!r} was made of records of persons, which are not kept.",
            fix="Ask for it with the number of its release in their place (`ngis releases`).",
        )
    answered = outputs_of(kept.process_id, kept.inputs, settings, context)
    answer = orjson.loads(geojson.dumps(answered["answer"]))
    then = {str(each["properties"].pop(IDENTITY)): each for each in before}
    now = {str(each["id"]): each for each in json.loads(answered["layer"])["features"]}
    differing = sum(then[key] != now[key] for key in then.keys() & now.keys())
    added, removed = len(now.keys() - then.keys()), len(then.keys() - now.keys())
    return Repeated(
        kept,
        answered,
        not (differing or added or removed),
        differing,
        added,
        removed,
        _changed(kept.about["sources"], answer["sources"]),
        kept.about["code"]["digest"] != answer["code"]["digest"],
    )


def _changed(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> tuple[Changed, ...]:
    then, now = ({str(each["layer"]): each for each in sources} for sources in (before, after))
    return tuple(
        Changed(layer, str({**then, **now}[layer]["title"]), _version(then.get(layer)), _version(now.get(layer)))
        for layer in dict.fromkeys((*then, *now))
        if _version(then.get(layer)) != _version(now.get(layer))
    )


def _version(source: Mapping[str, Any] | None) -> tuple[int, str | None] | None:
    return None if source is None else (int(source["revision"]), source["as_of"])
