"""The rules by which an edge is excluded, each with the reason a crew is told."""

from collections.abc import Mapping
from enum import IntEnum


class Rule(IntEnum):
    """Codes of rules in the order in which they are asked: an edge keeps the first that excludes it.

    So what is closed for a time comes last, and is named only where all else would let the vehicle through.
    """

    CLASS_NOT_FOR_VEHICLE = 1
    STAIRS = 2
    ACCESS_FORBIDDEN = 3
    BARRIER = 4
    BARRIER_TOO_LOW = 5
    BARRIER_TOO_NARROW = 6
    ONE_WAY = 7
    TOO_LOW = 8
    TOO_NARROW = 9
    TOO_HEAVY = 10
    TOO_LONG = 11
    NO_ROOM_TO_TURN = 12
    TOO_STEEP = 13
    WADING_DEPTH = 14
    CLOSED = 15

    @property
    def id(self) -> str:
        """As answers name it, for example ``too-narrow``."""
        return self.name.lower().replace("_", "-")

    @property
    def ja(self) -> str:
        return _TEXTS[self][0]

    @property
    def en(self) -> str:
        return _TEXTS[self][1]


_TEXTS: Mapping[Rule, tuple[str, str]] = {
    Rule.CLASS_NOT_FOR_VEHICLE: ("この車両が通る種別の道路ではない", "this class of way is not for the vehicle"),
    Rule.STAIRS: ("階段", "stairs"),
    Rule.ACCESS_FORBIDDEN: ("通行禁止", "access is forbidden"),
    Rule.BARRIER: ("車止めなどで通れない", "a barrier keeps the vehicle out"),
    Rule.BARRIER_TOO_LOW: ("高さ制限の枠をくぐれない", "the vehicle is higher than a barrier lets through"),
    Rule.BARRIER_TOO_NARROW: ("車止めの間を通れない", "the vehicle is wider than a barrier lets through"),
    Rule.ONE_WAY: ("一方通行の逆向き", "against a one-way street"),
    Rule.TOO_LOW: ("高さ制限を超える", "the vehicle is higher than the limit"),
    Rule.TOO_NARROW: ("幅員が足りない", "the road is too narrow"),
    Rule.TOO_HEAVY: ("重量制限を超える", "the vehicle is heavier than the limit"),
    Rule.TOO_LONG: ("長さ制限を超える", "the vehicle is longer than the limit"),
    Rule.NO_ROOM_TO_TURN: (
        "行き止まりで、転回できる場所がない見込み（後退で出る）",
        "a dead end with probably no room to turn: it is left in reverse",
    ),
    Rule.TOO_STEEP: ("勾配が急である", "the slope is too steep"),
    Rule.WADING_DEPTH: ("浸水が深くて通れない", "the water is too deep"),
    Rule.CLOSED: ("通行止め", "closed"),
}
