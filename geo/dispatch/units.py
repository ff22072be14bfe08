"""Units that may be sent to an incident, and what a dispatch set demands of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import InputError


class Hindrance(StrEnum):
    """Why a unit is not sent."""

    NOT_AVAILABLE = "not-available"  # at work elsewhere, out of service, or nobody knows
    NO_POSITION = "no-position"
    NO_WAY = "no-way"  # it does not get there


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit.

    capability:
        What it is, in words that demands use.
    travel:
        Time to the incident in any whole unit; None where it is not known or there is no way.
    hindrance:
        None: it can be sent, and then ``travel`` is known.
    """

    id: str
    capability: str
    travel: int | None
    hindrance: Hindrance | None = None

    def __post_init__(self) -> None:
        if self.hindrance is None and (self.travel is None or self.travel < 0):
            raise InputError(f"Unit {self.id}: one that can be sent has a travel time of 0 or more.")


@dataclass(frozen=True, slots=True)
class Demand:
    """So many units of a capability.

    stand_ins:
        Capabilities that may take its place, the preferred first.
    """

    capability: str
    count: int = 1
    stand_ins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError(f"A demand for {self.count} units of {self.capability} is none.")
        if len({self.capability, *self.stand_ins}) <= len(self.stand_ins):
            raise InputError(f"A stand-in for {self.capability} is named twice, or is {self.capability} itself.")

    def preference(self, capability: str) -> int | None:
        """0 for what is demanded, 1 and up for its stand-ins, None for what cannot take its place."""
        accepted = (self.capability, *self.stand_ins)
        return accepted.index(capability) if capability in accepted else None


def by_arrival(units: Iterable[Unit]) -> list[Unit]:
    """Those that can be sent, the first to arrive first; of equal ones the one whose id comes first."""
    return sorted((unit for unit in units if unit.hindrance is None), key=_arrival)


def _arrival(unit: Unit) -> tuple[int, str]:
    return unit.travel or 0, unit.id
