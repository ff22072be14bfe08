"""Outputs that are made when they are asked for: a report of which nobody reads anything need not be written."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Outputs(Mapping[str, Any]):
    """Values by name, each made once by its function."""

    def __init__(self, **makers: Callable[[], Any]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
