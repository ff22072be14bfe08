"""Days and moments compared.

The standard leaves it open what a day and a moment are to one another.  Here a comparison with a day is one of days,
the moment's day being that in UTC, as it is in the parameter ``datetime``: a moment is equal to the day it is in, and
after a day from the next midnight on.  A column is left as it is, so that its index can be used.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from services.ogc.cql2.conditions.operands import MIRRORED, Kind, Operand, either, every, joined

_MIDNIGHT = "(({})::timestamp AT TIME ZONE 'UTC')"
_NEXT_MIDNIGHT = "(({} + 1)::timestamp AT TIME ZONE 'UTC')"
_DAY = "(({} AT TIME ZONE 'UTC')::date)"
# A moment against a day: before or behind its first midnight (False) or the next one (True).
_BY_MIDNIGHT: Mapping[str, tuple[tuple[str, bool], ...]] = MappingProxyType(
    {
        "<": (("<", False),),
        "<=": (("<", True),),
        ">": ((">=", True),),
        ">=": ((">=", False),),
        "=": ((">=", False), ("<", True)),
        "<>": (("<", False), (">=", True)),
    }
)


def compare(operator: str, first: Operand, second: Operand) -> Operand:
    """The condition that two operands of ``operands.INSTANTS`` are in this order."""
    if first.kind is second.kind:
        return joined(Kind.FLAG, f"({{}} {operator} {{}})", first, second)
    if first.kind is Kind.DATE:
        return compare(MIRRORED[operator], second, first)
    if first.column is None or not isinstance(second.literal, date):
        return joined(Kind.FLAG, f"({{}} {operator} {{}})", joined(Kind.DATE, _DAY, first), second)
    found = [
        joined(
            Kind.FLAG,
            f"({{}} {sign} {{}})",
            first,
            joined(Kind.DATETIME, _NEXT_MIDNIGHT if following else _MIDNIGHT, second),
        )
        for sign, following in _BY_MIDNIGHT[operator]
    ]
    return either(found) if operator == "<>" else every(found)
