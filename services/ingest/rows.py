"""From records as received to typed rows: columns by name, constants, derived values, cleansing, required fields."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from enum import Enum

from shapely.geometry.base import BaseGeometry

from geo.errors import InputError, SourceError
from layers.model import Address, Coordinates, Layer, MeshCode, SourceFormat
from services.ingest.cleansing import cleanse_value, fold_header
from services.ingest.encoding import clean_text
from services.ingest.model import Action, Finding, Record

FICTITIOUS_MARK = "架空データ"
_NUMBER = ""  # the key under which `prepare` finds a record's number
_NOT_UNDERSTOOD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class Fate(Enum):
    """What becomes of a record."""

    ROW = "row"
    OTHER = "other"  # not of this layer
    REJECTED = "rejected"


@dataclass(slots=True)
class Row:
    """One record on its way to the table.

    received:
        Column as published -> value as received: what ``raw.record`` keeps.
    values:
        Field name -> typed value; fields without a value are left out.
    place:
        Declared name of a position column (longitude, latitude, address, mesh code) -> value as received.
    geometry:
        As in the record, in the CRS of its table.
    """

    number: int
    received: Mapping[str, object]
    fate: Fate = Fate.ROW
    values: dict[str, object] = dataclass_field(default_factory=dict)
    extras: dict[str, object] = dataclass_field(default_factory=dict)
    place: dict[str, object] = dataclass_field(default_factory=dict)
    geometry: BaseGeometry | None = None
    findings: list[Finding] = dataclass_field(default_factory=list)
    fictitious: bool = False

    def find(
        self,
        rule: str,
        action: Action,
        column: str | None = None,
        old: object = None,
        new: object = None,
        detail: str | None = None,
    ) -> None:
        """Report something about this row."""
        self.findings.append(Finding(rule, action, self.number, column, _text(old), _text(new), detail))

    def reject(self, rule: str, detail: str | None = None) -> None:
        """Report that the row cannot be loaded."""
        self.fate = Fate.REJECTED
        self.find(rule, Action.REJECTED, detail=detail)


class RowMaker:
    """Makes rows of one format out of records; one instance for one table."""

    def __init__(self, layer: Layer, source: SourceFormat) -> None:
        self._source = source
        self._declared = {fold_header(name): name for name in (*source.signature, *source.columns)}
        places = position_columns(source)
        self._declared |= {fold_header(name): name for name in places}
        self._places = frozenset(places)
        self._columns_of: dict[str, list[str]] = {}
        for column, field_name in source.columns.items():
            self._columns_of.setdefault(field_name, []).append(column)
        self._fields = layer.fields
        self._chronologies = layer.chronologies
        self._required = tuple(field for field in layer.fields if field.required)
        self._canonical: dict[str, str] = {}  # column as published -> as declared, or itself

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        """A row for every record, also for those that are not loaded.  Streams unless the format has ``prepare``.

        Raises
        ------
        SourceError
            If ``prepare`` does not understand the records.
        """
        if self._source.prepare is None:
            for record in records:
                row, values = self._begin(record)
                if row.fate is Fate.ROW:
                    self._complete(row, values)
                yield row
            return
        yield from self._prepared(records, self._source.prepare)

    def _prepared(
        self, records: Iterable[Record], prepare: Callable[[list[Mapping[str, object]]], list[Mapping[str, object]]]
    ) -> Iterator[Row]:
        rows: dict[int, Row] = {}
        given: list[Mapping[str, object]] = []
        for record in records:
            row, values = self._begin(record)
            if row.fate is Fate.REJECTED:
                yield row
                continue
            rows[record.number] = row
            given.append({**values, _NUMBER: record.number})
        try:
            complete = prepare(given)
        except _NOT_UNDERSTOOD as error:
            raise SourceError(
                f"The rows of {self._source.id} depend on one another and cannot be understood: {_reason(error)}.",
                fix="Compare the columns with those of the publisher's description.",
            ) from error
        for prepared in complete:
            row = rows.pop(int(str(prepared[_NUMBER])))
            self._complete(row, {name: value for name, value in prepared.items() if name != _NUMBER})
            yield row
        for row in rows.values():  # went into other rows, or says nothing
            row.fate = Fate.OTHER
            yield row

    def _begin(self, record: Record) -> tuple[Row, dict[str, object]]:
        row = Row(record.number, record.values, geometry=record.geometry)
        if record.findings:
            row.findings.extend(
                finding if finding.row is not None else replace(finding, row=record.number)
                for finding in record.findings
            )
            if any(finding.action is Action.REJECTED and finding.column is None for finding in record.findings):
                row.fate = Fate.REJECTED
        canonical = self._canonical
        values: dict[str, object] = {}
        for column, value in record.values.items():
            name = canonical.get(column)
            if name is None:
                name = canonical[column] = self._declared.get(fold_header(column), column)
            if name not in values or _is_empty(values[name]):
                values[name] = value
            if type(value) is str and FICTITIOUS_MARK in value:
                row.fictitious = True
        return row, values

    def _complete(self, row: Row, values: Mapping[str, object]) -> None:
        source = self._source
        named: dict[str, object] = {}
        origin: dict[str, str] = {}
        for field_name, columns in self._columns_of.items():
            named[field_name] = None
            for column in columns:
                value = values.get(column)
                if not _is_empty(value):
                    named[field_name], origin[field_name] = value, column
                    break
        named.update(source.constants)
        try:
            if source.accepts is not None and not source.accepts(named):
                row.fate = Fate.OTHER
                return
            if source.derive is not None:
                named.update(source.derive(named))
        except _NOT_UNDERSTOOD as error:
            column, old = self._blame(error, named, origin)
            row.find("derivation-failed", Action.REJECTED, column, old, detail=_reason(error))
        for field in self._fields:
            value = named.get(field.name)
            if value is None or value == "":
                continue
            column = origin.get(field.name, field.name)
            cleansed = cleanse_value(field, value, row=row.number, column=column)
            if cleansed.findings:
                row.findings.extend(cleansed.findings)
            if cleansed.value is not None:
                self._keep(row, field.name, cleansed.value, column)
        for each in self._chronologies:
            for earlier, later in each.breaches(row.values):
                old = row.values.pop(later)
                column = origin.get(later, later)
                row.find("times-out-of-order", Action.REJECTED, column, old, detail=f"{earlier}: {row.values[earlier]}")
        for field in self._required:
            if field.name not in row.values:
                row.reject("required-missing", f"{field.title.ja} ({field.name})")
        for column, value in values.items():
            if column in self._places:
                row.place[column] = value
            elif column not in source.columns and not _is_empty(value):
                row.extras[column] = value

    def _keep(self, row: Row, name: str, value: object, column: str) -> None:
        """Store a typed value, but for what no column of PostgreSQL can hold."""
        if isinstance(value, str):
            value = value if value.isprintable() else clean_text(value)
        elif isinstance(value, list | tuple):
            value = [clean_text(str(part)) for part in value]
        elif isinstance(value, float) and not math.isfinite(value):
            return row.find("value-not-understood", Action.REJECTED, column, value)
        elif isinstance(value, int) and abs(value) >= 1 << 63:
            return row.find("value-out-of-range", Action.REJECTED, column, value)
        row.values[name] = value
        return None

    def _blame(self, error: Exception, named: Mapping[str, object], origin: Mapping[str, str]) -> tuple[str, object]:
        """The column whose value the error names, else the columns that have values."""
        message = str(error)
        for field_name, column in origin.items():
            if str(named[field_name]) in message:
                return column, named[field_name]
        return ", ".join(origin.values()) or "*", None


def position_columns(source: SourceFormat) -> tuple[str, ...]:
    """The columns, as declared, from which a format's positions come."""
    match source.geometry:
        case Coordinates(longitude, latitude, address):
            return (longitude, latitude, *address)
        case Address(columns):
            return columns
        case MeshCode(column, further):
            return (column, further) if further is not None else (column,)
        case _:
            return ()


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
