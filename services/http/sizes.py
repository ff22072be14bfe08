"""How large the files of a layer are: counted as they are sent whole, as they are made while they are sent.

What was counted is kept on disk, for all workers of a face and the servers after them.  What was never counted is not
known.
"""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from services.ogc.face import Face
from services.ogc.program import program_digest

logger = logging.getLogger(__name__)


def sizes_folder(var: Path, face: Face) -> Path:
    """Where what was counted of a face is kept."""
    return var / "sizes" / str(face)


class FileSizes:
    """Bytes of the file at each path in each form, of the state of its layer that was counted last.

    In ``folder`` each has a file of its own, so that processes share it without a lock.  A state holds for the program
    that counted, as another one may write other files of the same rows.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = program_digest()
        self._own = f".{token_hex(8)}"  # as another process, even on another machine, may write the same file
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def note(self, path: str, form: str, stamp: str, size_bytes: int) -> None:
        """A file was read to its end.  A disk that is full, or may not be written to, is told of and nothing more."""
        if self._found.get((path, form)) == (stamp, size_bytes):
            return
        self._found[path, form] = (stamp, size_bytes)
        file = self._file(path, form)
        new = file.with_suffix(self._own)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_text(f"{stamp} {self._program} {size_bytes}", "ascii")
            new.replace(file)
        except OSError as error:
            logger.warning("the size of %s as %s is not kept: %s", path, form, error)
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def known(self, path: str, form: str, stamp: str) -> int | None:
        """The size of a file of this state; None where none was read to its end.

        In another language titles within it may differ by some bytes.
        """
        of_state, size_bytes = self._found.get((path, form), ("", 0))
        if of_state == stamp:
            return size_bytes
        try:
            of_state, program, text = self._file(path, form).read_text("ascii").split(" ")
            size_bytes = int(text)
        except (OSError, ValueError):  # not there, or cut short by a machine that lost its power
            return None
        if (of_state, program) != (stamp, self._program) or size_bytes < 0:
            return None
        self._found[path, form] = (stamp, size_bytes)
        return size_bytes

    def _file(self, path: str, form: str) -> Path:
        return self._folder / blake2b(f"{path} {form}".encode(), digest_size=16).hexdigest()


async def counted(pieces: AsyncGenerator[bytes], tell: Callable[[int], None]) -> AsyncGenerator[bytes]:
    """The pieces; ``tell`` hears of their bytes where they were read to the end."""
    size_bytes = 0
    try:
        async for piece in pieces:
            size_bytes += len(piece)
            yield piece
        tell(size_bytes)
    finally:
        await pieces.aclose()
