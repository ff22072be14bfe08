"""What a process may ask of other machines: to do the same with many things, wherever they are."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol


class Cluster(Protocol):
    """Processes, here or elsewhere, that run the same program."""

    def each[Given, Found](self, task: Callable[[Given], Found], given: Iterable[Given]) -> Iterator[tuple[int, Found]]:
        """What the task makes of each, with its place among those given, as it is done.

        The task is a function of a module (or a ``partial`` of one) that reads and changes nothing; where a process
        ends in between, another does it again.  Only a few of ``given`` are taken ahead.

        Raises
        ------
        UnanswerableError
            If the cluster does not answer, or cannot do it.
        """
        ...
