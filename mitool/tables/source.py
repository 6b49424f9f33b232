"""The bytes of one input: a file or standard input, its format and its compression."""

from __future__ import annotations

import bz2
import difflib
import gzip
import io
import lzma
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

from mitool.errors import MitoolError
from mitool.tables.foreign import conversion

HEAD = 1 << 18
STDIN = "-"

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
}
FORMATS = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"FEA1": "feather",
    b"\xff\xff\xff\xff": "arrow",
    b"\x93NUMPY": "npy",
    b"PK\x03\x04": "npz",
}
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "arrow",
    ".npy": "npy",
    ".npz": "npz",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
BINARY = {"parquet", "feather", "arrow", "npy", "npz"}


@dataclass(frozen=True)
class Source:
    """One input; ``data`` is what standard input held, None for a file."""

    path: str
    data: bytes | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return "standard input" if self.path == STDIN else self.path

    @cached_property
    def n_bytes(self) -> int:
        """The size as stored."""
        return Path(self.path).stat().st_size if self.data is None else len(self.data)

    def raw(self) -> IO[bytes]:
        """Open the bytes as stored."""
        return Path(self.path).open("rb") if self.data is None else io.BytesIO(self.data)

    @cached_property
    def compression(self) -> str | None:
        """gzip, bzip2, zstd or xz, by the first bytes."""
        with self.raw() as stream:
            start = stream.read(8)
        return next((name for magic, name in COMPRESSIONS.items() if start.startswith(magic)), None)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes, unpacked."""
        with ExitStack() as stack:
            stream = stack.enter_context(self.raw())
            if self.compression:
                stream = stack.enter_context(unpacked(stream, self.compression))
            yield stream

    @cached_property
    def head(self) -> bytes:
        """The first bytes, unpacked."""
        with damage(self), self.open() as stream:
            return stream.read(HEAD)

    @property
    def is_whole_in_head(self) -> bool:
        """Whether ``head`` is all there is."""
        return len(self.head) < HEAD

    def format(self) -> str:
        """Find the format from the first bytes, else from the suffix, else it is text."""
        foreign = conversion(self.path, self.head)
        if foreign:
            raise MitoolError(f"{self.name} {foreign}")
        for magic, name in FORMATS.items():
            if self.head.startswith(magic):
                return name
        by_suffix = next(
            (SUFFIXES[s] for s in reversed(Path(self.path).suffixes) if s.lower() in SUFFIXES), None
        )
        if by_suffix in BINARY:
            raise MitoolError(
                f"{self.name} is not a {by_suffix} file, although it is named so; "
                "name its format with --input-format"
            )
        if by_suffix is None and self.head.lstrip()[:1] == b"{":
            return "jsonl"
        return by_suffix or "csv"


def unpacked(stream: IO[bytes], compression: str) -> IO[bytes]:
    """Unpack a stream as it is read."""
    if compression == "zstd":
        import pyarrow

        return cast(IO[bytes], pyarrow.CompressedInputStream(stream, "zstd"))
    openers: dict[str, Any] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
    return cast(IO[bytes], openers[compression](stream))


@contextmanager
def damage(source: Source) -> Iterator[None]:
    """Turn what goes wrong while unpacking or parsing into one line that names the file."""
    try:
        yield
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise MitoolError(
            f"{source.name} is cut short or damaged ({one_line(error)}); copy or make it again"
        ) from error
    except PermissionError as error:
        raise MitoolError(f"{source.name} cannot be read: permission denied") from error
    except OSError as error:
        raise MitoolError(f"{source.name} cannot be read: {one_line(error)}") from error
    except ValueError as error:  # pyarrow.ArrowInvalid is one
        raise MitoolError(f"{source.name} cannot be read: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """The first line of an error's text, lower case at the start, without the full stop."""
    text = str(error).strip().split("\n")[0].rstrip(".")
    return text[:1].lower() + text[1:]


def find(path: str) -> Source:
    """Open an input: ``-`` is standard input, anything else the path of a file."""
    if path == STDIN:
        source = Source(path, sys.stdin.buffer.read())
    else:
        file = Path(path)
        if not file.exists():
            raise MitoolError(f"no file {path!r}{near_file(file)}")
        if file.is_dir():
            raise MitoolError(f"{path} is a directory; name its files, such as {file / '*.csv'}")
        source = Source(path)
    if not source.head:
        raise MitoolError(f"{source.name} is empty")
    return source


def near_file(file: Path) -> str:
    """Suggest a file of the same folder whose name is close."""
    if not file.parent.is_dir():
        return f"; there is no folder {str(file.parent)!r}"
    near = difflib.get_close_matches(file.name, [f.name for f in file.parent.iterdir()], 1)
    return f"; did you mean {str(file.parent / near[0])!r}?" if near else ""
