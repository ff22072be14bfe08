"""What facilities offer, and when: as far as the layer says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage.demand import Bools, Floats
from layers import aeds, medical_facilities
from layers.model import FieldKind, Layer
from layers.opening_hours import DAYS, Moment, OpeningHours, opening_hours
from layers.text import Text
from services.ogc.errors import ParameterError
from services.ogc.processes._model import Context, Input, Values
from services.ogc.processes._planning.facilities import MOST, WHERE, Facilities, asked_facilities
from services.ogc.processes._planning.given import collection, number_of

AEDS, MEDICAL = aeds.LAYER.id, medical_facilities.LAYER.id
EACH, SUPPLY, BEDS = "each", "supply", "beds"
_WITHOUT_BEDS = "clinic-without-beds"
_DAYS_JA = dict(zip(DAYS, "月火水木金土日祝", strict=True))

INPUTS: Mapping[str, Input] = {
    "facilities": Input(
        title=Text("施設", "Facilities"),
        description=Text(
            f"{MEDICAL}か{AEDS}、またはGeoJSONのFeatureCollection。後者は属性name、{SUPPLY}（0以上の数、不明ならnull）と、"
            "open_days、opens_at、closes_at、opening_remarks（レイヤーと同じ）を読む。",
            f"{MEDICAL} or {AEDS}, or a GeoJSON FeatureCollection, of which the properties name, {SUPPLY} (0 or more, "
            "null where not known), open_days, opens_at, closes_at and opening_remarks (as of the layers) are read.",
        ),
        schema={"oneOf": [{"type": "string", "enum": [MEDICAL, AEDS]}, collection(MOST)], "default": MEDICAL},
        required=False,
    ),
    "where": WHERE,
    "supply": Input(
        title=Text("供給", "Supply"),
        description=Text(
            f"施設が供給する数の属性、または{EACH}（1か所を1とする）。省略すると{MEDICAL}では{BEDS}（病床数）、{AEDS}では{EACH}、"
            f"与えた施設では{SUPPLY}。",
            f"The property that says how much a facility offers, or {EACH} (every facility is one). {BEDS} of "
            f"{MEDICAL}, {EACH} of {AEDS} and {SUPPLY} of given ones where left out.",
        ),
        schema={"type": "string", "minLength": 1, "maxLength": 80},
        required=False,
    ),
    "moments": Input(
        title=Text("日時", "Moments"),
        description=Text(
            f"曜日（{', '.join(DAYS)}。holidayは祝日）と時刻。例 mon 10:00。最初の値が表と地図の基準になる。"
            "閉まっている施設の供給は0、開いているか分からない施設は別に数える。省略すると開いている時間を考えない。",
            f"A day ({', '.join(DAYS)}) and a time, such as mon 10:00. Tables and the layer are by the first. What is "
            "closed offers nothing; facilities whose hours are not known are counted apart. Where left out opening "
            "hours are not considered.",
        ),
        schema={
            "type": "array",
            "maxItems": 24,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": rf"^({'|'.join(DAYS)}) ([01][0-9]|2[0-3]):[0-5][0-9]$"},
            "default": [],
        },
        required=False,
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class Supplies:
    """The facilities with what each offers.

    amounts:
        Shape (facilities,), NaN where not known.
    hours:
        None where not known.
    what:
        Is offered.
    """

    facilities: Facilities
    amounts: Floats
    hours: tuple[OpeningHours | None, ...]
    supply: str
    what: Text

    def open_at(self, moment: str | None) -> list[bool | None]:
        """Of each whether it is open, None where that is not known; all are where no moment is meant."""
        if moment is None:
            return [True] * len(self.hours)
        at = Moment.of(moment)
        return [None if each is None else each.at(at) for each in self.hours]

    def at(self, moment: str | None) -> Floats:
        """What is offered then: nothing where closed, NaN where that, or the amount, is not known."""
        offered = self.amounts.copy()
        for row, is_open in enumerate(self.open_at(moment)):
            if is_open is None and offered[row] != 0:
                offered[row] = np.nan
            elif is_open is False:
                offered[row] = 0.0
        return offered

    def may_offer(self, moment: str | None) -> Bools:
        """Whether it offers something then, as far as is known: what is not known may."""
        may: Bools = ~(self.at(moment) == 0)
        return may


def moment_text(moment: str) -> Text:
    """A moment as it is read."""
    day, _, clock = moment.partition(" ")
    name = "祝日" if day == "holiday" else f"{_DAYS_JA[day]}曜日"
    return Text(f"{name}{clock}", moment)


def asked_supplies(inputs: Values, context: Context) -> Supplies:
    """The facilities of the inputs.

    Raises
    ------
    ParameterError
        If there are none, the supply is no number of the layer, or one of the given is no number.
    UnanswerableError
        If the layer is not loaded, or empty.
    """
    found = asked_facilities(inputs, context)
    layer = found.layer
    default = {None: SUPPLY, MEDICAL: BEDS}.get(None if layer is None else layer.id, EACH)
    supply = inputs.get("supply") or default
    what = _what(layer, supply)
    amounts = [_amount(each.properties, number, supply, layer) for number, each in enumerate(found.each)]
    known: npt.NDArray[np.float64] = np.array([np.nan if each is None else each for each in amounts], np.float64)
    return Supplies(found, known, tuple(opening_hours(each.properties) for each in found.each), supply, what)


def _what(layer: Layer | None, supply: str) -> Text:
    if supply == EACH:
        return Text("か所", "facilities")
    if layer is None:
        return Text("供給", "supply") if supply == SUPPLY else Text(supply, supply)
    numbers = {
        field.name: field.title
        for field in layer.fields
        if field.kind in (FieldKind.INTEGER, FieldKind.NUMBER) and field.minimum == 0
    }
    if supply not in numbers:
        known = ", ".join((EACH, *numbers))
        raise ParameterError("supply", Text(f"次のいずれかです: {known}", f"it is one of {known}."))
    return numbers[supply]


def _amount(about: Mapping[str, Any], number: int, supply: str, layer: Layer | None) -> float | None:
    if supply == EACH:
        return 1.0
    where = f"features[{number}].properties.{supply}"
    if layer is None and supply not in about:
        raise ParameterError(
            "facilities", Text(f"{where}がありません。", f"{where} is missing; give null where not known.")
        )
    value = number_of("facilities", where, about.get(supply))
    # 無床診療所: that there are no beds is what the word means.
    return 0.0 if value is None and supply == BEDS and about.get("kind") == _WITHOUT_BEDS else value
