"""Content that is written while it is read: whole layers leave in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """The content of an answer in pieces.

    ``chunks`` is read in the thread of a database connection and closed where the asker goes away; it raises before
    its first piece or never, since a status cannot be taken back.  ``file_name`` (ASCII) is the name to save it under.
    """

    chunks: Iterator[bytes]
    file_name: str | None = None
