"""What an answer rests on: parameters, assumptions, versions of data and code, so that it can be had again."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo.travel.conditions import Conditions
from layers.model import Layer
from layers.text import Text
from services.code_version import code_version
from services.ogc.processes._model import Context, Process, Values, or_null
from services.ogc.processes._on_roads.provenance import FREE_FLOW, PROVENANCE, REACH_M, provenance
from services.ogc.processes._planning.given import summary
from services.ogc.processes._sources import SCHEMA as SOURCE
from services.ogc.processes._sources import source_document

_TEXTS = {"type": "array", "items": {"type": "string"}}
BASIS: Mapping[str, Any] = {
    "parameters": {"type": "object"},
    "assumptions": _TEXTS,
    "code": {
        "type": "object",
        "required": ["name", "version", "commit", "digest", "process"],
        "properties": {
            "name": {"type": "string"},
            "version": {"type": "string"},
            "commit": or_null({"type": "string"}),
            "digest": {"type": "string"},
            "process": {"type": "string"},
        },
    },
    "answered_at": {"type": "string", "format": "date-time"},
    **PROVENANCE,
    "vehicle": or_null(PROVENANCE["vehicle"]),
    "calibration": or_null(PROVENANCE["calibration"]),
    "sources": {"type": "array", "items": SOURCE},
}
"""Members of an answer, schemas by name.  ``vehicle`` and ``calibration`` are null in a straight line."""

_ON_ROADS = Text(
    f"時間は道路網に沿う。施設も需要も、{REACH_M:.0f}m以内で最も近い、その車両が通れる道路に置き、道路から先の時間は含まない。",
    f"Times are along the roads. Facilities and demand are put on the nearest road for the vehicle within "
    f"{REACH_M:.0f} m; what lies off the road takes no time.",
)
_STRAIGHT = Text(
    "時間は道路ではなく直線距離による粗い見積りで、川、崖、一方通行を考えない。",
    "Times are by straight distances, a rough estimate that knows no rivers, cliffs or one-way streets.",
)
_FICTITIOUS = Text(
    "架空データによるものである。実際の判断には使わないこと。",
    "This is of fictitious data. Do not use it for real decisions.",
)


def basis(
    process: Process,
    inputs: Values,
    now: Conditions | None,
    context: Context,
    *,
    read: Sequence[Layer],
    assumptions: Sequence[Text],
    notes: Sequence[Text],
) -> dict[str, Any]:
    """The members of ``BASIS``; ``now`` where roads were read, and ``read`` the layers beside those of the roads."""
    found = code_version()
    return {
        "parameters": {name: summary(inputs[name]) for name in process.inputs if inputs.get(name) is not None},
        "assumptions": [context.say(each) for each in assumptions],
        "code": {
            "name": found.name,
            "version": found.version,
            "commit": found.commit,
            "digest": found.digest,
            "process": f"{process.id} {process.version}",
        },
        "answered_at": context.clock().isoformat(timespec="seconds"),
        **_provenance(now, context, read, list(notes)),
    }


def of_times(inputs: Values, now: Conditions | None) -> list[Text]:
    """What times are, and what is in them."""
    said = of_places(now)
    turnout = float(inputs.get("turnout_s") or 0)
    said.append(
        Text(f"すべての時間に出動準備の{turnout:g}秒を含む。", f"Every time holds {turnout:g} s for turning out.")
        if turnout
        else Text("指令から出発までの時間は含まない。", "The time from the order until departure is not in it.")
    )
    return said


def of_places(now: Conditions | None) -> list[Text]:
    """What times from place to place are."""
    return [_STRAIGHT] if now is None else [_ON_ROADS, FREE_FLOW]


def _provenance(now: Conditions | None, context: Context, read: Sequence[Layer], notes: list[Text]) -> dict[str, Any]:
    if now is not None:
        return provenance(now, context, notes, fictitious=False, beside=read)
    sources = [source for layer in read if (source := source_document(layer, context)) is not None]
    made_up = any(source["fictitious"] for source in sources)
    said = [*notes, *([_FICTITIOUS] if made_up else [])]
    return {
        "vehicle": None,
        "calibration": None,
        "sources": sources,
        "fictitious": made_up,
        "notes": [context.say(note) for note in said],
    }
