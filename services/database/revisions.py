"""What each layer is now, for a face: revision, dates, licences and attributions, and whether it is fictitious."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import psycopg
from psycopg import sql

from services.database.failures import store_errors

Connection = psycopg.Connection[tuple[Any, ...]]

Schema = Literal["published", "core"]
"""From which side data is looked at: the public (庁外) sees what was published, the staff (庁内) what is in core."""


@dataclass(frozen=True, slots=True)
class DatasetState:
    """One dataset of a layer: its source, licence and date.  ``as_of`` None: nobody said."""

    id: str
    format_id: str
    source_id: str | None
    title: str | None
    url: str | None
    licence: str | None
    attribution: str | None
    as_of: date | None
    fictitious: bool
    row_count: int
    loaded_at: datetime


@dataclass(frozen=True)
class LayerState:
    """One layer as a face sees it.

    revision:
        Moves with every change that this face can see; caches and tile addresses follow it.
    published_at:
        Of the publication that stands; None where there is none (internal face only).
    """

    layer_id: str
    revision: int
    published_at: datetime | None
    datasets: tuple[DatasetState, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property  # what is made of a state is looked up by it with every request
    def _hash(self) -> int:
        return hash((self.layer_id, self.revision, self.published_at, self.datasets))

    @cached_property
    def row_count(self) -> int:
        return sum(dataset.row_count for dataset in self.datasets)

    @property
    def fictitious(self) -> bool:
        """Whether any row is made up: then the whole layer has to say so."""
        return any(dataset.fictitious for dataset in self.datasets)

    @property
    def oldest(self) -> date | None:
        """As-of date of the oldest dataset whose date is known; None where none is."""
        return min((dataset.as_of for dataset in self.datasets if dataset.as_of), default=None)

    @property
    def newest(self) -> date | None:
        """As-of date of the newest dataset whose date is known; None where none is."""
        return max((dataset.as_of for dataset in self.datasets if dataset.as_of), default=None)

    @property
    def dates_complete(self) -> bool:
        """Whether the as-of date of every dataset is known."""
        return all(dataset.as_of is not None for dataset in self.datasets)


_DATASET_COLUMNS = (
    "id",
    "format_id",
    "source_id",
    "title",
    "url",
    "licence",
    "attribution",
    "as_of",
    "fictitious",
    "row_count",
    "loaded_at",
)


def layer_states(connection: Connection, schema: Schema) -> dict[str, LayerState]:
    """The layers that a face can see, by id; the public sees those with a publication that stands.

    ``StoreError`` where the database is away or not migrated.
    """
    # One statement sees one moment: a revision never comes with the datasets of another.
    query = sql.SQL(
        "SELECT l.id, l.revision, l.published_at, {} FROM {} l LEFT JOIN {} d ON d.layer_id = l.id ORDER BY l.id, d.id"
    ).format(
        sql.SQL(", ").join(sql.Identifier("d", name) for name in _DATASET_COLUMNS),
        sql.Identifier(_book_keeping(schema), "layer"),
        sql.Identifier(_book_keeping(schema), "dataset"),
    )
    with store_errors():
        rows = connection.execute(query).fetchall()
    heads: dict[str, tuple[int, datetime | None]] = {}
    datasets: dict[str, list[DatasetState]] = {}
    for layer_id, revision, published_at, *values in rows:
        heads[layer_id] = (revision, published_at)
        found = datasets.setdefault(layer_id, [])
        if values[0] is not None:
            found.append(DatasetState(*values))
    return {
        layer_id: LayerState(layer_id, revision, published_at, tuple(datasets[layer_id]))
        for layer_id, (revision, published_at) in heads.items()
    }


def _book_keeping(schema: Schema) -> str:
    return "published" if schema == "published" else "ngis"
