"""What a process may ask of the road network; who answers is none of its business."""

from typing import Protocol

from geo.travel.conditions import Conditions
from layers.text import Text
from services.ogc.errors import UnanswerableError
from services.routing.calibrated import NOT_CALIBRATED, RoadFigures
from services.routing.closures import Notice
from services.routing.zones import RoadZones

NO_ROADS_LOADED = Text("道路が読み込まれていないため、経路は分からない。", "No roads are loaded, so no route is known.")


class RoadReader(Protocol):
    """The roads as vehicles find them now."""

    def conditions(self, profile_id: str, *, metric: bool = True) -> Conditions:
        """What a vehicle of this profile finds; without ``metric`` there need be none, nor any hierarchy, for who has
        the roads searched by area.

        Raises
        ------
        NotFoundError
            If there is no such profile.
        UnanswerableError
            If there is no network: roads are not loaded, or it is not built yet.
        """
        ...

    def without_closures(self, now: Conditions) -> Conditions:
        """The same with no closure at all, on the same network; errors as of ``conditions``."""
        ...

    def notice(self, closure_id: str) -> Notice | None:
        """What is told of a closure of conditions that were asked for here; None where nothing is."""
        ...

    def zones(self, now: Conditions) -> RoadZones | None:
        """Which hazard zones the roads lie in; None where that is not known yet."""
        ...

    def is_current(self) -> bool:
        """Whether the network is that of the roads as they are loaded; else it is the one before."""
        ...

    def knows_closures(self) -> bool:
        """Whether roads closed for a time are kept off; else none of them is known here."""
        ...

    def figures(self) -> RoadFigures:
        """The figures of vehicles and widths that the conditions are by."""
        ...


class _NoRoads:
    def conditions(self, profile_id: str, *, metric: bool = True) -> Conditions:  # noqa: ARG002
        raise UnanswerableError(NO_ROADS_LOADED)

    def without_closures(self, now: Conditions) -> Conditions:
        return now

    def notice(self, closure_id: str) -> Notice | None:  # noqa: ARG002
        return None

    def zones(self, now: Conditions) -> RoadZones | None:  # noqa: ARG002
        return None

    def is_current(self) -> bool:
        return False

    def knows_closures(self) -> bool:
        return False

    def figures(self) -> RoadFigures:
        return NOT_CALIBRATED


NO_ROADS = _NoRoads()
"""Where no roads are known."""
