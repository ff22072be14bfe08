"""What a request for items selects: rows, columns, order and reference system, as SQL that is composed once.

Pages and files are made of the same selection, so that a file holds exactly what the pages of the same address show.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from psycopg import ClientCursor, sql

from geo.crs import STORAGE
from layers.model import Geometry
from services.database.failures import store_errors
from services.database.lending import Connection, refuse_abandoned
from services.ogc import filters
from services.ogc.crs import ServedCrs
from services.ogc.source import Column, Source

_names = count(1)
MOST_ROWS = 5_000
MOST_BYTES = 1 << 22
_FIRST_ROWS = 500


@dataclass(frozen=True, eq=False, kw_only=True)
class Selection:
    """Rows of one layer.

    columns:
        The properties asked for, in the order asked for.
    conditions:
        What rows must fulfil, all of it.
    order:
        What stands after ``ORDER BY``; it ends with ``id``, so that it is total.
    ordered:
        Whether the asker named an order; else the one of ids only keeps pages apart.
    crs:
        Of the geometries.
    with_geometry:
        False for a layer without places, and where they are not wanted.
    only_in_box:
        Whether a box is the one condition, so that rows are found by the spatial index alone.
    limit, offset:
        None and 0 for all rows.
    """

    source: Source
    columns: Sequence[Column]
    conditions: Sequence[filters.Condition]
    order: sql.Composable
    ordered: bool
    crs: ServedCrs
    with_geometry: bool
    only_in_box: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def is_points(self) -> bool:
        return self.with_geometry and self.source.layer.geometry is Geometry.POINT

    def geometry(self, *, flip: bool) -> sql.Composable:
        """The geometry in the selection's system; ``flip`` gives the axis order of its authority, else x before y."""
        value: sql.Composable = sql.SQL("geometry")
        if self.crs.srid != STORAGE:
            value = sql.SQL("ST_Transform({}, {})").format(value, sql.Literal(self.crs.srid))
        return sql.SQL("ST_FlipCoordinates({})").format(value) if flip and self.crs.flip else value

    def statement(
        self, expressions: Iterable[sql.Composable], *, order: sql.Composable | None = None
    ) -> tuple[sql.Composed, list[Any]]:
        """``SELECT`` of these expressions for every row selected, and the values to bind.

        ``order`` takes the place of the one of ids where the asker named none and wants all rows.
        """
        where, values = filters.all_of(self.conditions)
        whole = self.limit is None and self.offset == 0
        chosen = order if order is not None and whole and not self.ordered else self.order
        composed = sql.SQL("SELECT {} FROM {}{} ORDER BY {}").format(
            sql.SQL(", ").join(expressions), self.source.relation, where, chosen
        )
        if not whole:
            composed = sql.SQL("{} LIMIT %s OFFSET %s").format(composed)
            values = [*values, self.limit, self.offset]
        return composed, values

    def counted(self) -> tuple[int, int]:
        """How many rows are selected, and how many of them have a geometry; errors as of ``rows``."""
        statement, values = self.statement([sql.SQL("geometry") if self.source.has_geometry else sql.SQL("NULL")])
        query = sql.SQL("SELECT count(*), count(place) FROM ({}) AS selected (place)").format(statement)
        with self._reading() as connection:
            row = connection.execute(query, values).fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    def rows(
        self, expressions: Sequence[sql.Composable], *, order: sql.Composable | None = None
    ) -> Generator[list[tuple[Any, ...]]]:
        """The rows selected, some at a time, read through a cursor in the server; none where there is none.

        No more than ``MOST_ROWS`` are held at once, and of large values (bytes) fewer: about ``MOST_BYTES``.

        ``StoreError`` where the database fails, ``AbandonedError`` where nobody waits any more.
        """
        statement, values = self.statement(expressions, order=order)
        with self._reading() as connection, connection.transaction():
            # A cursor is planned for its first tenth unless told that all of it is wanted.
            connection.execute("SET LOCAL cursor_tuple_fraction = 1")
            with connection.cursor(f"selection_{next(_names)}") as cursor:
                cursor.execute(statement, values, binary=True)
                most = _FIRST_ROWS
                while found := cursor.fetchmany(most):
                    yield found
                    refuse_abandoned()
                    size = sum(len(value) for row in found[::10] for value in row if isinstance(value, bytes))
                    most = min(MOST_ROWS, max(10, MOST_BYTES * len(found) // (10 * size + 1)))

    def csv_lines(self, expressions: Sequence[sql.Composable]) -> Generator[bytes]:
        """The rows as lines of CSV that PostgreSQL writes, each ending with one ``\\n``.

        An absent value is nothing at all, an empty text ``""``.  Errors as of ``rows``.
        """
        statement, values = self.statement(expressions)
        with self._reading() as connection:
            # COPY takes no parameters: the driver quotes the values itself.
            query = ClientCursor(connection).mogrify(statement, values)
            command = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(sql.SQL(query))
            with connection.cursor().copy(command) as copy:
                for line in copy:  # libpq hands over one row at a time
                    yield bytes(line)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with store_errors(), self.source.pool.connection() as connection:
            yield connection
