"""The sites of a question: existing facilities and candidates, and under which rules each may be open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.routing.graph import Mask
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._exposure.facilities import facility_layers
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.facilities import MOST, MOST_LOADED, Facilities, Facility, asked_facilities
from services.ogc.processes._planning.given import collection, number_of

MOST_CANDIDATES = 20_000
NONE = "none"
AT_DEMAND = "at-demand"
_IDS = {"type": "array", "uniqueItems": True, "maxItems": MOST, "items": {"type": "string"}, "default": []}

INPUTS: Mapping[str, Input] = {
    "facilities": Input(
        title=Text("今ある施設", "Existing facilities"),
        description=Text(
            f"今ある施設のレイヤーのid（fire-stationsでは隊のある署所）、GeoJSONのFeatureCollection、または{NONE}（何もない所"
            "から始める）。relocationsの分を除き、そのまま残る。",
            "Id of a layer of the facilities there are (of fire-stations those with crews), a GeoJSON "
            f"FeatureCollection, or {NONE} to begin with nothing. They stay, but for as many as relocations allow.",
        ),
        schema={
            "oneOf": [{"type": "string", "enum": [NONE, *facility_layers()]}, collection(MOST)],
            "default": "fire-stations",
        },
        required=False,
    ),
    "candidates": Input(
        title=Text("候補地", "Candidate sites"),
        description=Text(
            f"候補地のレイヤーのid、GeoJSONのFeatureCollection（属性nameとcapacityも読む）、または{AT_DEMAND}"
            "（需要のある点のすべて）。",
            "Id of a layer of candidates, a GeoJSON FeatureCollection (its properties name and capacity are read), or "
            f"{AT_DEMAND}: every point that has demand.",
        ),
        schema={
            "oneOf": [{"type": "string", "enum": [AT_DEMAND, *facility_layers()]}, collection(MOST)],
            "default": AT_DEMAND,
        },
        required=False,
    ),
    "required": Input(
        title=Text("必ず置く候補地", "Required sites"),
        description=Text("候補地のid。どの案でも開く。", "Ids of candidates that every plan opens."),
        schema=_IDS,
        required=False,
    ),
    "forbidden": Input(
        title=Text("置けない候補地", "Forbidden sites"),
        description=Text("候補地のid。どの案でも開かない。", "Ids of candidates that no plan opens."),
        schema=_IDS,
        required=False,
    ),
    "relocations": Input(
        title=Text("移転の数", "Relocations"),
        description=Text(
            "今ある施設のうち、別の場所のために閉じてよい数。",
            "How many existing facilities may be given up for another site.",
        ),
        schema={"type": "integer", "minimum": 0, "maximum": MOST_LOADED, "default": 0},
        required=False,
    ),
    "capacity": Input(
        title=Text("定員", "Capacity"),
        description=Text(
            "定員（capacity）を示さない施設と候補地それぞれの定員（需要の単位）。lscp、mclp、p-medianで使える。",
            "Of each site that has no capacity of its own, in the unit of the demand; for lscp, mclp and p-median.",
        ),
        schema={"type": "number", "minimum": 0},
        required=False,
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class Sites:
    """Existing facilities first, then candidates; ``capacity`` None where sites serve as many as come."""

    each: tuple[Facility, ...]
    existing: Facilities | None
    candidates: Facilities | None
    required: tuple[int, ...]
    forbidden: tuple[int, ...]
    capacity: tuple[float, ...] | None

    @property
    def standing(self) -> int:
        """How many of them exist: the first ones."""
        return 0 if self.existing is None else len(self.existing)

    def without(self, left_out: Mask) -> tuple["Sites", int]:
        """With some candidates forbidden, shape (sites,), unless they are required; how many these are."""
        rows = set(np.flatnonzero(left_out).tolist()) - set(self.required) - set(range(self.standing))
        more = tuple(sorted(rows - set(self.forbidden)))
        return replace(self, forbidden=(*self.forbidden, *more)), len(more)

    @property
    def lon(self) -> npt.NDArray[np.float64]:
        return np.array([each.lon for each in self.each], np.float64)

    @property
    def lat(self) -> npt.NDArray[np.float64]:
        return np.array([each.lat for each in self.each], np.float64)


def asked_sites(inputs: Values, points: DemandPoints, context: Context) -> Sites:
    """The sites of the inputs.

    Raises
    ------
    ParameterError
        If there are no candidates or too many, one that is named is not among them or is required and forbidden at
        once, or only some sites have a capacity.
    UnanswerableError
        If a layer is not loaded.
    """
    existing = None if inputs["facilities"] == NONE else asked_facilities(inputs, context)
    if inputs["candidates"] == AT_DEMAND:
        candidates, places = None, _at_demand(points)
    else:
        candidates = asked_facilities({"candidates": inputs["candidates"]}, context, "candidates")
        places = candidates.each
    if not places:
        raise ParameterError("candidates", Text("候補地がありません。", "there are no candidate sites."))
    if len(places) > MOST_CANDIDATES:
        raise ParameterError(
            "candidates",
            Text(
                f"{MOST_CANDIDATES:,}か所までです（{len(places):,}）。",
                f"at most {MOST_CANDIDATES:,}, not {len(places):,}.",
            ),
        )
    before = () if existing is None else existing.each
    numbers = {each.id: len(before) + number for number, each in enumerate(places)}
    required, forbidden = (_named(name, inputs[name], numbers) for name in ("required", "forbidden"))
    if both := sorted(set(required) & set(forbidden)):
        name = (*before, *places)[both[0]].name
        raise ParameterError(
            "forbidden", Text(f"「{name}」は必ず置く候補地でもあります。", f"{name!r} is required too.")
        )
    if inputs["relocations"] > len(before):
        raise ParameterError(
            "relocations", Text(f"今ある施設は{len(before)}か所です。", f"there are {len(before)} existing facilities.")
        )
    every = (*before, *places)
    return Sites(every, existing, candidates, required, forbidden, _capacities(every, inputs.get("capacity")))


def _at_demand(points: DemandPoints) -> tuple[Facility, ...]:
    has = np.flatnonzero(points.demand.counts & (points.demand.weights > 0)).tolist()
    return tuple(
        Facility(
            id=points.ids[row],
            name=points.towns[row] or points.ids[row],
            lon=float(points.lon[row]),
            lat=float(points.lat[row]),
            units=None,
            properties={},
        )
        for row in has
    )


def _named(parameter: str, ids: Sequence[str], numbers: Mapping[str, int]) -> tuple[int, ...]:
    for each in ids:
        if each not in numbers:
            raise ParameterError(
                parameter, Text(f"候補地に「{each[:80]}」はありません。", f"no candidate is named {each[:80]!r}.")
            )
    return tuple(numbers[each] for each in ids)


def _capacities(sites: Sequence[Facility], default: float | None) -> tuple[float, ...] | None:
    given: list[Any] = [
        number_of("candidates", f"{each.name}: capacity", each.properties.get("capacity")) for each in sites
    ]
    if default is None and all(each is None for each in given):
        return None
    found: list[float | None] = [default if each is None else each for each in given]
    missing = [site.name for site, each in zip(sites, found, strict=True) if each is None]
    if missing:
        raise ParameterError(
            "capacity",
            Text(
                f"定員のない施設や候補地が{len(missing)}か所あります（{missing[0]}など）。capacity で補ってください。",
                f"{len(missing)} sites have no capacity, such as {missing[0]}; give one for them.",
            ),
        )
    return tuple(each for each in found if each is not None)
