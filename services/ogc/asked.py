"""What is being asked just now, for providers, formatters and templates that pygeoapi hands too little."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from services.ogc.pages.model import Format, Page
from services.ogc.source import Source


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, understood: its parameters are checked, its format and language are settled.

    given:
        Query parameters by name, each once.
    base:
        Address of ``/ogc`` as the asker reaches it, without a final slash.
    path:
        Parameters of the path by name.
    who:
        Name of the account that asks; None for nobody in particular.
    noted:
        What was found out on the way and is not content: the ``version`` of an editable feature.
    """

    page: Page
    source: Source | None
    given: Mapping[str, str]
    format: Format
    language: str
    base: str
    path: Mapping[str, str] = dataclass_field(default_factory=dict)
    who: str | None = None
    noted: dict[str, str] = dataclass_field(default_factory=dict)


_current: ContextVar[Asked] = ContextVar("asked")


def current() -> Asked:
    """The request that this thread answers; ``LookupError`` outside of one."""
    return _current.get()


def current_or_none() -> Asked | None:
    """The request that this thread answers, None outside of one."""
    return _current.get(None)


def answering(asked: Asked) -> None:
    """From now on this thread's context answers ``asked``."""
    _current.set(asked)
