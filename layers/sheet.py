"""The model of a sheet of 自治体標準オープンデータセット, as a layer is written to it: the inverse of a source format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

Cell = str | Callable[[Mapping[str, object]], object]
"""How a cell is written: the name of the field whose value it holds, or what makes it of a row's values by name.

The values of a row are typed; beside its fields it has ``id``, ``longitude`` and ``latitude`` (degrees), ``fictitious`` and
``position_quality``.  None is an empty cell.
"""


@dataclass(frozen=True, kw_only=True)
class OpenDataSheet:
    """One sheet, with the header of its second generation.

    number:
        Of the sheet in 定義書A.
    name:
        What stands in the name of the file, ``[団体コード6桁]_{name}.csv``.
    format_id:
        The source format of the layer that reads the sheet back.
    columns:
        The whole header in its order, each column with what fills it; a row that the format has read is written back
        as it was.
    order_verified:
        True where the order was seen in a published file or definition.  Else only which columns there are was, and
        readers should go by their names (as ours do).
    """

    number: str
    name: str
    format_id: str
    columns: Mapping[str, Cell]
    order_verified: bool

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that fill a cell as they are."""
        return frozenset(cell for cell in self.columns.values() if isinstance(cell, str))
