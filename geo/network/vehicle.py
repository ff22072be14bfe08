"""What a vehicle, or somebody on foot, is and may do: all that the impedance of a road depends on besides the road."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import hypot, isfinite

from geo.depth import CENTRAL, SpeedCurve
from geo.errors import InputError
from geo.network.access import Access, Mode
from geo.network.classes import HIGHWAY_CODE

DEFAULT_WADING_DEPTH_M = 0.30
"""Where the engine of a car stops.  No figure for Japanese fire engines could be verified: set your own."""


@dataclass(frozen=True, slots=True)
class TurnCosts:
    """Seconds that a turn of 90 degrees or more costs to the left, to the right, and one back."""

    left_s: float = 0.0
    right_s: float = 0.0
    u_turn_s: float = 0.0

    def __post_init__(self) -> None:
        if not all(isfinite(cost) and cost >= 0 for cost in (self.left_s, self.right_s, self.u_turn_s)):
            raise InputError("A turn costs 0 seconds or more.")


@dataclass(frozen=True)
class VehicleProfile:
    """A profile; make another with ``dataclasses.replace`` or ``with_speeds``.

    width_m, height_m, length_m, mass_t:
        Of the vehicle, laden.  A limit equal to it can be passed.
    min_road_width_m:
        A road is passable if it is this wide or wider.
    wading_depth_m:
        A road under this much water or more is closed; so is one where ``curve`` says 0, which by default it does from
        0.30 m on whatever is set here.
    speeds_kph:
        Free-flow speed by class of way (``classes.HIGHWAYS``); what is not in it is not for this vehicle.
    emergency_factor:
        What the lesser of that and the posted limit is multiplied by.
    narrow_speed_kph:
        No faster than this where the likely width is less than ``WidthModel.narrow_m``.
    ignores_oneway, ignores_turn_restrictions:
        道路交通法39条 defines emergency vehicles (緊急自動車) and frees them of stopping and keeping left, 41条1項 of
        prohibitions by sign (8条1項: one-way, prohibited turns), while on duty with siren and light.  Whether crews
        make use of it is the fire headquarters' decision: both are switches.  Against the flow they never go on
        ``classes.ARTERIES`` or round a roundabout, and elsewhere at ``against_flow_factor`` of their speed.
    enters:
        The codes of ``Access`` under which it may use a way or pass a barrier.
    stairs:
        Whether it takes steps.
    steep_slope, max_slope:
        Rise over length, up or down: from the one on, a stretch is told as steep; above the other it is used, and
        flagged.  Of who does not drive only.
    doubtful_classes:
        Classes it may find impassable; used, and flagged, unless tags say that it may.
    curve:
        Speed over depth of water; None for who does not drive.
    """

    id: str
    title_ja: str
    title_en: str
    mode: Mode
    width_m: float
    height_m: float
    length_m: float
    mass_t: float
    min_road_width_m: float
    speeds_kph: Mapping[str, float] = field(hash=False)
    wading_depth_m: float = DEFAULT_WADING_DEPTH_M
    emergency_factor: float = 1.0
    narrow_speed_kph: float = float("inf")
    against_flow_factor: float = 0.5
    ignores_oneway: bool = False
    ignores_turn_restrictions: bool = False
    enters: frozenset[Access] = frozenset({Access.UNSPECIFIED, Access.YES, Access.DESTINATION})
    stairs: bool = False
    steep_slope: float = 0.10
    max_slope: float = float("inf")
    doubtful_classes: frozenset[str] = frozenset()
    turns: TurnCosts = TurnCosts()
    curve: SpeedCurve | None = CENTRAL

    def __post_init__(self) -> None:
        unknown = {*self.speeds_kph, *self.doubtful_classes} - set(HIGHWAY_CODE)
        if unknown:
            raise InputError(f"Profile {self.id}: {', '.join(sorted(unknown))} is no class of ways.")
        for highway, speed in self.speeds_kph.items():
            if not (isfinite(speed) and speed > 0):
                raise InputError(f"Profile {self.id}: a speed of {speed:g} km/h on {highway} is none.")
        sizes = (self.width_m, self.height_m, self.length_m, self.mass_t, self.min_road_width_m)
        if not all(isfinite(size) and size >= 0 for size in sizes):
            raise InputError(f"Profile {self.id}: a size is negative or none.")
        if not (self.emergency_factor > 0 and isfinite(self.emergency_factor) and self.narrow_speed_kph > 0):
            raise InputError(f"Profile {self.id}: a factor or speed is not positive.")
        if not (0 < self.against_flow_factor <= 1 and self.wading_depth_m >= 0):
            raise InputError(f"Profile {self.id}: a factor or depth is out of range.")
        if not (self.steep_slope > 0 and self.max_slope > 0):
            raise InputError(f"Profile {self.id}: a slope is not positive.")

    @property
    def turning_space_m(self) -> float:
        """The least width of a strip in which it can turn about at all, to and fro as often as it likes: its diagonal.

        A rectangle that is turned by half a turn between two parallel lines lies across them with its diagonal once.
        No figure from an ordinance is in it; what the vehicle really takes is more.
        """
        return hypot(self.length_m, self.width_m)

    @cached_property
    def fastest_kph(self) -> float:
        """The highest of its speeds."""
        return max(self.speeds_kph.values())

    @property
    def drives(self) -> bool:
        """Whether rules of the road for motor vehicles bind it at all."""
        return self.mode is Mode.MOTOR_VEHICLE

    def with_speeds(self, speeds_kph: Mapping[str, float]) -> "VehicleProfile":
        """The profile with these speeds in place of its own, as calibrated by class.

        Raises
        ------
        InputError
            If a class is none that this vehicle uses, or a speed is not positive.
        """
        foreign = set(speeds_kph) - set(self.speeds_kph)
        if foreign:
            raise InputError(f"Profile {self.id} does not use {', '.join(sorted(foreign))}.")
        return replace(self, speeds_kph={**self.speeds_kph, **speeds_kph})
