"""Files that are packed: how they are recognised and unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
from typing import IO, Any, cast

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
}


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
