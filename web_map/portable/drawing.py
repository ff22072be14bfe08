"""What a portable map shows: features, how they look, what is said of them, and where they come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import geopandas as gpd

from layers.model import Style, Text

type Say = Callable[[Any], str]
"""A value of a column in words."""


@dataclass(frozen=True, slots=True)
class Column:
    """A line of a popup: its title, and the value in words of a language; ``unit`` as the declarations have it."""

    title: Text
    unit: str | None = None
    codes: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Who gave the data, and as of when as the data says it; None where it does not."""

    name: Text
    as_of: str | None
    fictitious: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """One entry of the map.

    frame:
        Features in any reference system; those without a place are counted and not drawn.
    style:
        As of a layer.  Its classes are compared with the values as text.
    columns:
        What popups say, by the name of the column, in this order; those that the frame lacks are left out.
    title_column:
        The column that heads a popup.
    sources:
        Where the data come from; none: unknown, and said to be.
    notes:
        What has to be known of it, above all the answer in one sentence.
    """

    title: Text
    frame: gpd.GeoDataFrame
    style: Style
    columns: Mapping[str, Column] = field(default_factory=dict)
    title_column: str | None = None
    sources: Sequence[Source] = ()
    notes: Sequence[Text] = ()


class Drawable(Protocol):
    """An analysis that knows how it is drawn."""

    def drawings(self) -> Sequence[Drawing]:
        """The topmost first."""
