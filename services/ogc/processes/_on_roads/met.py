"""What a way on the roads met, beside what was drawn in the request: closures, hazard zones, limits of size."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from geo.travel.conditions import Conditions
from geo.travel.finding import Way
from geo.travel.met import KeptOff, Roads, gone_through, kept_off
from layers.text import Text
from services.database.waiting import require_thread
from services.ogc.processes._model import Context, or_null
from services.ogc.processes._on_roads import closures_met, hazards_met, limits_met
from services.ogc.processes._on_roads.avoiding import Effect

ON_WAY: Mapping[str, Any] = {
    "closures": closures_met.SCHEMA,
    "hazards": or_null(hazards_met.SCHEMA),
    "limits": limits_met.SCHEMA,
}
"""Members by which a way says what it met; schemas by name.  ``hazards`` null: not known yet, which is not "none"."""

OPTIONAL = ("hazards", "limits")
"""Those that who asks may do without; closures are told always."""

NOTHING = KeptOff(frozenset())


def closures_kept_off(
    now: Roads,
    open_: Callable[[], Roads],
    way: Way | None,
    find: Callable[[Roads], Way | None],
    *,
    by_time: bool = True,
) -> KeptOff:
    """As ``geo.travel.met.kept_off``; the open roads are asked for only where a closure holds."""
    if now.on.under is None or not now.on.under.closures:
        return NOTHING
    first = open_()

    def found(roads: Roads) -> Way | None:
        if roads is not first:  # a closure makes a difference: then there is more to be found
            require_thread()
        return find(roads)

    return kept_off(now, first, way, found, by_time=by_time)


def with_met(
    document: Mapping[str, Any],
    now: Conditions,
    way: Way,
    off: KeptOff,
    context: Context,
    details: Collection[str] = OPTIONAL,
) -> dict[str, Any]:
    """The document of a way with the members of ``ON_WAY``, of those that are optional with ``details`` alone.

    ``off`` are the closures that the best way keeps off.
    """
    through = gone_through(now, way)
    effects = {Effect.CROSSED: through, Effect.AVOIDED: off.closures - through}
    found = {**document, "closures": closures_met.documents(now, effects, context)}
    if "hazards" in details:
        found["hazards"] = hazards_met.hazards_on(now, way, document["length_m"], context)
    if "limits" in details:
        found["limits"] = limits_met.limits_on(now, way, context)
    return found


def is_fictitious(ways: Iterable[Mapping[str, Any]]) -> bool:
    """Whether anything that ways met is made up."""
    members = ("closures", "hazards")
    return any(each["fictitious"] for way in ways for name in members for each in way.get(name) or ())


def notes(ways: Iterable[Mapping[str, Any]], off: KeptOff = NOTHING) -> list[Text]:
    """What is to be said of all that ways met."""
    is_unready = any(way.get("hazards", ()) is None for way in ways)
    return [*([] if off.complete else [closures_met.MORE]), *([hazards_met.NOT_READY] if is_unready else [])]
