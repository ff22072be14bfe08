"""Temporal functions (T_*), as OGC 21-065r2 tables 9 and 10 and the Time Ontology in OWL define them.

An instant is an interval that ends when it starts, in the functions that take instants; the others take intervals
only.  Open ends are before and after everything.  Intervals are closed: of two that share an end, one meets the other.
"""

from collections.abc import Mapping
from types import MappingProxyType

from psycopg import sql

from layers.model import Text
from services.ogc.cql2.conditions import instants
from services.ogc.cql2.conditions.operands import INSTANTS, Kind, Operand, either, every, joined, of_literal, unfit
from services.ogc.cql2.refusal import refused

_START, _END = 0, 1
_Relation = tuple[int, str, int]
_OF_ANY: Mapping[str, tuple[_Relation, ...]] = MappingProxyType(
    {
        "t_after": ((_START, ">", _END),),
        "t_before": ((_END, "<", _START),),
        "t_equals": ((_START, "=", _START), (_END, "=", _END)),
        "t_intersects": ((_START, "<=", _END), (_END, ">=", _START)),
    }
)
_OF_INTERVALS: Mapping[str, tuple[_Relation, ...]] = MappingProxyType(
    {
        "t_contains": ((_START, "<", _START), (_END, ">", _END)),
        "t_during": ((_START, ">", _START), (_END, "<", _END)),
        "t_finishedBy": ((_START, "<", _START), (_END, "=", _END)),
        "t_finishes": ((_START, ">", _START), (_END, "=", _END)),
        "t_meets": ((_END, "=", _START),),
        "t_metBy": ((_START, "=", _END),),
        "t_overlappedBy": ((_START, ">", _START), (_START, "<", _END), (_END, ">", _END)),
        "t_overlaps": ((_START, "<", _START), (_END, ">", _START), (_END, "<", _END)),
        "t_startedBy": ((_START, "=", _START), (_END, ">", _END)),
        "t_starts": ((_START, "=", _START), (_END, "<", _END)),
    }
)
_TYPES = {Kind.DATE: "date", Kind.DATETIME: "timestamptz"}


def interval(start: Operand | None, end: Operand | None) -> Operand:
    """An interval; ``ParameterError`` where its ends are no instants, of two sorts, or in the wrong order."""
    for given in (start, end):
        if given is not None and given.kind not in INSTANTS:
            raise unfit("INTERVAL", given, Text("日付または日時", "dates, or dates and times"))
    if start is not None and end is not None:
        if start.kind is not end.kind:
            raise refused(
                "期間の両端は、両方とも日付か、両方とも日時にしてください。",
                "both ends of an interval are dates, or both are dates and times.",
            )
        if start.literal is not None and end.literal is not None and start.literal > end.literal:
            raise refused("期間の終わりが始まりより前です。", "an interval ends before it starts.")
    return Operand(Kind.INTERVAL, sql.SQL("NULL"), items=(start, end))


def relate(function: str, first: Operand, second: Operand) -> Operand:
    """One of ``tree.TEMPORAL``; ``ParameterError`` for what is no time, or no interval where one is asked for."""
    if function == "t_disjoint":
        return either([relate("t_before", first, second), relate("t_after", first, second)])
    of_intervals = function in _OF_INTERVALS
    one, other = (_ends(function, operand, of_intervals) for operand in (first, second))
    relations = _OF_INTERVALS[function] if of_intervals else _OF_ANY[function]
    return every([_compare(sign, one[mine], other[its], mine, its) for mine, sign, its in relations])


def _ends(function: str, operand: Operand, of_intervals: bool) -> tuple[Operand | None, Operand | None]:
    if operand.kind is Kind.INTERVAL:
        start, end = operand.items
        return start, end
    if of_intervals:
        raise unfit(
            function.upper(),
            operand,
            Text("期間（時点ならT_INTERSECTSなど）", "intervals (T_INTERSECTS and others, instants)"),
        )
    if operand.kind not in INSTANTS:
        raise unfit(function.upper(), operand, Text("日付、日時または期間", "dates, times or intervals"))
    return operand, operand


def _compare(sign: str, one: Operand | None, other: Operand | None, mine: int, its: int) -> Operand:
    if one is None and other is None:
        return of_literal(
            {"<": mine < its, ">": mine > its, "=": mine == its, "<=": mine <= its, ">=": mine >= its}[sign]
        )
    if one is None:
        assert other is not None  # noqa: S101 - one of them is given
        one = _open(mine, other)
    if other is None:
        other = _open(its, one)
    return instants.compare(sign, one, other)


def _open(end: int, like: Operand) -> Operand:
    """The open start or end of an interval, of the other's sort."""
    infinity = "-infinity" if end == _START else "infinity"
    return joined(like.kind, f"'{infinity}'::{_TYPES[like.kind]}")
