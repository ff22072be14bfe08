"""The work on one layer of one file: its tables read in portions, placed, named and handed to the writer."""

from collections.abc import Iterator, Sequence
from itertools import batched

import numpy as np
import shapely

from geo.crs import STORAGE
from layers.model import Layer, SourceFormat
from services.ingest.bookkeeping import Connection
from services.ingest.geocoding import city_gazetteer
from services.ingest.identity import Identities
from services.ingest.loading import LayerWriter, PlacedRow
from services.ingest.model import Action, Finding, Provenance, Table
from services.ingest.positions import Locator, Position, is_within, needs_gazetteer
from services.ingest.recognition import table_crs
from services.ingest.report import LoadReport
from services.ingest.rows import FICTITIOUS_MARK, Fate, Row, RowMaker
from services.ingest.tables import table_findings
from services.settings import Settings

PORTION = 2_000
"""Records in memory at a time."""


class LayerLoad:
    """One load of one layer: ``read`` each table, then ``finish``."""

    def __init__(
        self,
        connection: Connection,
        layer: Layer,
        source: SourceFormat,
        provenance: Provenance,
        report: LoadReport,
        settings: Settings,
        dataset: str | None,
    ) -> None:
        self._layer = layer
        self._source = source
        self._report = report
        self._bbox = settings.city.bbox
        self._writer = LayerWriter(connection, layer, source, provenance, report)
        self._identities = Identities(source, dataset)
        self._is_fictitious = provenance.fictitious
        self._gazetteer = (
            city_gazetteer(connection, settings.city, fictitious=provenance.fictitious)
            if needs_gazetteer(source)
            else None
        )
        self._ungeocoded = 0
        if provenance.as_of is None:
            self._writer.find([Finding("as-of-unknown", Action.NOTED)])

    def read(self, table: Table) -> Iterator[int]:
        """Read a table to its end; yields the number of records of each portion done."""
        report, writer = self._report, self._writer
        writer.find(list(table_findings(table, self._layer, self._source)))
        self._identities.enter(table.name, report.file_name)
        maker = RowMaker(self._layer, self._source)
        locator = Locator(self._layer, self._source, table_crs(table, self._source), self._gazetteer)
        for portion in batched(maker.rows(table.records()), PORTION):
            rows = [row for row in portion if row.fate is Fate.ROW]
            writer.write(portion, list(self._placed(rows, locator.locate(rows))))
            self._count(portion)
            yield len(portion)
        self._ungeocoded += locator.ungeocoded
        self._note_metadata(table)

    def finish(self, *, max_shrink: float, accept_shrink: bool) -> None:
        """Put the rows in place; raises ``SourceError`` as ``LayerWriter.finish``."""
        if self._ungeocoded:
            detail = f"{self._ungeocoded} rows have only an address"
            self._writer.find([Finding("towns-not-loaded", Action.NOTED, detail=detail)])
        self._writer.finish(is_fictitious=self._is_fictitious, max_shrink=max_shrink, accept_shrink=accept_shrink)

    def _placed(self, rows: Sequence[Row], positions: Sequence[Position]) -> Iterator[PlacedRow]:
        for row, position, geometry in zip(rows, positions, _ewkb(positions), strict=True):
            identity = self._identities.of(row, geometry)
            if identity is None:
                continue
            quality = self._report.positions
            quality[position.quality] = quality.get(position.quality, 0) + 1
            if position.geometry is not None and not is_within(position.geometry, self._bbox):
                self._report.rows_outside_city += 1
            yield PlacedRow(row, identity.id, identity.dataset, position, geometry)

    def _count(self, portion: Sequence[Row]) -> None:
        report = self._report
        report.rows_read += len(portion)
        for row in portion:
            if row.fate is Fate.ROW:
                report.rows_loaded += 1
                report.rows_mended += any(finding.action is Action.MENDED for finding in row.findings)
            elif row.fate is Fate.OTHER:
                report.rows_other += 1
            else:
                report.rows_rejected += 1

    def _note_metadata(self, table: Table) -> None:
        prefix = f"{table.name}: " if table.name and table.container != "osm-pbf" else ""
        self._report.metadata |= {f"{prefix}{key}": value for key, value in table.metadata.items()}
        if any(FICTITIOUS_MARK in str(text) for text in (*table.metadata.keys(), *table.metadata.values())):
            self._is_fictitious = True


def _ewkb(positions: Sequence[Position]) -> list[str | None]:
    """Geometries as hexadecimal EWKB of EPSG:6668."""
    geometries = np.array([position.geometry for position in positions], dtype=object)
    if not len(geometries):
        return []
    return list(shapely.to_wkb(shapely.set_srid(geometries, STORAGE), hex=True, include_srid=True))
