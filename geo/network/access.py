"""Who may use a way or pass a barrier, resolved from the access tags of OpenStreetMap for each way of moving.

The most specific tag that says something decides: ``motor_vehicle`` before ``vehicle`` before ``access``
(https://wiki.openstreetmap.org/wiki/Key:access).
"""

from collections.abc import Mapping
from enum import IntEnum


class Mode(IntEnum):
    """A way of moving; the column of tables by mode."""

    MOTOR_VEHICLE = 0
    FOOT = 1
    WHEELCHAIR = 2


class Access(IntEnum):
    """What tags say of a mode.  ``UNSPECIFIED``: nothing, so that the class of the way decides."""

    UNSPECIFIED = 0
    YES = 1
    DESTINATION = 2
    PRIVATE = 3
    NO = 4


ACCESS_TAGS: Mapping[Mode, tuple[str, ...]] = {
    Mode.MOTOR_VEHICLE: ("motor_vehicle", "vehicle", "access"),
    Mode.FOOT: ("foot", "access"),
    Mode.WHEELCHAIR: ("wheelchair", "foot", "access"),
}
"""Tags that speak of a mode, the most specific first."""

_VALUES = {
    **dict.fromkeys(("yes", "permissive", "designated", "official", "public", "discouraged", "limited"), Access.YES),
    **dict.fromkeys(("destination", "delivery", "customers", "permit", "residents"), Access.DESTINATION),
    **dict.fromkeys(("private", "agricultural", "forestry", "military"), Access.PRIVATE),
    **dict.fromkeys(("no", "use_sidepath"), Access.NO),
    "unknown": Access.UNSPECIFIED,
}


def is_known(value: str) -> bool:
    """Whether the value of an access tag is understood; what is not counts as ``UNSPECIFIED``."""
    return value in _VALUES


def resolve(tags: Mapping[str, str | None]) -> tuple[Access, Access, Access]:
    """Access of each ``Mode``, in their order."""
    motor, foot, wheelchair = (_first(tags, ACCESS_TAGS[mode]) for mode in Mode)
    return motor, foot, wheelchair


def _first(tags: Mapping[str, str | None], names: tuple[str, ...]) -> Access:
    for name in names:
        found = _VALUES.get(tags.get(name) or "", Access.UNSPECIFIED)
        if found is not Access.UNSPECIFIED:
            return found
    return Access.UNSPECIFIED
