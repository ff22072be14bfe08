"""One request, answered: pygeoapi's handler (or one of ours in its form) is asked, and what it says is completed.

What a page answers directly is asked of the database alone, and needs neither pygeoapi nor a thread.
"""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import import_module
from typing import Any

from babel import Locale
from pygeoapi.api import APIRequest

from services.database.asking import Asking
from services.ogc import annotations, geojson
from services.ogc.asked import Asked, answering
from services.ogc.errors import UpstreamError
from services.ogc.streams import StoredFile, Stream, Typed
from services.ogc.watch import Snapshot

Handler = Callable[..., Any]

_LOCALES = {language: Locale(language) for language in ("ja", "en")}
# Of pygeoapi's own headers; its type says neither the character set nor always the truth.
_DROPPED = frozenset({"x-powered-by", "content-type"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves: status, headers and content.

    ``version``: of the editable feature that it shows.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes | Stream | StoredFile
    version: str | None = None

    def pieces(self) -> Generator[bytes]:
        """The content, as it is made; to be closed where it is not read to the end."""
        assert not isinstance(self.content, StoredFile)  # noqa: S101 - no bulk format is a file
        if isinstance(self.content, bytes):
            yield self.content
        else:
            yield from self.content.chunks


class SettledRequest(APIRequest):  # type: ignore[misc]  # pygeoapi has no types
    """pygeoapi's request with format, language and parameters as they were settled before."""

    def __init__(self, asked: Asked, path: str, headers: Mapping[str, str], data: bytes) -> None:
        self._data = data
        self._args = {"offset": "0", **asked.given}  # pygeoapi logs a warning for each request without one
        self._path_info = path.strip("/")
        self._raw_locale = asked.language
        self._locale = _LOCALES[asked.language]
        self._format = asked.format.name
        self._headers = headers
        self._media_type = asked.format.media_type

    def _get_format(self, headers: Any, extra_formats: Any = None) -> str:  # noqa: ARG002
        format_: str = self._format
        return format_

    def get_response_headers(
        self,
        force_lang: Any = None,  # noqa: ARG002
        force_type: str | None = None,
        force_encoding: str | None = None,  # noqa: ARG002
        **custom_headers: str,
    ) -> dict[str, str]:
        return {**custom_headers, "Content-Language": self._raw_locale, "Content-Type": force_type or self._media_type}

    def is_valid(self, additional_formats: Any = None) -> bool:  # noqa: ARG002
        return True


@cache
def handler_named(dotted: str) -> Handler:
    """The handler ``module:function``."""
    module, _, name = dotted.partition(":")
    handler: Handler = getattr(import_module(module), name)
    return handler


def directly(asked: Asked) -> Asking[Answer] | None:
    """The questions to the database that lead to the answer, where the page answers in this format itself; else None.

    They raise as ``answer`` does.
    """
    name = asked.page.direct.get(asked.format.name)
    return None if name is None else _direct(asked, handler_named(name))


def _direct(asked: Asked, handler: Handler) -> Asking[Answer]:
    found, status, content = yield from handler(asked)
    return _completed(asked, found, status, content)


def answer(
    asked: Asked,
    snapshot: Snapshot,
    arguments: tuple[str, ...],
    headers: Mapping[str, str],
    *,
    path: str = "",
    data: bytes = b"",
) -> Answer:
    """The answer to a request, in the thread that may read rows.

    ``arguments`` are those of the page's path in their order.

    Raises
    ------
    GisError
        Every refusal; ``UpstreamError`` where it is pygeoapi's own.
    """
    answering(asked)
    api = snapshot.api.reached_at(asked.base)
    page = asked.page
    request = SettledRequest(asked, path, headers, data)
    found, status, content = handler_named(page.handler)(api, request, *arguments)
    if status >= HTTPStatus.BAD_REQUEST:
        raise UpstreamError(status, "", _description(content))
    if page.handler in annotations.HANDLERS and asked.format.name in ("json", "jsonld"):
        annotate = annotations.annotated if asked.format.name == "json" else annotations.linked
        content = geojson.dumps(annotate(json.loads(content), snapshot.api.config["resources"], asked))
    return _completed(asked, found, status, content)


def _completed(asked: Asked, found: Mapping[str, Any], status: int, content: Any) -> Answer:
    page = asked.page
    if isinstance(content, str):
        content = content.encode()
    media_type = asked.format.media_type
    if isinstance(content, Typed):
        media_type, content = content.media_type, content.content
    own = {name: str(value) for name, value in found.items() if name.lower() not in _DROPPED}
    if isinstance(content, Stream) and content.file_name is not None:
        own["Content-Disposition"] = f'attachment; filename="{content.file_name}"'
    if isinstance(content, bytes) and not content and status == HTTPStatus.OK and HTTPStatus.NO_CONTENT in page.answers:
        return Answer(HTTPStatus.NO_CONTENT, own, b"")
    if not content and status in (HTTPStatus.CREATED, HTTPStatus.NO_CONTENT):
        return Answer(status, own, b"")
    return Answer(status, {**own, "Content-Type": _media_type(media_type)}, content, asked.noted.get("version"))


def _media_type(found: str) -> str:
    return f"{found}; charset=utf-8" if found.startswith("text/") and "charset" not in found else found


def _description(content: str | bytes) -> str:
    try:
        return str(json.loads(content)["description"])
    except (ValueError, KeyError, TypeError):
        return "Invalid format requested"
