"""The steps of a route in words."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from geo.network.classes import HIGHWAYS
from geo.network.model import Ways
from geo.travel.steps import MOST_TOLD, TENS_TOLD, Maneuver, Step, far_told
from layers import roads
from layers.text import Text

_WAYS = {code.value: code.title for code in roads.CLASSES.codes}
_COMPASS = (
    Text("北", "north"),
    Text("北東", "north-east"),
    Text("東", "east"),
    Text("南東", "south-east"),
    Text("南", "south"),
    Text("南西", "south-west"),
    Text("西", "west"),
    Text("北西", "north-west"),
)
_DEPART = Text("{road}を{towards}へ向かい、{far}進む。", "Head {towards} on {road} for {far}.")
_ROUNDABOUT = Text("環状交差点に入り、{exit}番目の出口を出る。", "Enter the roundabout and take exit {exit}.")
_TURNS = {
    Maneuver.CONTINUE: Text("そのまま進み、{road}を{far}進む。", "Continue on {road} for {far}."),
    Maneuver.SLIGHT_LEFT: Text("斜め左へ進み、{road}を{far}進む。", "Bear left onto {road} for {far}."),
    Maneuver.LEFT: Text("左折し、{road}を{far}進む。", "Turn left onto {road} for {far}."),
    Maneuver.SHARP_LEFT: Text("鋭角に左折し、{road}を{far}進む。", "Turn sharp left onto {road} for {far}."),
    Maneuver.SLIGHT_RIGHT: Text("斜め右へ進み、{road}を{far}進む。", "Bear right onto {road} for {far}."),
    Maneuver.RIGHT: Text("右折し、{road}を{far}進む。", "Turn right onto {road} for {far}."),
    Maneuver.SHARP_RIGHT: Text("鋭角に右折し、{road}を{far}進む。", "Turn sharp right onto {road} for {far}."),
    Maneuver.U_TURN: Text("転回し、{road}を{far}進む。", "Turn back onto {road} for {far}."),
}
_ARRIVED = {
    None: Text("到着。", "You have arrived at your destination."),
    True: Text("到着。目的地は左側。", "You have arrived at your destination, on the left."),
    False: Text("到着。目的地は右側。", "You have arrived at your destination, on the right."),
}
_KILOMETRE = 1_000
_ROAD, _FAR = "\0", "\1"
"""Stand where a road and a distance come: no name has them."""
_NUMBERED = Text("{ref}号", "route {ref}")
_METRES = Text("{metres}メートル", "{metres} metres")
_KILOMETRES = Text("{kilometres}キロ", "{kilometres} kilometres")
_KANJI = frozenset({"ja", "zh"})
"""Languages whose readers read the Japanese name of a road rather than one in Latin letters."""

TEXTS = (
    *_WAYS.values(),
    *_COMPASS,
    _DEPART,
    _ROUNDABOUT,
    *_TURNS.values(),
    *_ARRIVED.values(),
    _NUMBERED,
    _METRES,
    _KILOMETRES,
)
"""All that is said here: what a language has to translate."""
WORDS = {
    "depart": _DEPART,
    "roundabout": _ROUNDABOUT,
    **{str(maneuver): text for maneuver, text in _TURNS.items()},
    "arrived-left": _ARRIVED[True],
    "arrived-right": _ARRIVED[False],
    "numbered": _NUMBERED,
    "metres": _METRES,
    "kilometres": _KILOMETRES,
    **{f"compass-{number}": text for number, text in enumerate(_COMPASS)},
}
"""The same by what each is for, without the classes of roads, for who says it without the server."""


def reads_kanji(language: str) -> bool:
    """Whether who reads a language is told the Japanese name of a road rather than one in Latin letters."""
    return language[:2] in _KANJI


def class_names(language: str) -> Sequence[str]:
    """What a road is called where it has neither name nor number, by its class."""
    return _phrases(language).roads


class _Phrases(NamedTuple):
    """What is said in one language, looked up once: a route says it for every step.

    distances:
        By the number that ``geo.travel.steps.far_told`` has for each.
    roads:
        What a road without a name or number is called, by its class.
    """

    depart: str
    roundabout: str
    turns: Mapping[Maneuver, str]
    arrived: Mapping[bool | None, str]
    numbered: str
    distances: Sequence[str]
    compass: Sequence[str]
    roads: Sequence[str]


@lru_cache(maxsize=32)
def _phrases(language: str) -> _Phrases:
    return _Phrases(
        depart=_DEPART.in_language(language),
        roundabout=_ROUNDABOUT.in_language(language),
        turns={maneuver: text.in_language(language) for maneuver, text in _TURNS.items()},
        arrived={left: text.in_language(language) for left, text in _ARRIVED.items()},
        numbered=_NUMBERED.in_language(language),
        distances=_distances(language),
        compass=[text.in_language(language) for text in _COMPASS],
        roads=[_unnamed(_WAYS[highway].in_language(language), language) for highway in HIGHWAYS],
    )


def _unnamed(title: str, language: str) -> str:
    return f"an unnamed {title.lower()}" if language == "en" else title


def road_name(step: Step, language: str) -> str:
    """What the road of a step is called: its name, else its number, else its class in words."""
    return _called(step.name, step.name_english, step.ref, step.highway, language)


def _called(name: str | None, name_english: str | None, ref: str | None, highway: int, language: str) -> str:
    name = name if reads_kanji(language) else name_english or name
    if name:
        return name
    phrases = _phrases(language)
    return phrases.numbered.format(ref=ref) if ref else phrases.roads[highway]


def instruction(step: Step, language: str, *, left: bool | None = None) -> str:
    """One step as a sentence; ``left`` is the side on which the destination lies, of the arrival."""
    phrases, maneuver = _phrases(language), step.maneuver
    if maneuver is Maneuver.ARRIVE:
        return phrases.arrived[left]
    if maneuver is Maneuver.ROUNDABOUT:
        return phrases.roundabout.format(exit=step.exit)
    towards = _eighth(step.bearing_deg) if maneuver is Maneuver.DEPART else 0
    return _onward(maneuver, towards, road_name(step, language), distance(step.length_m, language), language)


class Onward(NamedTuple):
    """What is said of a step around its road and its distance, of which either comes first."""

    before: str
    between: str
    behind: str
    far_first: bool


def onward(maneuver: Maneuver, towards: int, language: str) -> Onward | None:
    """Of a step that sets out towards an eighth of a turn, as ``geo.travel.steps.eighth`` has it; other steps do not
    tell of it.  None of what has neither road nor distance.
    """
    if maneuver in (Maneuver.ROUNDABOUT, Maneuver.ARRIVE):
        return None
    said = _onward(maneuver, towards, _ROAD, _FAR, language)
    far_first = said.index(_FAR) < said.index(_ROAD)
    first, second = (_FAR, _ROAD) if far_first else (_ROAD, _FAR)
    before, _, rest = said.partition(first)
    between, _, behind = rest.partition(second)
    return Onward(before, between, behind, far_first)


def roads_called(ways: Ways, language: str) -> list[str]:
    """What the road of each way is called, as ``road_name`` has it; the same name is the same text."""
    codes = np.column_stack([ways.name.code, ways.name_english.code, ways.ref.code, ways.highway])
    _, first, which = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    named = [
        _called(ways.name.at(row), ways.name_english.at(row), ways.ref.at(row), ways.highway.item(row), language)
        for row in first.tolist()
    ]
    return list(map(named.__getitem__, which.ravel().tolist()))


def _onward(maneuver: Maneuver, towards: int, road: str, far: str, language: str) -> str:
    phrases = _phrases(language)
    if maneuver is Maneuver.DEPART:
        return phrases.depart.format(road=road, towards=phrases.compass[towards], far=far)
    return phrases.turns[maneuver].format(road=road, far=far)


def distance(metres: float, language: str) -> str:
    """Metres in words: to ten of them below a kilometre, else to a hundred."""
    return _phrases(language).distances[far_told(metres)]


def distances(language: str) -> Sequence[str]:
    """All distances in words, by the number that ``geo.travel.steps.far_told`` has for each."""
    return _phrases(language).distances


def _distances(language: str) -> list[str]:
    metres, kilometres = _METRES.in_language(language), _KILOMETRES.in_language(language)
    near = (max(10, 10 * tens) for tens in range(TENS_TOLD + 1))
    far = (100.0 * hundreds / _KILOMETRE for hundreds in range(1, MOST_TOLD - TENS_TOLD + 1))
    return [
        *(metres.format(metres=each) for each in near),
        *(kilometres.format(kilometres=f"{each:.1f}") for each in far),
    ]


def arrived(language: str, *, left: bool) -> str:
    """That one is there, and on which side it is."""
    return _phrases(language).arrived[left]


def _eighth(bearing_deg: float | None) -> int:
    """Of the eight directions the one in which a step sets out, clockwise from north."""
    return round((bearing_deg or 0.0) / 45) % 8
