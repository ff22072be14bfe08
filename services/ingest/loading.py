"""Writing one load of one layer: raw records, core rows and findings, inside the transaction of the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg import sql

from geo.errors import SourceError, StoreError
from layers.model import Geometry, Layer, SourceFormat
from services.database.editing.dataset import EDITS, keep_counts_true
from services.ingest.bookkeeping import Connection, insert_load
from services.ingest.edited_rows import hold_back
from services.ingest.encoding import clean_text, to_json
from services.ingest.model import Action, Finding, Provenance
from services.ingest.positions import Position
from services.ingest.report import LoadReport
from services.ingest.rows import Row

SHRINK_MINIMUM_ROWS = 10
"""Datasets with fewer rows are not guarded: there a share says little."""
_LOCKS = 28204  # namespace of the advisory locks of this module
_NAMED_CLASHES = 100  # clashes of ids reported one by one

_LINEAGE = (
    "extras",
    "source_id",
    "dataset",
    "as_of",
    "fictitious",
    "position_quality",
    "position_error_m",
    "load_id",
    "raw_number",
)


@dataclass(slots=True)
class PlacedRow:
    """A row ready for the table: with its identity, position and geometry as hexadecimal EWKB."""

    row: Row
    id: str
    dataset: str
    position: Position
    geometry: str | None


def lock_layers(connection: Connection, layer_ids: Iterable[str]) -> None:
    """Reserve layers until the end of the transaction; ``StoreError`` at once where another load has one."""
    for layer_id in sorted(set(layer_ids)):
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", (_LOCKS, layer_id)).fetchone()
        if row is None or not row[0]:
            raise StoreError(
                f"Another load of the layer {layer_id} is running.", fix="Wait until it has ended, then try again."
            )


class LayerWriter:
    """Takes the rows of one load in portions and puts them in place at the end.

    Rows gather in a temporary table, so that readers of the layer see the old rows until the transaction ends.
    """

    def __init__(
        self, connection: Connection, layer: Layer, source: SourceFormat, provenance: Provenance, report: LoadReport
    ) -> None:
        self._connection = connection
        self._layer = layer
        self._source = source
        self._provenance = provenance
        self._report = report
        self._ordinal = 0
        self._has_geometry = layer.geometry is not Geometry.NONE
        fields = [field.name for field in layer.fields]
        self._fields = fields
        self._columns = ["id", *fields, *(["geometry"] if self._has_geometry else []), *_LINEAGE]
        self._table = sql.Identifier("core", layer.table)
        row = connection.execute("SELECT nextval('ngis.load_id_seq')").fetchone()
        assert row is not None  # noqa: S101 -- nextval always gives one row
        self.load_id = int(row[0])
        connection.execute(sql.SQL("CREATE TEMPORARY TABLE incoming (LIKE {}) ON COMMIT DROP").format(self._table))
        connection.execute("CREATE TEMPORARY TABLE incoming_finding (LIKE ngis.finding) ON COMMIT DROP")

    def write(self, received: Sequence[Row], rows: Sequence[PlacedRow]) -> None:
        """Write a portion: every record as received with its findings, and the rows that are loaded."""
        with self._connection.cursor() as cursor:
            with cursor.copy("COPY raw.record (load_id, number, content) FROM STDIN") as copy:
                for row in received:
                    copy.write_row((self.load_id, row.number, to_json(row.received)))
            statement = sql.SQL("COPY incoming ({}) FROM STDIN").format(
                sql.SQL(", ").join(map(sql.Identifier, self._columns))
            )
            with cursor.copy(statement) as copy:
                for placed in rows:
                    copy.write_row(self._cells(placed))
        self.find([finding for row in received for finding in row.findings])

    def find(self, findings: Sequence[Finding]) -> None:
        """Keep findings of the load, in order."""
        if not findings:
            return
        self._report.count(findings)
        columns = "load_id, ordinal, rule, action, row_number, column_name, old_value, new_value, detail"
        with self._connection.cursor().copy(f"COPY incoming_finding ({columns}) FROM STDIN") as copy:
            for finding in findings:
                texts = (finding.column, finding.old, finding.new, finding.detail)
                copy.write_row(
                    (
                        self.load_id,
                        self._ordinal,
                        finding.rule,
                        str(finding.action),
                        finding.row,
                        *(None if text is None else clean_text(text) for text in texts),
                    )
                )
                self._ordinal += 1

    def _cells(self, placed: PlacedRow) -> tuple[object, ...]:
        row = placed.row
        values = [row.values.get(name) for name in self._fields]
        geometry = (placed.geometry,) if self._has_geometry else ()
        return (
            placed.id,
            *values,
            *geometry,
            to_json(row.extras) if row.extras else "{}",
            self._source.id,
            placed.dataset,
            self._provenance.as_of,
            row.fictitious,
            placed.position.quality,
            placed.position.error_m,
            self.load_id,
            row.number,
        )

    def finish(self, *, is_fictitious: bool, max_shrink: float, accept_shrink: bool) -> None:
        """Replace the old rows of the datasets that came, but for those edited by hand, and record the load.

        Raises
        ------
        SourceError
            If a dataset would lose more than ``max_shrink`` of its rows and ``accept_shrink`` is not given, if
            fictitious and real rows would stand in the layer together, or if the dataset is that of the edits.
        """
        report, connection = self._report, self._connection
        counts: dict[str, tuple[int, bool]] = {
            dataset: (count, fictitious or is_fictitious)
            for dataset, count, fictitious in connection.execute(
                "SELECT dataset, count(*), bool_or(fictitious) FROM incoming GROUP BY dataset ORDER BY dataset"
            )
        }
        datasets = list(counts)
        self._guard_edits(datasets)
        before: dict[str, int] = dict(
            connection.execute(
                sql.SQL("SELECT dataset, count(*) FROM {} WHERE dataset = ANY(%s) GROUP BY dataset").format(
                    self._table
                ),
                (datasets,),
            ).fetchall()
        )
        self._guard_against_mixing(counts)
        self._guard_against_shrinking(counts, before, max_shrink, accept_shrink)
        self._resolve_clashes(datasets)
        if any(fictitious for _, fictitious in counts.values()):
            self.find([Finding("fictitious-data", Action.NOTED)])
        marked = [dataset for dataset, (_, fictitious) in counts.items() if fictitious]
        held = hold_back(connection, self._layer, self.load_id, datasets, marked)
        self.find(held.findings)
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE dataset = ANY(%s) AND id <> ALL(%s)").format(self._table),
            (datasets, list(held.ids)),
        )
        names = [name for name in self._columns if name != "fictitious"]
        connection.execute(
            sql.SQL("INSERT INTO {} ({}, fictitious) SELECT {}, dataset = ANY(%s) FROM incoming").format(
                self._table,
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(map(sql.Identifier, names)),
            ),
            (marked,),
        )
        report.load_id = self.load_id
        report.rows_replaced = sum(before.values())
        report.datasets = tuple(datasets)
        self._record(counts)
        if held.ids:
            keep_counts_true(connection, self._layer, datasets)

    def _guard_edits(self, datasets: list[str]) -> None:
        if EDITS in datasets:
            raise SourceError(
                f"{self._report.file_name}: {EDITS} is the dataset of features made by hand; no file replaces it.",
                fix="Give another name with --dataset.",
            )

    def _guard_against_mixing(self, counts: dict[str, tuple[int, bool]]) -> None:
        """A person who sees a real shelter among invented ones cannot know which to run to."""
        others = self._connection.execute(
            "SELECT DISTINCT fictitious FROM ngis.dataset WHERE layer_id = %s AND id <> ALL(%s)",
            (self._layer.id, list(counts)),
        ).fetchall()
        if len({fictitious for _, fictitious in counts.values()} | {fictitious for (fictitious,) in others}) > 1:
            raise SourceError(
                f"{self._report.file_name}: the layer {self._layer.id} would hold fictitious rows (架空データ) and "
                "real ones together. Nothing was changed.",
                fix="Keep them apart: `make up DATA=FOLDER` uses another database than the sample city.",
            )

    def _guard_against_shrinking(
        self, counts: dict[str, tuple[int, bool]], before: dict[str, int], max_shrink: float, accept_shrink: bool
    ) -> None:
        shrunk = [
            f"{dataset} from {old} to {counts[dataset][0]} rows"
            for dataset, old in before.items()
            if old >= SHRINK_MINIMUM_ROWS and counts[dataset][0] < old * (1 - max_shrink)
        ]
        if shrunk and not accept_shrink:
            raise SourceError(
                f"{self._report.file_name}: the layer {self._layer.id} would shrink: {'; '.join(shrunk)} "
                f"(more than {max_shrink:.0%} fewer). Nothing was changed.",
                fix="Find out why; if it is right, repeat with --accept-shrink.",
            )
        self.find([Finding("layer-shrunk", Action.NOTED, detail=text) for text in shrunk])

    def _resolve_clashes(self, datasets: list[str]) -> None:
        """An id that another dataset of the layer has gets the name of its own dataset before it."""
        clashes = self._connection.execute(
            sql.SQL(
                """
                UPDATE incoming SET id = replace(incoming.dataset, '/', '-') || '-' || incoming.id
                  FROM {} AS other WHERE other.id = incoming.id AND other.dataset <> ALL(%s)
                RETURNING incoming.raw_number, other.id, incoming.id"""
            ).format(self._table),
            (datasets,),
        ).fetchall()
        findings = [
            Finding("identity-clash", Action.NOTED, number, old=old, new=new)
            for number, old, new in sorted(clashes)[:_NAMED_CLASHES]
        ]
        if len(clashes) > _NAMED_CLASHES:
            findings.append(Finding("identity-clash", Action.NOTED, detail=f"{len(clashes)} rows in all"))
        self.find(findings)

    def _record(self, counts: dict[str, tuple[int, bool]]) -> None:
        report, connection = self._report, self._connection
        insert_load(connection, report)
        connection.execute("INSERT INTO ngis.finding SELECT * FROM incoming_finding ORDER BY ordinal")
        layer, source, known = self._layer, self._source, self._provenance
        licence = known.licence or (source.licence or layer.licence).id
        attribution = known.attribution or (source.attribution or layer.attribution).ja
        for dataset, (count, fictitious) in counts.items():
            connection.execute(
                """
                INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, source_id, title, url, licence,
                                          attribution, as_of, fictitious, row_count)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (layer_id, id) DO UPDATE SET
                    format_id = excluded.format_id, load_id = excluded.load_id, source_id = excluded.source_id,
                    title = excluded.title, url = excluded.url, licence = excluded.licence,
                    attribution = excluded.attribution, as_of = excluded.as_of, fictitious = excluded.fictitious,
                    row_count = excluded.row_count, loaded_at = now()""",
                (
                    layer.id,
                    dataset,
                    source.id,
                    self.load_id,
                    known.source_id,
                    known.title or source.title.ja,
                    known.url,
                    licence,
                    attribution,
                    known.as_of,
                    fictitious,
                    count,
                ),
            )
        connection.execute("DROP TABLE incoming, incoming_finding")
