"""What the OGC side refuses, in both languages; ``services.http.problems`` turns it into answers."""

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


class UpstreamError(GisError):
    """pygeoapi refuses a request: the status and the words are the ones it chose."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = HTTPStatus(status)
        self.code = code
