"""Times of one feature that follow one another: a closure ends after it begins, a vehicle arrives after it leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chronology:
    """Fields in the order of their times, of one kind (DATE or DATETIME), where they are known.

    strictly:
        The later one is later indeed; otherwise both may be at the same time.
    """

    fields: tuple[str, ...]
    strictly: bool = False

    def breaches(self, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Pairs (earlier field, later field) of which the second lies too early, by ascending order of the second.

        Absent values and None are unknown and breach nothing.  Each value is compared with the latest of those
        before it that are in order themselves.
        """
        latest: str | None = None
        for name in self.fields:
            if values.get(name) is None:
                continue
            if (
                latest is None
                or values[name] > values[latest]
                or (values[name] == values[latest] and not self.strictly)
            ):
                latest = name
            else:
                yield latest, name
