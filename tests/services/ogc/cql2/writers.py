"""Trees written as CQL2 text and JSON: what the parsers should read back."""

import json
import re
from datetime import date, datetime
from typing import Any

from services.ogc.cql2.tree import (
    Array,
    Box,
    Collection,
    Expression,
    Geometry,
    Instant,
    Interval,
    Literal,
    Operation,
    Property,
)

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_KEYWORDS = {"and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"}
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _POWER, _PRIMARY = range(1, 9)
_LEVELS = (
    {"or": _OR, "and": _AND, "not": _NOT}
    | dict.fromkeys(("=", "<>", "<", ">", "<=", ">=", "like", "between", "in", "isNull"), _COMPARISON)
    | {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "div": _PRODUCT, "^": _POWER}
)


def text_of(expression: Expression) -> str:
    """CQL2 text with no more parentheses than the grammar asks for."""
    return _text(expression, 0)


def json_of(expression: Expression) -> str:
    return json.dumps(_document(expression), ensure_ascii=False)


def _text(node: Expression, least: int) -> str:
    match node:
        case Literal(bool() as value):
            return "TRUE" if value else "false"
        case Literal(str() as value):
            return _quoted(value)
        case Literal(value):
            return repr(value)
        case Instant(value):
            return f"{'TIMESTAMP' if isinstance(value, datetime) else 'DATE'}('{_time(value)}')"
        case Property(name):
            return name if _PLAIN.fullmatch(name) and name.lower() not in _KEYWORDS else f'"{name}"'
        case Interval(start, end):
            return f"INTERVAL({_end(start)}, {_end(end)})"
        case Array(items):
            return f"({', '.join(_text(each, 0) for each in items)})"
        case Geometry(kind, coordinates):
            return kind.upper() + _wkt(coordinates, points_apart=kind == "MultiPoint")
        case Collection(members):
            return f"GEOMETRYCOLLECTION({', '.join(_text(each, 0) for each in members)})"
        case Box(bounds):
            return f"BBOX({', '.join(map(repr, bounds))})"
        case Operation(name, operands):
            level = _LEVELS.get(name, _PRIMARY)
            written = _operation(name, level, operands)
            return f"({written})" if level <= least else written


def _operation(name: str, level: int, operands: tuple[Expression, ...]) -> str:
    match name, operands:
        case (("and" | "or"), _):
            return f" {name} ".join(_text(each, level) for each in operands)
        case "not", (operand,):
            return f"NOT {_text(operand, level - 1)}"
        case "between", (value, lower, upper):
            return f"{_text(value, level)} BETWEEN {_text(lower, level)} AND {_text(upper, level)}"
        case "in", (value, listed):
            return f"{_text(value, level)} IN {_text(listed, 0)}"
        case "isNull", (operand,):
            return f"{_text(operand, level)} IS NULL"
        case _ if level == _PRIMARY:
            return f"{name.upper()}({', '.join(_text(each, 0) for each in operands)})"
        case _, (left, right):
            if name == "^":
                return f"{_text(left, level)} ^ {_text(right, level - 1)}"
            return f"{_text(left, level if level == _COMPARISON else level - 1)} {name} {_text(right, level)}"
    raise AssertionError(name)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _end(end: Expression | None) -> str:
    if end is None:
        return "'..'"
    return f"'{_time(end.value)}'" if isinstance(end, Instant) else _text(end, 0)


def _time(value: date | datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _wkt(coordinates: Any, *, points_apart: bool = False) -> str:
    if isinstance(coordinates[0], float):
        return f"({coordinates[0]!r} {coordinates[1]!r})"
    inner = (_wkt(each) for each in coordinates)
    apart = points_apart or not isinstance(coordinates[0][0], float)
    return f"({', '.join(each if apart else each[1:-1] for each in inner)})"


def _document(node: Expression | None) -> Any:
    match node:
        case None:
            return ".."
        case Literal(value):
            return value
        case Instant(value):
            return {"timestamp" if isinstance(value, datetime) else "date": _time(value)}
        case Property(name):
            return {"property": name}
        case Interval(start, end):
            return {"interval": [_time(e.value) if isinstance(e, Instant) else _document(e) for e in (start, end)]}
        case Array(items):
            return [_document(each) for each in items]
        case Geometry(kind, coordinates):
            return {"type": kind, "coordinates": coordinates}
        case Collection(members):
            return {"type": "GeometryCollection", "geometries": [_document(each) for each in members]}
        case Box(bounds):
            return {"bbox": bounds}
        case Operation(name, operands):
            return {"op": name, "args": [_document(each) for each in operands]}
