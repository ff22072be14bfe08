"""The analysis as a report: A4, with a map of where people find room and where they do not."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.ogc.processes._model import Context
from services.ogc.processes._planning import reporting
from services.ogc.processes._planning.demand import DemandPoints
from services.ogc.processes._planning.drawing import Mark
from services.ogc.processes._sheltering.analysis import PARTS, Sheltering
from services.ogc.processes._sheltering.files import spread
from services.ogc.processes._sheltering.people import InZones
from services.ogc.processes._sheltering.words import people_text

_MOST_SITES = 40
_COLOURS = ("#4575b4", "#9e7fb8", "#d73027", "#fdae61")
"""By what becomes of most of a cell's people, in the order of ``PARTS``."""
_OUTSIDE, _ZONE_UNKNOWN, _LEFT_OUT = "#ececec", "#fff2b3", "#bdbdbd"


def report(
    found: Sheltering,
    points: DemandPoints,
    people: InZones,
    answer: Mapping[str, Any],
    context: Context,
) -> str:
    """The page."""
    say = reporting.saying(context)
    parts = np.stack([spread(getattr(found.first.plan, name), people, len(points)) for name in PARTS])
    stand = people.people
    colours = np.select(
        [~points.demand.counts, stand.inside > 0, stand.unknown > 0, stand.outside > 0],
        [_LEFT_OUT, np.array(_COLOURS)[parts.argmax(axis=0)], _ZONE_UNKNOWN, _OUTSIDE],
        "",
    ).tolist()
    shown = sorted((each for each in answer["sites"] if each["used"]), key=lambda each: -each["taken"])[:_MOST_SITES]
    marks = [Mark(each["lon"], each["lat"], str(n), bool(each["full"])) for n, each in enumerate(shown, 1)]
    title = f"{say('避難先の収容力', 'Room at evacuation sites')}: {context.say(people.zones.title)}"
    key = [
        (_COLOURS[0], say("多くが入れる", "most have a place")),
        (_COLOURS[1], say("多くは収容力の分からない所だけ", "most only where room is unknown")),
        (_COLOURS[2], say("多くがあふれる", "most overflow")),
        (_COLOURS[3], say("多くが遠すぎる", "most are too far")),
        (_ZONE_UNKNOWN, say("区域内か分からない", "zone unknown")),
        (_OUTSIDE, say("区域の外", "outside of the zones")),
        (_LEFT_OUT, say("除外", "excluded")),
    ]
    return reporting.report(
        "shelter-capacity.html",
        context,
        title,
        answer,
        people=people_text,
        sites=shown,
        shapes=points.shapes,
        colours=[each or None for each in colours],
        marks=marks,
        key=key,
    )
