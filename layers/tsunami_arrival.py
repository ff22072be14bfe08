"""When a tsunami arrives at the soonest, by municipality, as its authorities publish it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.text import Text


@dataclass(frozen=True, slots=True)
class TsunamiArrival:
    """Seconds from the earthquake to the first rise of 1 m at the coast, in the scenario that is named."""

    seconds: float
    scenario: Text
    source: Text


ARRIVALS: Mapping[str, TsunamiArrival] = MappingProxyType(
    {
        "28204": TsunamiArrival(
            112 * 60,
            Text("南海トラフ巨大地震（最大クラス）、+1mの津波", "Nankai Trough earthquake of the largest class, +1 m"),
            Text("兵庫県・西宮市の津波浸水想定", "Tsunami inundation estimate of Hyogo and Nishinomiya"),
        ),
    }
)
"""By five-digit code; what is not in it is unknown."""
