"""What the OGC side refuses, in both languages; ``services.http.problems`` turns it into answers.

Each carries its ``reason``, and a ``type`` of the problem where a standard names one by a URI.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from geo.errors import GisError, InfeasibleError, InputError, NotFoundError
from layers.model import Text

ABOUT_BLANK = "about:blank"
"""The type of a problem that says no more than its status (RFC 9457)."""
_PROCESSES = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
NO_SUCH_PROCESS = f"{_PROCESSES}no-such-process"
NO_SUCH_JOB = f"{_PROCESSES}no-such-job"
RESULT_NOT_READY = f"{_PROCESSES}result-not-ready"


class ParameterError(InputError):
    """A query parameter, or an input of a process, that cannot be honoured; ``reason`` says why."""

    def __init__(self, parameter: str, reason: Text) -> None:
        super().__init__(f"{parameter}: {reason.en}")
        self.parameter = parameter
        self.reason = Text(f"{parameter}：{reason.ja}", f"{parameter}: {reason.en}")


class ContentError(InputError):
    """The content of a request to run a process is not what it takes; each problem is told, by the name of its part."""

    def __init__(self, problems: Mapping[str, Text]) -> None:
        self.problems = problems
        self.reason = Text(
            " ".join(f"{name}：{each.ja}" for name, each in problems.items()),
            " ".join(f"{name}: {each.en}" for name, each in problems.items()),
        )
        super().__init__(self.reason.en)


class TooMuchError(ParameterError):
    """More is asked for than one answer may hold; ``reason`` says what to ask for instead."""


class ResourceError(NotFoundError):
    """A collection, item, tile, process, job or page that is not there; ``reason`` says which."""

    def __init__(self, reason: Text, type_: str = ABOUT_BLANK) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.type = type_


class UnanswerableError(InfeasibleError):
    """What is asked is well-formed, and cannot be answered as things are."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class RunError(GisError):
    """A process failed for a reason that is not its asker's."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class BusyError(GisError):
    """More is being asked for than can wait in line."""


class MalformedContentError(InputError):
    """What a request carries cannot be read at all."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with what a request carries: where (JSON Pointer, RFC 6901), and why."""

    pointer: str
    reason: Text


class InvalidContentError(GisError):
    """What a request carries was read, and is not what the layer's declaration asks for; every flaw is named.

    Of more than ``MOST_FLAWS`` the first are.
    """

    MOST_FLAWS = 100

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws[: self.MOST_FLAWS])
        super().__init__("; ".join(f"{flaw.pointer or '/'}: {flaw.reason.en}" for flaw in self.flaws))
        self.reason = Text(
            f"内容に{len(flaws)}件の問題があります。", f"The content has {len(flaws)} flaw{'s'[: len(flaws) - 1]}."
        )


class PreconditionError(GisError):
    """What is to be changed is not what the asker saw last."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class UpstreamError(GisError):
    """pygeoapi refuses a request: the status and the words are the ones it chose."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = HTTPStatus(status)
        self.code = code
