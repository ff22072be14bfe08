"""Keeping: the layer that an analysis gave becomes a file received, and a layer of the internal face."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import psycopg

from geo.errors import InputError
from layers.catalogue import catalogue
from layers.result_classes import LEGEND, legend_from_json
from layers.results import IDENTITY, PREFIX, ResultDeclaration, result_layer
from layers.text import Text
from services.database.connect import connect, role_urls
from services.database.failures import store_errors
from services.database.results import KeptResult, insert_result, kept_result
from services.database.schema import synchronise
from services.ingest.model import Provenance
from services.ingest.pipeline import Options, ingest_file
from services.ogc import geojson
from services.ogc.alone import Answered
from services.settings import Settings

ABOUT = (
    *("headline", "parameters", "assumptions", "code", "answered_at", "vehicle", "calibration", "sources"),
    *("fictitious", "notes"),
)
"""Members of an answer that are kept beside its layer."""


def keep(
    name: str, answered: Answered, *, by: str, title: str | None = None, settings: Settings | None = None
) -> KeptResult:
    """Keeps the output ``layer`` of a process as the collection ``result-<name>`` of the internal face.

    All in one transaction, as the owner of the database: the file, the layer, its rows, and how it was made.  Nothing
    of it is public before it is published.

    Raises
    ------
    InputError
        If the name is none or taken, nobody keeps it, or the result has no features.
    StoreError
        If the database does not run.
    """
    if not by.strip():
        raise InputError("A result needs the name of the person who keeps it.")
    settings = settings or Settings()
    process, answer = answered.process, orjson.loads(geojson.dumps(answered["answer"]))
    layer_file = json.loads(answered["layer"])
    features = layer_file["features"]
    declaration = ResultDeclaration.of_features(
        name,
        Text(f"{process.title.ja}：{title or name}", f"{process.title.en}: {title or name}"),
        Text(f"{process.description.ja} {answer['headline']}", f"{process.description.en} {answer['headline']}"),
        _credit(answer),
        [_as_row(each) for each in features],
        legend_from_json(layer_file.get(LEGEND, ())),
    )
    layer = result_layer(declaration)
    personal = any(answered.inputs.get(each) is not None for each in process.never_kept)
    inputs = None if personal else orjson.loads(geojson.dumps(dict(answered.inputs)))
    about = {each: answer[each] for each in ABOUT if each in answer}
    with (
        tempfile.TemporaryDirectory() as folder,
        store_errors(),
        connect(role_urls(settings).owner, application_name="ngis results") as connection,
    ):
        _require_free(connection, layer.id)
        synchronise(connection, {layer.id: layer})
        path = Path(folder) / f"{layer.id}.geojson"
        path.write_text(json.dumps(_collection(features, about), ensure_ascii=False), "utf-8")
        (report,) = ingest_file(
            _lent(connection), path, settings, _provenance(layer.title.ja, answer), Options(layer=layer, by=by)
        )
        assert report.file_sha256 is not None  # noqa: S101 - it was loaded
        insert_result(connection, declaration, process.id, inputs, about, report.file_sha256, by)
        return kept_result(connection, "core", name)


def _collection(features: list[dict[str, Any]], about: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "about": about, "features": [_as_row(each) for each in features]}


def _as_row(feature: Mapping[str, Any]) -> dict[str, Any]:
    """The feature with its id among its properties, by which it is known again."""
    properties = {IDENTITY: str(feature["id"]), **feature["properties"]}
    return {"type": "Feature", "id": feature["id"], "geometry": feature["geometry"], "properties": properties}


def _provenance(title: str, answer: Mapping[str, Any]) -> Provenance:
    """Of the date of the oldest of its sources, where all are known."""
    dates = [each["as_of"] for each in answer["sources"]]
    oldest = min(dates) if dates and None not in dates else None
    return Provenance(
        title=title,
        as_of=None if oldest is None else date.fromisoformat(oldest),
        fictitious=bool(answer["fictitious"]),
    )


def _credit(answer: Mapping[str, Any]) -> Text:
    names = list(dict.fromkeys(str(each["source"]) for each in answer["sources"]))
    return Text(f"{'、'.join(names)}を加工して分析", f"Analysed from: {', '.join(names)}")


def _require_free(connection: psycopg.Connection[tuple[Any, ...]], layer_id: str) -> None:
    taken = connection.execute("SELECT EXISTS (SELECT FROM ngis.layer WHERE id = %s)", (layer_id,)).fetchone()
    if layer_id in catalogue() or (taken is not None and taken[0]):
        name = layer_id.removeprefix(PREFIX)
        raise InputError(
            f"The name {name!r} was given to a result already, and what a name stands for does not change.",
            fix="Keep this one under another name.",
        )


def _lent(connection: psycopg.Connection[tuple[Any, ...]]) -> Any:
    """What lends this connection, so that all is in its transaction."""

    @contextmanager
    def lend() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        yield connection

    return lend
