"""The encoding of a text file, proven by decoding all of it; and its lines, within a limit.

Order of trial: byte order mark, UTF-16 by its zero bytes, UTF-8 strict, cp932 strict.  What fits none is refused
with line and byte: a file decoded wrongly would be loaded as nonsense.
"""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from geo.errors import SourceError

_CHUNK = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_READABLE = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp932": "cp932"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text file is encoded; ``guessed`` where neither a byte order mark nor valid UTF-8 says so."""

    codec: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class _Failure:
    codec: str
    line: int
    offset: int
    byte: int


def find_encoding(path: Path, *, max_line_bytes: int) -> Encoding:
    """The encoding of ``path``, after reading all of it once in constant memory.

    Raises
    ------
    SourceError
        If no encoding fits (naming line and byte offset), or a line is longer than ``max_line_bytes``.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, codec, without_mark in _BOMS:
        if head.startswith(mark):
            failure = _try(path, without_mark, max_line_bytes)
            if failure is None:
                return Encoding(codec, guessed=False)
            raise _undecodable(path, [failure], marked=True)
    wide = _utf16_by_zero_bytes(head)
    failures = []
    for codec in [wide] if wide else ["utf-8", "cp932"]:
        failure = _try(path, codec, max_line_bytes)
        if failure is None:
            return Encoding(codec, guessed=codec != "utf-8")
        failures.append(failure)
    raise _undecodable(path, failures, marked=False)


@contextmanager
def open_text(path: Path, encoding: Encoding) -> Iterator[TextIO]:
    """The file as text, line ends untouched."""
    with path.open("r", encoding=encoding.codec, newline="") as file:
        yield file


def _utf16_by_zero_bytes(head: bytes) -> str | None:
    """UTF-16 without a mark: ASCII characters (commas, digits, line ends) leave zeros at every other byte only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd >= 4 and odd > 10 * even and b"\n\x00" in head:
        return "utf-16-le"
    if even >= 4 and even > 10 * odd and b"\x00\n" in head:
        return "utf-16-be"
    return None


def _try(path: Path, codec: str, max_line_bytes: int) -> _Failure | None:
    """None where all of the file decodes; ``SourceError`` at the first line that is too long."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    carried = 0  # characters of the line that is not yet ended
    offset = 0
    buffered = 0  # undecoded bytes the decoder holds from the chunk before
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                lines = _line_ends(error.object[: error.start], codec)
                return _Failure(codec, line + lines, offset - buffered + error.start, error.object[error.start])
            offset += len(chunk)
            state = decoder.getstate()[0]
            buffered = len(state)
            if not chunk:
                return None
            last = max(text.rfind("\n"), text.rfind("\r"))
            if last < 0:
                carried += len(text)
            else:
                carried = len(text) - last - 1
                line += text.count("\n") if "\n" in text else text.count("\r")
            if carried > max_line_bytes:
                raise SourceError(
                    f"{path.name}: line {line} is longer than {max_line_bytes:,} characters.",
                    fix="Check whether this is a text file with line breaks; it may be damaged or of another format.",
                )


def _line_ends(data: bytes, codec: str) -> int:
    text = data.decode(codec, errors="ignore")
    return text.count("\n") if "\n" in text else text.count("\r")


def _undecodable(path: Path, failures: list[_Failure], *, marked: bool) -> SourceError:
    # The encoding that got furthest is the one the file most likely is in.
    best = max(failures, key=lambda failure: failure.offset)
    name = _READABLE.get(best.codec, best.codec.upper())
    tried = "declared by its byte order mark" if marked else "the encoding that fits best"
    return SourceError(
        f"{path.name}: line {best.line}, byte {best.offset} (0x{best.byte:02x}) is not {name}, {tried}.",
        fix="Save the file again as UTF-8 (CSV UTF-8 in Excel), or repair that line.",
    )


def bounded_lines(file: TextIO, name: str, limit: int) -> Iterator[str]:
    """The lines of ``file`` with their ends; ``SourceError`` at one longer than ``limit`` characters."""
    number = 0
    while line := file.readline(limit + 2):
        number += 1
        if len(line) > limit + 1:
            raise SourceError(
                f"{name}: line {number} is longer than {limit:,} characters.", fix="Check whether the file is damaged."
            )
        yield line


def head_text(data: bytes) -> str:
    """The beginning of a file as text for recognition only: undecodable bytes are dropped."""
    for mark, _, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="ignore")
    wide = _utf16_by_zero_bytes(data)
    if wide:
        return data.decode(wide, errors="ignore")
    try:
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        return decoder.decode(data)
    except UnicodeDecodeError:
        return data.decode("cp932", errors="ignore")
