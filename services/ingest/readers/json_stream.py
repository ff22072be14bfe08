"""JSON element by element: the members of one array or object of a file, without holding the file in memory.

Only the element being read is held, and the text up to ``max_element`` characters around it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import SourceError
from services.ingest.readers.text import Encoding, find_encoding, open_text

_FIRST_READ = 1 << 18
_SPACE = re.compile(r"[\s\x1e\ufeff]*")  # RS separates GeoJSON texts (RFC 8142)
_DECODER = json.JSONDecoder()


class JsonStream:
    """A reader of one JSON text, moving forward only.

    Raises ``SourceError`` from every method, naming the file and the line, where the JSON is damaged or ends early.
    """

    def __init__(self, path: Path, encoding: Encoding, max_element: int) -> None:
        self._name = path.name
        self._context = open_text(path, encoding)
        self._file = self._context.__enter__()
        self._max_element = max_element
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def close(self) -> None:
        self._context.__exit__(None, None, None)

    def peek(self) -> str:
        """The next character that is not space; "" at the end of the file."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            if match is not None and match.end() < len(self._buffer):
                self._at = match.end()
                return self._buffer[self._at]
            self._at = len(self._buffer)
            if not self._fill(_FIRST_READ):
                return ""

    def expect(self, characters: str) -> str:
        """Take the next character, which must be one of ``characters``."""
        found = self.peek()
        if not found or found not in characters:
            raise self._broken(
                f"{found!r} stands where one of {characters!r} belongs" if found else "the text ends early"
            )
        self._at += 1
        return found

    def value(self) -> Any:
        """Take the next value, whatever it is."""
        if not self.peek():
            raise self._broken("the text ends early")
        size = _FIRST_READ
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except ValueError as error:
                if self._fill(size):
                    size *= 2  # a value is decoded anew a logarithmic number of times
                    continue
                raise self._broken(getattr(error, "msg", str(error))) from error
            except RecursionError as error:
                raise self._broken("values are nested too deeply") from error
            # A number at the end of the buffer may go on.
            if end < len(self._buffer) or not self._fill(size):
                self._at = end
                return value

    def members(self) -> Iterator[str]:
        """The keys of the object that follows; each value must be taken before the next key is asked for."""
        self.expect("{")
        if self.peek() == "}":
            self.expect("}")
            return
        while True:
            if self.peek() != '"':
                self.expect('"')
            key = self.value()
            self.expect(":")
            yield key
            if self.expect(",}") == "}":
                return

    def elements(self) -> Iterator[Any]:
        """The values of the array that follows."""
        self.expect("[")
        if self.peek() == "]":
            self.expect("]")
            return
        while True:
            yield self.value()
            if self.expect(",]") == "]":
                return

    def finish(self) -> None:
        """Nothing but space may follow."""
        if self.peek():
            raise self._broken("something follows after the end")

    def _fill(self, size: int) -> bool:
        if self._ended:
            return False
        if len(self._buffer) - self._at > self._max_element:
            raise SourceError(
                f"{self._name}: line {self._line}: one element is larger than {self._max_element:,} characters.",
                fix="Check whether the file is damaged; split the feature if it is not.",
            )
        more = self._file.read(size)
        if not more:
            self._ended = True
            return False
        self._line += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return True

    def _broken(self, reason: str) -> SourceError:
        line = self._line + self._buffer.count("\n", 0, self._at)
        return SourceError(
            f"{self._name}: line {line}: the JSON is damaged ({reason}).",
            fix="Get the file again; it may be truncated.",
        )


def json_encoding(path: Path) -> Encoding:
    """The encoding of a JSON file; its lines may be of any length."""
    return find_encoding(path, max_line_bytes=1 << 62)
