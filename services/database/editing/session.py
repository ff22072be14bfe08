"""One edit: a transaction in which a feature is looked at, changed, and the change is written down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import psycopg
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE
from geo.errors import StoreError
from layers.model import Layer
from services.database.editing.dataset import EDITS, is_fictitious, keep_counts_true
from services.database.editing.locks import editing_turn
from services.database.editing.versions import row_version
from services.database.failures import store_errors
from services.database.row_text import column_count, exact_text

Connection = psycopg.Connection[tuple[Any, ...]]

EDITED, NOWHERE = "edited", "none"
"""``position_quality`` of a position that somebody gave by hand, and of a feature without one."""
NO_LOAD = 0
"""``load_id`` of a row made by hand; its ``raw_number`` is the number of its edit."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, when, and what is said of it.

    today:
        The date by the clock of the city: what an edited row describes (``as_of``).
    conditional:
        Whether the editor named the version that is to be changed.
    """

    name: str
    today: date
    note: str | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A feature as it is stored: typed values by field, provenance by column, position, version and exact text."""

    id: str
    values: Mapping[str, Any]
    provenance: Mapping[str, Any]
    geometry: BaseGeometry | None
    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A position given by hand, in EPSG:6668 with x = longitude; None: the feature has none."""

    geometry: BaseGeometry | None

    @property
    def quality(self) -> str:
        return NOWHERE if self.geometry is None else EDITED

    @property
    def ewkb(self) -> str | None:
        """As hexadecimal EWKB."""
        if self.geometry is None:
            return None
        return str(shapely.to_wkb(shapely.set_srid(self.geometry, STORAGE), hex=True, include_srid=True))


@contextmanager
def editing(connection: Connection, layer: Layer, editor: Editor) -> Iterator["Editing"]:
    """A transaction in which one feature of the layer is edited; nobody else writes to the layer meanwhile.

    Raises
    ------
    LayerBusyError
        The layer is being loaded, published or edited, and that takes longer than an edit waits.
    StoreError
        The database is away, or the role may not write to this layer.
    """
    with store_errors(), editing_turn(connection, layer.id):
        exact_text(connection)
        yield Editing(connection, layer, editor)


_PROVENANCE = ("source_id", "dataset", "as_of", "fictitious", "position_quality", "position_error_m")


class Editing:
    """What can be done to the features of a layer within one edit."""

    def __init__(self, connection: Connection, layer: Layer, editor: Editor) -> None:
        self._connection = connection
        self._layer = layer
        self._editor = editor
        self._table = sql.Identifier("core", layer.table)
        self._fields = [field.name for field in layer.fields]
        names = map(sql.Identifier, ("id", *_PROVENANCE, *self._fields))
        computed = (sql.SQL("t::text"), row_version(layer), sql.SQL("ST_AsBinary(geometry)"))
        self._read = sql.SQL(", ").join([*computed, *names])  # of a row t

    def find(self, feature_id: str) -> Stored | None:
        """The feature with this id, None where there is none."""
        if "\0" in feature_id:
            return None
        return self._one(sql.SQL("SELECT {} FROM {} AS t WHERE id = %s").format(self._read, self._table), [feature_id])

    def create(self, values: Mapping[str, Any], place: Place) -> Stored:
        """A new feature; fields without a value are absent.  Its id is the number of the edit."""
        number = self._next_number()
        while self.find(f"edit-{number}") is not None:  # a file has features called so
            number = self._next_number()
        columns: dict[str, Any] = {
            "id": f"edit-{number}",
            **{name: values.get(name) for name in self._fields},
            **_position(place),
            "source_id": EDITS,
            "dataset": EDITS,
            "as_of": self._editor.today,
            "fictitious": is_fictitious(self._connection, self._layer),
            "load_id": NO_LOAD,
            "raw_number": number,
        }
        statement = sql.SQL("INSERT INTO {} AS t ({}) VALUES ({}) RETURNING {}").format(
            self._table,
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(map(_placeholder, columns)),
            self._read,
        )
        stored = self._one(statement, list(columns.values()))
        assert stored is not None  # noqa: S101 - an INSERT of one row returns it
        self._record(number, "create", None, stored)
        return stored

    def change(
        self,
        stored: Stored,
        operation: Literal["replace", "update"],
        values: Mapping[str, Any],
        place: Place | None,
    ) -> Stored:
        """The feature with these values in all its fields, and with this position (None: as it was).

        Where that changes nothing, nothing is written and nothing recorded.
        """
        if place is not None and _is_same(place.geometry, stored.geometry):
            place = None
        wanted = {name: values.get(name) for name in self._fields}
        if place is None and wanted == stored.values:
            return stored
        columns: dict[str, Any] = {
            **wanted,
            **({} if place is None else _position(place)),
            "source_id": EDITS,
            "as_of": self._editor.today,
        }
        statement = sql.SQL("UPDATE {} AS t SET {} WHERE id = %s RETURNING {}").format(
            self._table,
            sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), _placeholder(name)) for name in columns),
            self._read,
        )
        changed = self._one(statement, [*columns.values(), stored.id])
        assert changed is not None  # noqa: S101 - it was found in this transaction, in which nobody else writes
        self._record(self._next_number(), operation, stored, changed)
        return changed

    def delete(self, stored: Stored) -> None:
        """Removes the feature."""
        self._connection.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(self._table), (stored.id,))
        self._record(self._next_number(), "delete", stored, None)

    # --- parts -------------------------------------------------------------------------------------------------

    def _one(self, statement: sql.Composed, values: list[Any]) -> Stored | None:
        row = self._connection.execute(statement, values).fetchone()
        if row is None:
            return None
        text, version, wkb, feature_id, *rest = row
        known = len(_PROVENANCE)
        return Stored(
            id=feature_id,
            values=dict(zip(self._fields, rest[known:], strict=True)),
            provenance=dict(zip(_PROVENANCE, rest[:known], strict=True)),
            geometry=None if wkb is None else shapely.from_wkb(bytes(wkb)),
            version=version,
            text=text,
        )

    def _next_number(self) -> int:
        row = self._connection.execute("SELECT nextval('ngis.edit_id_seq')").fetchone()
        if row is None:
            raise StoreError("The database gave no number for the edit.")
        return int(row[0])

    def _record(self, number: int, operation: str, before: Stored | None, after: Stored | None) -> None:
        one = after or before
        assert one is not None  # noqa: S101 - an edit is of something
        dataset = one.provenance["dataset"]
        self._connection.execute(
            "INSERT INTO ngis.edit (id, layer_id, feature_id, dataset, operation, before, after, column_count, "
            "conditional, edited_by, note) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(number, self._layer.id, one.id, dataset, operation),
                before.text if before is not None else None,
                after.text if after is not None else None,
                column_count(self._connection, self._table),
                *(self._editor.conditional, self._editor.name, self._editor.note),
            ),
        )
        keep_counts_true(self._connection, self._layer, {dataset})


def _position(place: Place) -> dict[str, Any]:
    return {"geometry": place.ewkb, "position_quality": place.quality, "position_error_m": None}


def _placeholder(column: str) -> sql.SQL:
    return sql.SQL("%s::geometry") if column == "geometry" else sql.SQL("%s")


def _is_same(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(shapely.to_wkb(one) == shapely.to_wkb(other))
