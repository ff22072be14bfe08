"""What a portable map shows: features, how they look, what is said of them, and where they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import geopandas as gpd

from layers.model import Geometry, Style, Text
from layers.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Column:
    """A line of a popup: its title, and how its values are put in words.

    unit:
        As the declarations have it.
    flag:
        True or false, however a file writes them.
    """

    title: Text
    unit: str | None = None
    codes: Mapping[str, Text] = field(default_factory=dict)
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Who gave the data, as of when, and under which terms; None where that is not said."""

    name: Text
    as_of: str | None
    fictitious: bool = False
    licence: Text | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """One entry of the map.

    frame:
        Features in any reference system; those without a place are counted and not drawn.
    style:
        As of a layer.  Its classes are compared with the values as text.
    safe_style:
        The same in colours for every kind of colour vision; None where its own are to do.
    patterns:
        Upon areas, by the value of the class; where there are any, areas of no class have that of the unknown.
    geometry:
        For the legend; None: as the features have it.
    columns:
        What popups say, by the name of the column, in this order; those that the frame lacks are left out.
    title_column:
        The column that heads a popup.
    sources:
        Where the data come from; none: unknown, and said to be.
    notes:
        What has to be known of it, above all the answer in one sentence.
    hazard:
        Whether having nothing of it at a place might be taken for being safe.
    at:
        The moment at which all that is drawn holds; None: features do not hold for a time.
    """

    title: Text
    frame: gpd.GeoDataFrame
    style: Style
    safe_style: Style | None = None
    patterns: Mapping[str | int | bool, Pattern] = field(default_factory=dict)
    geometry: Geometry | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    title_column: str | None = None
    sources: Sequence[Source] = ()
    notes: Sequence[Text] = ()
    hazard: bool = False
    at: datetime | None = None


class Drawable(Protocol):
    """An analysis that knows how it is drawn."""

    def drawings(self) -> Sequence[Drawing]:
        """The topmost first."""
