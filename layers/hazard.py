"""What the areas of a hazard layer mean for a place, and what their absence means.

A place is inside of a hazard's areas, outside of them, or unknown.  Outside is said only where data speaks for the
place: that is declared here for each hazard, with the reason.  Neither outside nor unknown means safe.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from geo.errors import InputError
from layers.advice import Advice, Finding
from layers.text import Text


class Reach(StrEnum):
    """Of which area a dataset states a hazard as a whole, so that a place in none of its zones is outside.

    Rows without the code that is meant, and every other kind, speak for the municipalities in which a zone of the
    dataset lies.  A dataset published in sheets (``SourceFormat.part_of_name``) speaks for its sheet at most: the JIS X
    0410 cell that the sheet is named by.
    """

    PREFECTURE = "prefecture"  # the one of the rows' ``prefecture_code``
    MUNICIPALITY = "municipality"  # the one of the rows' ``municipality_code``
    TOUCHED = "touched"  # the municipalities in which a zone of the dataset lies


@dataclass(frozen=True, slots=True)
class SpeaksFor:
    """The area a dataset of the hazard speaks for, and why.

    ``named_by`` is the field that names what a dataset is about (a river): it says nothing of others.
    """

    reach: Reach
    reason: Text
    named_by: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A legal kind of area, by the rank that the layer's rows carry."""

    rank: int
    id: str
    title: Text
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """What a hazard layer declares beside its fields.

    type:
        Id of the hazard, as in ``hazard_types.DESIGNATED_HAZARDS`` where sites are designated for it.
    advise:
        From what was found at a place to what to do, in the official words.
    scenario:
        The CODE field that tells the layer's scenarios apart; the first of its codes is the widest, and its state is
        the hazard's own where no other scenario is inside.
    collapse:
        The scenario whose areas are house-collapse zones (家屋倒壊等氾濫想定区域).
    zones:
        The legal kinds of area, where the ranks are such.
    """

    type: str
    speaks_for: SpeaksFor
    advise: Callable[[Finding], tuple[Advice, ...]]
    scenario: str | None = None
    collapse: str | None = None
    zones: tuple[Zone, ...] = ()

    def __post_init__(self) -> None:
        if self.collapse is not None and self.scenario is None:
            raise InputError(f"Hazard {self.type}: a collapse scenario without scenarios.")

    def zone_of(self, rank: int | None) -> Zone | None:
        """The legal kind of an area of this rank."""
        return next((zone for zone in self.zones if zone.rank == rank), None)


def severity(properties: Mapping[str, Any]) -> tuple[float, float]:
    """By which the areas of a hazard are ordered, the worst last.

    Deeper is worse, by the upper bound; an area of unknown depth comes before those of known depth.
    """
    lower, upper = properties.get("depth_lower_m"), properties.get("depth_upper_m")
    depth = -1.0 if lower is None and upper is None else inf if upper is None else float(upper)
    return depth, float(properties.get("rank") or 0)
