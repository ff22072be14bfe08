"""Content of answers that is more than text: streams, and what has a media type of its own."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """The content of an answer in pieces.

    ``chunks`` is read in the thread of a database connection and closed where the asker goes away; it raises before
    its first piece or never, since a status cannot be taken back.
    """

    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Typed:
    """Content whose media type is not that of the format asked for, such as an output of a process."""

    media_type: str
    content: bytes
