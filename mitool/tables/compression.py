"""Files that are packed: how they are recognised and unpacked, and how far they may grow."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from typing import IO, Any, cast

from mitool.errors import MitoolError

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
}
MOST_FOLD = 1000
"""How many bytes may come of one; text and numbers of measurements stay far below."""
FREE_BYTES = 1 << 30
"""What any input may hold unpacked, however small it is."""
BLOCK = 1 << 20
STRETCH = 1 << 26
"""So many bytes unpacked are looked at together."""
SUSPECT_FOLD = 200
"""A stretch that grows more than this is a reason to look how far the whole does."""


def compression_of(start: bytes) -> str | None:
    """Name what a file is packed with, by its first 8 bytes; None if it is not."""
    return next((name for magic, name in COMPRESSIONS.items() if start.startswith(magic)), None)


def unpacked(stream: IO[bytes], compression: str) -> IO[bytes]:
    """Unpack a stream as it is read."""
    if compression == "zstd":
        import pyarrow

        return cast(IO[bytes], pyarrow.CompressedInputStream(stream, "zstd"))
    openers: dict[str, Any] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
    return cast(IO[bytes], openers[compression](stream))


def most_bytes(n_stored: int) -> int:
    """Give how many bytes may come of so many stored ones."""
    return max(FREE_BYTES, MOST_FOLD * n_stored)


def bomb(name: str) -> MitoolError:
    """Say that an input holds far more than its size promises, and how to read it all the same."""
    return MitoolError(
        f"{name} grows more than {MOST_FOLD}-fold when it is unpacked, beyond 1 GB; if it is meant "
        "to, use --allow-expansion"
    )


def require_bounded(stream: IO[bytes], most: int, name: str) -> None:
    """Refuse a stream of more than ``most`` bytes, of which none is kept; ``name`` is its own."""
    n_bytes = 0
    while block := stream.read(BLOCK):
        n_bytes += len(block)
        if n_bytes > most:
            raise bomb(name)


class Watched(io.RawIOBase):
    """A stream that is looked through to its end once a stretch of it grew suspiciously.

    So a bomb is refused while there is little of it in memory. ``stored`` is the stream that it is
    unpacked from, ``look`` raises if the whole is a bomb. Wrap it in a ``BufferedReader``: it gives
    what it has, not all that is asked for.
    """

    def __init__(self, stream: IO[bytes], stored: IO[bytes], look: Callable[[], object]) -> None:
        self._stream, self._stored, self._look = stream, stored, look
        self._place, self._start = 0, (0, 0)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Whether the stream is."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in it."""
        self._go(self._stream.seek(offset, whence))
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what follows; 0 at the end."""
        data = self._stream.read(min(len(buffer), BLOCK))
        self._go(self._place + len(data))
        buffer[: len(data)] = data
        return len(data)

    def _go(self, place: int) -> None:
        self._place = place
        n_bytes, n_stored = place - self._start[0], self._stored.tell() - self._start[1]
        if n_bytes >= STRETCH:
            self._start = place, self._start[1] + n_stored
            if n_bytes > SUSPECT_FOLD * n_stored:
                self._look()
