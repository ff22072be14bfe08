"""Closures that hold at a time, as one thing that is compared by its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

import shapely

from geo.travel.closing import Closure


@dataclass(frozen=True, eq=False)
class Closures:
    """Drawn closures, and a digest of them: equal where they all are."""

    drawn: Sequence[Closure]
    key: str

    @classmethod
    def of(cls, drawn: Sequence[Closure]) -> Self:
        """These closures, in whatever order."""
        words = sorted(
            (each.id, shapely.to_wkb(each.drawing), each.depth_m or -1.0, sorted(each.profiles or ("*",)))
            for each in drawn
        )
        return cls(tuple(drawn), blake2b(repr(words).encode(), digest_size=12).hexdigest())


NO_CLOSURES = Closures.of(())
