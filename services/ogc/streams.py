"""Content of answers that is more than text: streams, files as they are stored, what has a type of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stream:
    """The content of an answer in pieces.

    ``chunks`` is read in the thread of a database connection and closed where the asker goes away; it raises before
    its first piece or never, since a status cannot be taken back.  ``file_name`` (ASCII) is the name to save it under.
    """

    chunks: Iterator[bytes]
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """Content whose media type is not that of the format asked for, such as an output of a process."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The content of an answer is a file on this machine's disk, sent as it is; parts of it may be asked for.

    ``tag`` changes with the file's bytes.
    """

    path: Path
    tag: str
