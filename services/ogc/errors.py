"""What the OGC side refuses, in both languages; ``services.http.problems`` turns it into answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from geo.errors import GisError, InputError, NotFoundError
from layers.model import Text


class ParameterError(InputError):
    """A query parameter that cannot be honoured; ``reason`` says why, in both languages."""

    def __init__(self, parameter: str, reason: Text) -> None:
        super().__init__(f"{parameter}: {reason.en}")
        self.parameter = parameter
        self.reason = Text(f"{parameter}：{reason.ja}", f"{parameter}: {reason.en}")


class TooMuchError(ParameterError):
    """More is asked for than one answer may hold; ``reason`` says what to ask for instead."""


class ResourceError(NotFoundError):
    """A collection, item, tile or page that is not there; ``reason`` says which, in both languages."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


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
