"""The model of a process: what it takes, what it gives, and the function that makes the one of the other.

A process sees the city through its ``Context`` alone, and that only through small protocols: the same function answers
a request, runs as a job, in a notebook, and in a test without a server.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from jsonschema import Draft202012Validator

from geo.errors import InputError
from layers.text import Text
from services.ogc.analysis.cluster import Cluster
from services.ogc.analysis.layers import LayerReader
from services.ogc.analysis.releases import ReleaseLog
from services.ogc.analysis.roads import NO_ROADS, RoadReader
from services.settings import City

Schema = Mapping[str, Any]
"""A JSON Schema in the words of OGC API Processes 1.0: those that OpenAPI 3.0 and JSON Schema 2020-12 share."""
Values = Mapping[str, Any]

_KEBAB_CASE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
JSON_TYPE = "application/json"


class Mode(StrEnum):
    """How a process may be run; the values are OGC's job control options."""

    SYNC = "sync-execute"
    ASYNC = "async-execute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input.  An input that is not ``required`` and has no ``default`` in its schema is absent where not given."""

    title: Text
    description: Text
    schema: Schema
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output: JSON that fits the schema, or for another media type a text or bytes."""

    title: Text
    description: Text
    schema: Schema
    media_type: str = JSON_TYPE


def _no_report(_percent: int, _message: Text) -> None:
    return


def _no_check() -> None:
    return


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """What a run has beside its inputs.

    layers:
        The layers, as the face that asks may see them.
    roads:
        The road network, as vehicles find it now.
    language:
        ``ja`` or ``en``: of the texts in the outputs.
    report:
        Called with the progress in per cent and what is being done.
    span:
        From how many per cent to how many what is being done now goes: see ``report_share``.
    check:
        To be called now and then by work that takes long; what it raises ends the run that nobody waits for.
    clock:
        The time now, with its offset.
    releases:
        The log of what is released of personal data; None where none is kept, and so nothing may be.
    cluster:
        Machines that share the work of analyses; None: this one does it.
    """

    layers: LayerReader
    city: City
    language: str = "ja"
    report: Callable[[int, Text], None] = _no_report
    check: Callable[[], None] = _no_check
    roads: RoadReader = NO_ROADS
    clock: Callable[[], datetime] = utc_now
    releases: ReleaseLog | None = None
    cluster: Cluster | None = None
    span: tuple[int, int] = (0, 0)

    def spanning(self, first: int, last: int) -> Self:
        """The same context for work that goes from one percentage to another."""
        return replace(self, span=(first, last))

    def report_share(self, share: float, message: Text) -> None:
        """Reports how much of the work of ``span`` is done, from 0 to 1; without one the message alone is new."""
        first, last = self.span
        self.report(first + int((last - first) * share), message)

    def speaking(self, language: str | None) -> Self:
        """The same context in another language, where one is named."""
        return self if language is None else replace(self, language=language)

    def say(self, text: Text) -> str:
        """The text in the language of the run."""
        return text.in_language(self.language)


Run = Callable[[Values, Context], Values]


@dataclass(frozen=True, kw_only=True, eq=False)
class Process:
    """One process.  What is inconsistent raises ``InputError`` at import.

    run:
        From the inputs by name (checked by their schemas, defaults filled in) and the context to the outputs by name.
        Raises ``GisError`` where there is no answer; those of ``services.ogc.errors`` tell it in both languages.
    exactly_one_of:
        Inputs of which one is given and no other; ``run`` refuses what is not so.
    by_query:
        It is quick, reads and changes nothing, and may also be asked by GET with its inputs as query parameters; what
        is a list of objects is left to POST.
    brief:
        Where nothing has to be read it takes a millisecond or two, and so is answered in the event loop; what takes
        longer calls ``services.database.waiting.require_thread`` first.
    most_waiting:
        How many of its jobs may wait at once on a face.
    never_kept:
        Inputs with personal data: a request that has one is answered at once and never becomes a job, which would be
        stored, and of what is wrong with one no value is said.
    """

    id: str
    version: str
    title: Text
    description: Text
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    run: Run
    keywords: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = (Mode.SYNC, Mode.ASYNC)
    exactly_one_of: tuple[str, ...] = ()
    by_query: bool = False
    brief: bool = False
    most_waiting: int = 50
    never_kept: frozenset[str] = frozenset()
    examples: tuple[Values, ...] = dataclass_field(default=())

    def __post_init__(self) -> None:
        if not _KEBAB_CASE.fullmatch(self.id):
            raise InputError(f"Process id {self.id!r} is not kebab-case.")
        if not self.modes or not self.outputs:
            raise InputError(f"Process {self.id}: it needs a way to run and an output.")
        if self.by_query and Mode.SYNC not in self.modes:
            raise InputError(f"Process {self.id}: what is asked by GET is answered at once.")
        if not self.never_kept <= set(self.inputs) or (self.never_kept and Mode.SYNC not in self.modes):
            raise InputError(f"Process {self.id}: what is never kept is an input, and is answered at once.")
        schemas = [(name, each.schema) for name, each in self.inputs.items()]
        for name, schema in (*schemas, *((name, each.schema) for name, each in self.outputs.items())):
            if not _SNAKE_CASE.fullmatch(name):
                raise InputError(f"Process {self.id}: the name {name!r} is not snake_case.")
            Draft202012Validator.check_schema(dict(schema))


LANGUAGE = Input(
    title=Text("言語", "Language"),
    description=Text(
        "答えの言語。省略するとリクエストの言語。", "Language of the answer; that of the request where left out."
    ),
    schema={"type": "string", "enum": ["ja", "en"]},
    required=False,
)
"""For every process whose outputs have texts."""


def or_null(schema: Schema) -> Schema:
    """The schema of a value that may be null, in words that both dialects understand."""
    return {"oneOf": [dict(schema), {"enum": [None]}]}
