"""CQL2 JSON (OGC 21-065r2, annex C).

Read beside the final schema are the spellings of its drafts that clients still send: ``{"casei": ...}``,
``{"accenti": ...}`` and ``{"function": {"name": ..., "args": [...]}}``.
"""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Never

from services.ogc.cql2.encodings import literals
from services.ogc.cql2.encodings.limits import MAX_DEPTH, check_characters, check_depth, check_text, too_deep
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.cql2.tree import (
    Array,
    Box,
    Collection,
    Expression,
    Geometry,
    Instant,
    Interval,
    Literal,
    Property,
    operation,
)
from services.ogc.errors import ParameterError

# A string that never ends is taken to the end, or looking for its end again at each quote would take quadratic time.
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
# An operation is two brackets deep, a collection of polygons six.
_MAX_BRACKETS = 2 * MAX_DEPTH + 10


def parse(text: str) -> Expression:
    """The tree of a CQL2 JSON; ``ParameterError`` with the path inside the JSON where it cannot be read."""
    check_text(text)
    _check_brackets(text)
    try:
        document = json.loads(text, parse_int=literals.number, parse_float=literals.number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise refused("JSONとして読めません。", f"it is not JSON: {error.msg}.", at=error.pos) from error
    except ValueError as error:
        raise refused("大きすぎる数またはNaNがあります。", "it has a number that is not finite.") from error
    found = _expression(document, "")
    check_depth(found)
    return found


def _check_brackets(text: str) -> None:
    """Refuses what is nested too deeply before the JSON decoder and this module walk into it recursively."""
    level = 0
    for match in _BRACKET.finditer(text):
        level += (match.group(1) is not None) - (match.group(2) is not None)
        if level > _MAX_BRACKETS:
            raise too_deep(match.start())


def _no_number(word: str) -> Never:
    raise ValueError(word)


def _expression(node: Any, path: str) -> Expression:
    match node:
        case str():
            check_characters(node)
            return Literal(node)
        case bool() | int() | float():
            return Literal(node)
        case list():
            return Array(tuple(_expression(each, f"{path}[{index}]") for index, each in enumerate(node)))
        case dict():
            for member, read in _MEMBERS.items():
                if member in node:
                    return read(node, path)
    raise refused(
        f"値または条件ではありません（{excerpt(json.dumps(node, ensure_ascii=False))}）。",
        f"{excerpt(json.dumps(node, ensure_ascii=False))} is neither a value nor a condition.",
        within=path,
    )


def _operation(node: dict[str, Any], path: str) -> Expression:
    arguments = node.get("args")
    if not isinstance(arguments, list):
        raise _malformed("args", path)
    name = _text(node["op"], "op", path)
    operands = tuple(_expression(each, f"{path}{'.' if path else ''}args[{n}]") for n, each in enumerate(arguments))
    found = operation(name, operands, within=path)
    if found.name == "in" and not (isinstance(found.operands[1], Array) and found.operands[1].items):
        raise refused(
            "「in」の2番目は空でない配列です。", "the second operand of 'in' is a list, not empty.", within=path
        )
    return found


def _function(node: dict[str, Any], path: str) -> Expression:
    """A function as the drafts had it."""
    inner = node["function"]
    if not isinstance(inner, dict) or "name" not in inner:
        raise _malformed("function", path)
    return _operation({"op": inner["name"], "args": inner.get("args", inner.get("arguments", []))}, path)


def _folding(name: str) -> Callable[[dict[str, Any], str], Expression]:
    """``casei`` and ``accenti`` as the drafts had them."""
    return lambda node, path: _operation({"op": name, "args": [node[name]]}, path)


def _property(node: dict[str, Any], path: str) -> Expression:
    return Property(_text(node["property"], "property", path))


def _instant(member: str, read: Callable[[str], Instant]) -> Callable[[dict[str, Any], str], Expression]:
    def reading(node: dict[str, Any], path: str) -> Expression:
        try:
            return read(_text(node[member], member, path))
        except ParameterError:
            raise
        except ValueError as error:
            raise _malformed(member, path) from error

    return reading


def _interval(node: dict[str, Any], path: str) -> Expression:
    ends = node["interval"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise _malformed("interval", path)
    try:
        start, end = (
            literals.interval_end(each) if isinstance(each, str) else _expression(each, f"{path}.interval[{index}]")
            for index, each in enumerate(ends)
        )
    except ParameterError:
        raise
    except ValueError as error:
        raise _malformed("interval", path) from error
    return Interval(start, end)


def _box(node: dict[str, Any], path: str) -> Expression:
    try:
        return Box(literals.bounds(node["bbox"] if isinstance(node["bbox"], list) else []))
    except ValueError as error:
        raise _malformed("bbox", path) from error


def _geometry(node: dict[str, Any], path: str) -> Expression:
    name = _text(node["type"], "type", path)
    members = node.get("geometries")
    if name == "GeometryCollection" and isinstance(members, list) and members:
        found = [_geometry(each, path) if isinstance(each, dict) and "type" in each else None for each in members]
        geometries = tuple(each for each in found if isinstance(each, Geometry))
        if len(geometries) == len(found):
            return Collection(geometries)
    elif name in literals.COORDINATES and isinstance(node.get("coordinates"), list):
        try:
            return Geometry(name, literals.COORDINATES[name](node["coordinates"]))
        except (ValueError, TypeError) as error:
            raise _malformed("coordinates", path) from error
    raise _malformed("type", path)


def _text(value: Any, member: str, path: str) -> str:
    if not isinstance(value, str):
        raise _malformed(member, path)
    check_characters(value)
    return value


def _malformed(member: str, path: str) -> ParameterError:
    return refused(f"「{member}」の値が正しくありません。", f"the value of {member!r} is malformed.", within=path)


# A geometry may have a "bbox" of its own, so its "type" is looked for first.
_MEMBERS: Mapping[str, Callable[[dict[str, Any], str], Expression]] = MappingProxyType(
    {
        "op": _operation,
        "type": _geometry,
        "property": _property,
        "bbox": _box,
        "date": _instant("date", literals.day),
        "timestamp": _instant("timestamp", literals.moment),
        "interval": _interval,
        "function": _function,
        "casei": _folding("casei"),
        "accenti": _folding("accenti"),
    }
)
