"""The model of a page: one method of one path, everything that is true of it, and nothing about how it is served."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from layers.model import Role, Text
from services.ogc.face import Face
from services.ogc.source import Source

Schema = Mapping[str, Any]
"""A JSON Schema (2020-12), as OpenAPI 3.1 takes it."""

Check = Callable[[str, str, Source | None], None]
"""Name, value and layer of a parameter; raises ``ParameterError`` where the value cannot be honoured."""


def _accept(_name: str, _value: str, _source: Source | None) -> None:
    return


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    schema:
        Its JSON Schema, or what makes it for a layer.
    check:
        What a schema cannot say; it is called with every value given.
    explode:
        Of a list: False where commas separate its values.
    offered:
        For which layers; None for all.  Elsewhere it is unknown.
    """

    name: str
    description: Text
    schema: Schema | Callable[[Source], Schema]
    check: Check = _accept
    example: Any = None  # or what makes it for a layer
    required: bool = False
    explode: bool = False
    offered: Callable[[Source], bool] | None = None

    def schema_for(self, source: Source | None) -> Schema:
        """The schema for one layer; of a parameter without a layer, the schema itself."""
        if callable(self.schema):
            return self.schema(source) if source is not None else {"type": "string"}
        return self.schema


@dataclass(frozen=True, eq=False)
class Format:
    """One form in which a page is answered: its short name (``f=``) and its media type.

    offered:
        For which layers; None for all.
    schema:
        Of the content, where it is JSON.
    bulk:
        A file of all that is selected, streamed and not kept, instead of a page.
    aliases:
        Further media types under which ``Accept`` may ask for it.
    unfit:
        Query parameters that it cannot honour, because it has no place for what they ask.
    """

    name: str
    media_type: str
    title: Text
    offered: Callable[[Source], bool] | None = None
    schema: Schema | None = None
    bulk: bool = False
    aliases: tuple[str, ...] = ()
    unfit: frozenset[str] = frozenset()

    @cached_property
    def bare_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries: its media types, the schema of each, and the most bytes that are read."""

    schemas: Mapping[str, Schema | Callable[[Source], Schema]]
    description: Text
    limit_bytes: int = 1_000_000
    required: bool = True
    example: Callable[[Source | None], Any] | None = None


JSON = Format("json", "application/json", Text("JSON", "JSON"))
HTML = Format("html", "text/html", Text("HTML", "HTML"))
JSON_LD = Format("jsonld", "application/ld+json", Text("JSON-LD", "JSON-LD"))


@dataclass(frozen=True, eq=False)
class Offer:
    """What a page offers for one layer: its formats, the first of which is the default, and its parameters by name."""

    formats: tuple[Format, ...]
    parameters: Mapping[str, Parameter]

    @cached_property
    def by_media_type(self) -> Mapping[str, Format]:
        """The formats by each media type that may name them in ``Accept``.

        Clients that ask for ``application/json`` alone read every sort of JSON.
        """
        found = {name: each for each in reversed(self.formats) for name in (*each.aliases, each.bare_type)}
        found["*/*"] = self.formats[0]
        if json := [each for each in self.formats if each.bare_type.endswith("json")]:
            found.setdefault("application/json", json[0])
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """One method of one path below ``/ogc``.

    path:
        In the form of Starlette; its parameters are handed to the handler in their order.  ``{collection}`` is the id
        of a layer that this face serves.
    handler:
        ``module:function`` of a handler in pygeoapi's form: ``(api, request, *path parameters)`` to headers, status
        and content.  Content may be text, bytes, or a ``Stream`` or ``StoredFile`` of ``services.ogc.streams``.
    direct:
        By name of a format: ``module:function`` of what answers in it instead of the handler.  It is handed the request
        (``Asked``), asks the database what it has to know (``services.database.asking``), waits for nothing else, and
        returns what a handler does.
    formats:
        The first is the default.
    filters:
        Every property of the layer is a parameter too.
    path_parameters, headers:
        What is to be said of parameters of the path (text of any kind where nothing is said) and of request headers.
    documented:
        False where the API definition leaves it out: another spelling of a page it has.
    data:
        True where it reads rows: then it waits for a database connection, not for a thread of the pages.
    brief:
        Where all that it needs is at hand the answer takes a millisecond or two: the event loop makes it, as
        ``services.database.waiting`` has it.
    needs:
        Type of the provider that a collection must have.
    cacheable:
        The answer follows from the state of the database and the request alone.
    of_city:
        It follows from the state of more layers than the one of its path.
    answers:
        Status and description of what is answered beside the errors every page can give.
    created:
        Schema of what is answered with 201 in JSON; None where that has no content.
    offered:
        For which layers, where ``needs`` does not say it all.
    roles:
        Which roles an account needs one of, by layer; None: whoever reaches the face may ask.
    whole:
        Of a layer, and by name of a format: what is to be added to the address, with ``&`` before it, so that all of
        the layer goes into one answer.
    lags:
        What it writes is in its layer a moment later, so that who has just written need not look at all layers anew.
    """

    path: str
    handler: str
    tag: str
    summary: Text
    method: str = "GET"
    direct: Mapping[str, str] = dataclass_field(default_factory=dict)
    formats: tuple[Format, ...] = (JSON, HTML)
    parameters: tuple[Parameter, ...] = ()
    filters: bool = False
    path_parameters: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    body: Body | None = None
    documented: bool = True
    data: bool = False
    brief: bool = False
    needs: str | None = None
    cacheable: bool = True
    of_city: bool = False
    faces: tuple[Face, ...] = tuple(Face)
    answers: Mapping[int, Text] = dataclass_field(default_factory=lambda: {200: Text("答え", "The answer.")})
    created: Schema | None = None
    offered: Callable[[Source], bool] | None = None
    roles: Callable[[Source], frozenset[Role]] | None = None
    whole: Callable[[Source, str], str] | None = None
    lags: bool = False

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the path's parameters, in their order."""
        return tuple(re.findall(r"{(\w+)(?::\w+)?}", self.path))

    @property
    def of_layer(self) -> bool:
        """Whether an answer stands as long as its layer does."""
        return "collection" in self.arguments and not self.of_city

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    def offer(self, source: Source | None) -> Offer:
        """What this page has for a layer; worked out once for each state of it."""
        key = self if source is None else source
        found = self._offers.get(key)
        if found is None:

            def fits(each: Format | Parameter) -> bool:
                return each.offered is None or (source is not None and each.offered(source))

            found = self._offers[key] = Offer(
                tuple(filter(fits, self.formats)), {each.name: each for each in self.parameters if fits(each)}
            )
        return found

    @cached_property
    def _offers(self) -> WeakKeyDictionary[Any, Offer]:
        return WeakKeyDictionary()

    def is_offered(self, source: Source, providers: Iterable[str]) -> bool:
        """Whether a layer whose providers have these types has this page."""
        return (self.needs is None or self.needs in providers) and (self.offered is None or self.offered(source))
