"""What comes out of a process, handed over: as it is, as a document, or in several parts."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from layers.text import Text
from services.ogc import geojson
from services.ogc.errors import RunError
from services.ogc.execution.request import DOCUMENT, RAW
from services.ogc.jobs.model import Result
from services.ogc.processes._model import JSON_TYPE, Process
from services.ogc.streams import Typed

_MULTIPART = "multipart/related"


def encoded(process: Process, values: Mapping[str, Any], names: Sequence[str]) -> tuple[Result, ...]:
    """The outputs asked for, as bytes; ``RunError`` where the process did not give what it declares."""
    missing = [name for name in names if name not in values]
    if missing:
        raise RunError(Text(f"出力 {missing[0]} が得られませんでした。", f"The process gave no output {missing[0]}."))
    found = []
    for name in names:
        declared, value = process.outputs[name], values[name]
        if declared.media_type == JSON_TYPE:
            content = geojson.dumped(value)
        else:
            content = value.encode() if isinstance(value, str) else bytes(value)
        found.append(Result(name, declared.media_type, content))
    return tuple(found)


def handed_over(results: Sequence[Result], response: str | None, accept: str) -> Typed:
    """The content of an answer.

    One output comes as it is (``raw``, and where nothing is said), several as parts of one message (``raw``, or where
    that is what ``Accept`` names) or as a document of values by name.
    """
    if response is None:
        response = RAW if len(results) == 1 or _MULTIPART in accept else DOCUMENT
    if response == DOCUMENT:
        return Typed(JSON_TYPE, document(results))
    if len(results) == 1:
        return Typed(results[0].media_type, results[0].content)
    return _parts(results)


def document(results: Sequence[Result]) -> bytes:
    """The values by name (results.yaml of OGC API Processes): objects and what is not JSON are qualified values."""
    members = (json.dumps(each.output).encode() + b":" + _member(each) for each in results)
    return b"{" + b",".join(members) + b"}"


def _member(result: Result) -> bytes:
    if result.media_type == JSON_TYPE:
        if result.content[:1] != b"{":
            return result.content
        return b'{"value":' + result.content + b',"mediaType":"application/json"}'
    try:
        value: dict[str, str] = {"value": result.content.decode()}
    except UnicodeDecodeError:
        value = {"value": base64.b64encode(result.content).decode(), "encoding": "base64"}
    return geojson.dumped({**value, "mediaType": result.media_type})


def _parts(results: Sequence[Result]) -> Typed:
    boundary = f"part-{uuid4().hex}"
    pieces = [
        f"--{boundary}\r\nContent-Type: {each.media_type}\r\nContent-ID: <{each.output}>\r\n\r\n".encode()
        + each.content
        + b"\r\n"
        for each in results
    ]
    return Typed(f'{_MULTIPART}; boundary="{boundary}"', b"".join(pieces) + f"--{boundary}--\r\n".encode())
