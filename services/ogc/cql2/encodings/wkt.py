"""Geometry literals of CQL2 text: well-known text and ``BBOX``, as the BNF has them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.ogc.cql2.encodings import literals
from services.ogc.cql2.encodings.tokens import Tokens
from services.ogc.cql2.refusal import refused
from services.ogc.cql2.tree import Box, Collection, Geometry
from services.ogc.errors import ParameterError

_BBOX, _COLLECTION = "BBOX", "GEOMETRYCOLLECTION"


def begins(tokens: Tokens) -> bool:
    """Whether a geometry literal stands next: ``POINT(``, ``POINT Z (``, ``POINTZ(``, ``BBOX(``, or one ``EMPTY``."""
    following = tokens.after.word
    if following not in ("(", "Z", "EMPTY"):
        return False
    return _type(tokens.here.word) is not None or (tokens.here.word == _BBOX and following == "(")


def geometry(tokens: Tokens) -> Geometry | Collection | Box:
    """Takes a geometry literal; ``ParameterError`` where it is malformed, empty, or has a ring that is not closed."""
    token = tokens.take()
    if token.word != _BBOX:
        tokens.take_if("Z")
        if tokens.here.word == "EMPTY":
            raise refused("空の図形は使えません。", "an empty geometry cannot be used.", at=token.at)
    try:
        return _geometry(_type(token.word), tokens)
    except ParameterError:
        raise
    except ValueError as error:
        raise refused(
            "図形が正しくありません（座標の数、閉じていない輪など）。",
            "this geometry is malformed: number of coordinates, or a ring that is not closed.",
            at=token.at,
        ) from error


def _type(word: str) -> str | None:
    """The keyword of a type without the Z that may end it; None for other words."""
    return next((each for each in (word, word.removesuffix("Z")) if each in _TYPES or each == _COLLECTION), None)


def _geometry(word: str | None, tokens: Tokens) -> Geometry | Collection | Box:
    if word is None:
        return Box(literals.bounds(_listed(tokens, _number)))
    if word == _COLLECTION:
        return Collection(tuple(_listed(tokens, _member)))
    name, nested = _TYPES[word]
    return Geometry(name, literals.COORDINATES[name](nested(tokens)))


def _member(tokens: Tokens) -> Geometry | Collection | Box:
    if _type(tokens.here.word) not in _TYPES:  # the BNF has no collections in collections
        raise tokens.unexpected("図形（BBOXと集まりのほか）", "a geometry, neither BBOX nor a collection,")
    return geometry(tokens)


def _listed(tokens: Tokens, one: Callable[[Tokens], Any]) -> list[Any]:
    tokens.expect("(")
    found = [one(tokens)]
    while tokens.take_if(","):
        found.append(one(tokens))
    tokens.expect(")")
    return found


def _number(tokens: Tokens) -> int | float:
    sign = tokens.take().word if tokens.here.word in ("+", "-") else ""
    if tokens.here.kind != "number":
        raise tokens.unexpected("数", "a number")
    return literals.number(sign + tokens.take().value)


def _position(tokens: Tokens) -> list[int | float]:
    found = [_number(tokens)]
    while tokens.here.kind == "number" or tokens.here.word in ("+", "-"):
        found.append(_number(tokens))
    return found


def _point(tokens: Tokens) -> list[int | float]:
    tokens.expect("(")
    found = _position(tokens)
    tokens.expect(")")
    return found


def _point_of_several(tokens: Tokens) -> list[int | float]:
    return _point(tokens) if tokens.here.word == "(" else _position(tokens)  # both spellings of MULTIPOINT are common


def _line(tokens: Tokens) -> list[Any]:
    return _listed(tokens, _position)


def _polygon(tokens: Tokens) -> list[Any]:
    return _listed(tokens, _line)


_TYPES: Mapping[str, tuple[str, Callable[[Tokens], list[Any]]]] = MappingProxyType(
    {
        "POINT": ("Point", _point),
        "LINESTRING": ("LineString", _line),
        "POLYGON": ("Polygon", _polygon),
        "MULTIPOINT": ("MultiPoint", lambda tokens: _listed(tokens, _point_of_several)),
        "MULTILINESTRING": ("MultiLineString", _polygon),
        "MULTIPOLYGON": ("MultiPolygon", lambda tokens: _listed(tokens, _polygon)),
    }
)
