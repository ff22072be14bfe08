"""What GDAL writes for filters in its ``cql-text``, brought to the standard: truth values as 0 and 1, times cut short.

It sends filters to servers whose definition names that language, and answers "none" where such a filter is refused.
"""

import re
from dataclasses import replace

from layers.model import FieldKind
from services.ogc.cql2.tree import COMPARISONS, Expression, Literal, Operation, Property
from services.ogc.source import Column, Source

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(?:(\d\d)(?::(\d\d)(?::(\d\d))?)?Z)?")
_OF_A_DAY = {">": ">", ">=": ">", "<": "<=", "<=": "<="}
"""How a day compares with a moment within a day, by the day alone."""


def standardised(expression: Expression, source: Source) -> Expression:
    """The filter as the standard has it; what GDAL does not write stays as it is."""
    if not isinstance(expression, Operation):
        return expression
    if expression.name in COMPARISONS:
        return _comparison(expression, source)
    return replace(expression, operands=tuple(standardised(each, source) for each in expression.operands))


def _comparison(found: Operation, source: Source) -> Operation:
    left, right = found.operands
    if not isinstance(left, Property) or not isinstance(right, Literal):
        return found
    column = source.queryables.get(left.name)
    if column is None:
        return found
    name, value = _value(found.name, column, right.value)
    return Operation(name, (left, Literal(value)))


def _value(sign: str, column: Column, value: str | float | bool) -> tuple[str, str | float | bool]:
    if column.kind is FieldKind.FLAG and not isinstance(value, bool) and value in (0, 1):
        return sign, value == 1
    moment = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if moment is None:
        return sign, value
    day, *parts = moment.groups("00")
    if column.kind is FieldKind.DATETIME:
        return sign, f"{day}T{':'.join(parts)}Z"
    if column.kind is FieldKind.DATE and (parts == ["00"] * 3 or sign in _OF_A_DAY):
        return sign if parts == ["00"] * 3 else _OF_A_DAY[sign], day
    return sign, value
