"""Census tables of e-Stat: undoing what its confidentiality treatment does to a table of cells or small areas.

``HTKSYORI`` 0: as it is; 1: figures of other cells were added to this one; 2: suppressed, figures are ``*`` (mesh) or
``X`` (small areas).  ``HTKSAKI`` of a suppressed cell is the cell to which its figures went, ``GASSAN`` of that cell
lists where they came from, separated by ``;``.  Totals of persons and households are often published for
suppressed cells too, and then are *not* in the destination's.

So for every destination and every column: its own figure, plus the figures of the suppressed cells that are numbers.
A ``*`` is in the destination's figure already: adding it, or the cell itself, would count people twice; leaving out a
published number would lose them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from geo.errors import InputError
from layers.model import Values

SUPPRESSED = "2"
_FIGURE = re.compile(r"T\d{6}\d{3}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NIL = frozenset({"-", "－", "‐", "−"})  # 該当数字なし (e-Stat legend): a true zero, unlike * and X

Key = Callable[[Values], str]


def merge_suppressed(records: Sequence[Values], *, key: Key, destination: Key) -> list[Values]:
    """The records without the suppressed ones, their figures and keys merged into where they were sent.

    Parameters
    ----------
    key, destination:
        The key of a record, and the key (of the same form) that its HTKSAKI names; ``""`` where there is none.

    Returns
    -------
    list
        Records in their order.  ``GASSAN`` is the list of all keys merged into a record, chains of suppression
        resolved.  A suppressed record whose destination is not among the records stays, with unknown figures absent: its
        people must not vanish.  A record without a key (the second header row) is left out.

    Raises
    ------
    InputError
        If suppressed cells point at each other in a circle.
    """
    rows = [record for record in records if key(record)]
    by_key: dict[str, Values] = {}
    for record in rows:
        by_key.setdefault(key(record), record)
    merged: dict[str, list[str]] = {}
    for record in rows:
        if _is_suppressed(record):
            end = _end_of_chain(key(record), by_key, destination)
            if end is not None:
                merged.setdefault(end, []).append(key(record))
    absorbed = {name for names in merged.values() for name in names}
    result: list[Values] = []
    for record in rows:
        name = key(record)
        if name in absorbed:
            continue
        sources = merged.get(name, []) if by_key[name] is record else []
        named = [part for part in _parts(record.get("GASSAN")) if part != name]
        figures = _added(record, [by_key[source] for source in sources])
        result.append({**record, **figures, "GASSAN": list(dict.fromkeys([*named, *sources]))})
    return result


def without_totals(records: Iterable[Values], *, key: Key) -> list[Values]:
    """Records of small areas without those that only add up others: whose key is the beginning of another's.

    KEY_CODE has 5 digits for a municipality, 9 for a town, 11 for a chome; a town with chome is their total.
    """
    rows = [record for record in records if key(record)]
    beginnings = {key(record)[:length] for record in rows for length in (2, 5, 9) if len(key(record)) > length}
    return [record for record in rows if len(key(record)) > 5 and key(record) not in beginnings]


def _is_suppressed(record: Values) -> bool:
    return str(record.get("HTKSYORI") or "").strip().removesuffix(".0") == SUPPRESSED


def _end_of_chain(start: str, by_key: Mapping[str, Values], destination: Key) -> str | None:
    """The first cell on the way that is not suppressed; None where the way leaves the table."""
    seen = [start]
    while _is_suppressed(by_key[seen[-1]]):
        following = destination(by_key[seen[-1]])
        if not following or following not in by_key:
            return None
        if following in seen:
            raise InputError(
                f"The suppressed cells {', '.join(seen)} name each other as destination.",
                fix="Download the table again from e-Stat.",
            )
        seen.append(following)
    return seen[-1]


def _added(record: Values, sources: Sequence[Values]) -> dict[str, object]:
    figures: dict[str, object] = {}
    for column in record:
        if not _FIGURE.fullmatch(column):
            continue
        own = _figure(record[column])
        others = [value for value in (_figure(source.get(column)) for source in sources) if value is not None]
        # Where the destination's own figure is unknown, a part of it is no figure.
        figures[column] = None if own is None else own + sum(others)
    return figures


def _figure(value: object) -> int | float | None:
    """A figure as a number; None for ``*``, ``X`` and blanks; 0 for the dash of "no such thing"."""
    text = "" if value is None else str(value).strip().replace(",", "")
    if text in _NIL:
        return 0
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return int(number) if number.is_integer() else number


def _parts(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return [part.strip() for part in str(value or "").split(";") if part.strip()]
