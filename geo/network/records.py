"""What a network is built from: plain records of ways, turn restrictions and barriers.

They mirror what the layers ``roads`` and ``turn-restrictions`` store.  None stands for what is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Way:
    """A way of OpenStreetMap; ways meet only where they share a node id, whatever their lines seem to do.

    id:
        As members of restrictions name it (``w123``).
    node_ids:
        Of every point of its line, in order.
    lon, lat:
        One each for every node id, EPSG:6668 or 4326 in degrees; NaN where the file lacks the node.
    highway:
        One of ``classes.HIGHWAYS``.
    oneway:
        ``yes``, ``-1``, ``no``, ``reversible``, ``alternating``; None: as its class and junction have it.
    access, vehicle, motor_vehicle, foot, wheelchair:
        Values as OpenStreetMap has them (``no``, ``private``, ``destination`` ...).
    """

    id: str
    node_ids: Sequence[str]
    lon: Sequence[float]
    lat: Sequence[float]
    highway: str
    name: str | None = None
    name_english: str | None = None
    ref: str | None = None
    oneway: str | None = None
    junction: str | None = None
    lanes: int | None = None
    width_m: float | None = None
    max_height_m: float | None = None
    max_width_m: float | None = None
    max_length_m: float | None = None
    max_weight_t: float | None = None
    maxspeed_kph: float | None = None
    bridge: bool | None = None
    tunnel: bool | None = None
    toll: bool | None = None
    access: str | None = None
    vehicle: str | None = None
    motor_vehicle: str | None = None
    foot: str | None = None
    wheelchair: str | None = None


@dataclass(frozen=True, slots=True)
class TurnRestriction:
    """A restriction by members: ``w123`` a way, ``n45`` a node, several joined by ``;``; None: the file has none.

    ``restriction`` is ``no_left_turn``, ``only_straight_on`` ...; ``excepted`` the vehicles it does not hold for.
    """

    id: str
    restriction: str | None
    from_way: str | None
    via: str | None
    to_way: str | None
    excepted: str | None = None


@dataclass(frozen=True, slots=True)
class Barrier:
    """Something at a node that may keep some from passing: ``kind`` is ``bollard``, ``gate`` ..., tags its access.

    ``max_width_m`` and ``max_height_m`` are what fits between or below it; None: not known.
    """

    node_id: str
    kind: str
    tags: Mapping[str, str] = field(default_factory=dict)
    max_width_m: float | None = None
    max_height_m: float | None = None
