"""How large the files of a layer are: counted as they are sent whole, as they are made while they are sent.

So nothing is read or made to know it, and what nobody has taken yet is not known.
"""

from collections.abc import AsyncGenerator, Callable


class FileSizes:
    """Bytes of the file at each path in each form, of the state of its layer that was sent last.

    To be used from one event loop's thread only.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def note(self, path: str, form: str, stamp: str, size_bytes: int) -> None:
        """A file was sent to its end."""
        self._found[path, form] = (stamp, size_bytes)

    def known(self, path: str, form: str, stamp: str) -> int | None:
        """The size of a file of this state; None where none was sent to its end.

        In another language titles within it may differ by some bytes.
        """
        of_state, size_bytes = self._found.get((path, form), ("", 0))
        return size_bytes if of_state == stamp else None


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
