"""What a process may ask of other machines: to do the same with many things, wherever they are."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from geo.location.patience import Check, unchecked


class Cluster(Protocol):
    """Processes, here or elsewhere, that run the same program."""

    @property
    def require_wanted(self) -> Check:
        """A function of a module, for a task to call now and then: it raises where nobody waits for it any more."""
        ...

    def each[Given, Found](
        self, task: Callable[[Given], Found], given: Iterable[Given], check: Check = unchecked
    ) -> Iterator[tuple[int, Found]]:
        """What the task makes of each, with its place among those given, as it is done.

        The task is a function of a module (or a ``partial`` of one) that reads and changes nothing; where a process
        ends in between, another does it again.  Only a few of ``given`` are taken ahead.  ``check`` is called every few
        seconds, and with each that is done; what it raises dismisses the others.

        Raises
        ------
        UnanswerableError
            If the cluster does not answer, or cannot do it.
        """
        ...
