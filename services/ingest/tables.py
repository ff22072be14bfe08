"""What is to be reported of a table as a whole: its reference system, its columns."""

from collections.abc import Iterator

from geo.crs import is_tokyo_datum
from layers.model import Embedded, Geometry, Layer, SourceFormat
from services.ingest.cleansing import fold_header
from services.ingest.model import Action, Finding, Table
from services.ingest.recognition import table_crs
from services.ingest.rows import position_columns

_WITH_HEADER = frozenset({"csv", "xlsx"})
_BY_CONVENTION = frozenset({"osm-pbf", "json"})  # their reference system is part of the format


def table_findings(table: Table, layer: Layer, source: SourceFormat) -> Iterator[Finding]:
    """Findings about a table as a whole: those of its reader, its reference system, its columns."""
    yield from table.findings
    if layer.geometry is not Geometry.NONE:
        yield from _crs_findings(table, source)
    if table.container in _WITH_HEADER:
        yield from _column_findings(table, source)


def _crs_findings(table: Table, source: SourceFormat) -> Iterator[Finding]:
    crs = table_crs(table, source)
    if isinstance(source.geometry, Embedded) and table.container not in _BY_CONVENTION:
        if table.crs is None and not any(finding.rule == "crs-assumed" for finding in table.findings):
            yield Finding("crs-assumed", Action.NOTED, new=f"EPSG:{crs}")
        elif table.crs not in (None, crs):
            yield Finding("crs-overridden", Action.MENDED, old=f"EPSG:{table.crs}", new=f"EPSG:{crs}")
    if is_tokyo_datum(crs):
        yield Finding("datum-shifted", Action.MENDED, old=f"EPSG:{crs}", new="EPSG:6668")


def _column_findings(table: Table, source: SourceFormat) -> Iterator[Finding]:
    declared = {fold_header(name): name for name in (*source.signature, *source.columns, *position_columns(source))}
    present: set[str] = set()
    reported = {finding.column for finding in table.findings}
    for column in table.columns:
        name = declared.get(fold_header(column))
        if name is None:
            if column.strip() and column not in reported:
                yield Finding("unknown-column", Action.NOTED, column=column)
            continue
        present.add(name)
        if name != column and column not in reported:
            yield Finding("header-mended", Action.MENDED, column=column, old=column, new=name)
    columns_of: dict[str, list[str]] = {}
    for column, field in source.columns.items():
        columns_of.setdefault(field, []).append(column)
    for columns in columns_of.values():
        if present.isdisjoint(columns):
            yield Finding("missing-column", Action.NOTED, column=columns[0])
