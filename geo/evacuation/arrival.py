"""When one arrives, against the time at which the water does."""

from dataclasses import dataclass

from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Margin:
    """Seconds after the earthquake: when one arrives at the site, when the water does, and what is left between."""

    arrives_s: float
    water_s: float

    @property
    def left_s(self) -> float:
        """Below 0 where the water is sooner."""
        return self.water_s - self.arrives_s


def margin(travel_s: float, start_delay_s: float, water_s: float) -> Margin:
    """Of who sets out ``start_delay_s`` after the earthquake, after L = v (T_arrival - t_start - t_climb) of the
    guidelines on tsunami evacuation (津波避難), without the climb in the building.

    ``InputError`` where a time is negative.
    """
    if not (travel_s >= 0 and start_delay_s >= 0 and water_s >= 0):
        raise InputError("Times are not negative.")
    return Margin(start_delay_s + travel_s, water_s)
