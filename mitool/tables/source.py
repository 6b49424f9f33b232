"""The bytes of one input: a file or standard input, packed or not."""

from __future__ import annotations

import difflib
import io
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.compression import compression_of, unpacked
from mitool.tables.formats import Format, with_magic

HEAD = 1 << 18
MAX_HEAD = 1 << 26
ENOUGH_LINES = 8
STDIN = "-"


@dataclass(frozen=True)
class Source:
    """One input; ``data`` is what standard input held, ``spool`` the file it was put in if long."""

    path: str
    data: bytes | None = None
    spool: Any = None

    @property
    def file(self) -> str:
        """Where the bytes lie, if in a file; that of standard input goes with the source."""
        return self.path if self.spool is None else str(self.spool.name)

    @property
    def name(self) -> str:
        """What messages call it."""
        return "standard input" if self.path == STDIN else self.path

    @once
    def n_bytes(self) -> int:
        """The size as stored."""
        return Path(self.file).stat().st_size if self.data is None else len(self.data)

    def raw(self) -> IO[bytes]:
        """Open the bytes as stored."""
        return Path(self.file).open("rb") if self.data is None else io.BytesIO(self.data)

    @property
    def is_plain_file(self) -> bool:
        """Whether it can be mapped into memory as it is."""
        return self.data is None and self.compression is None

    def mapped(self) -> Any:
        """The unpacked bytes for pyarrow; of a plain file only what is asked for is read."""
        import pyarrow

        if self.is_plain_file:
            return pyarrow.memory_map(self.file)
        with self.open() as stream:
            return pyarrow.BufferReader(stream.read())

    @once
    def compression(self) -> str | None:
        """gzip, bzip2, zstd or xz, by the first bytes."""
        with self.raw() as stream:
            return compression_of(stream.read(8))

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes, unpacked."""
        with ExitStack() as stack:
            stream = stack.enter_context(self.raw())
            if self.compression:
                stream = stack.enter_context(unpacked(stream, self.compression))
            yield stream

    @once
    def head(self) -> bytes:
        """The first bytes, unpacked."""
        with damage(self), self.open() as stream:
            return stream.read(HEAD)

    @once
    def lines(self) -> tuple[bytes, bool]:
        """Some first lines of a text, unpacked, and whether they are all there is.

        A wide table has lines longer than ``head``, so more is read until there are enough.
        """
        size = HEAD
        with damage(self), self.open() as stream:
            text = stream.read(size)
            while len(text) == size and size < MAX_HEAD and text.count(b"\n") < ENOUGH_LINES:
                text += stream.read(size)
                size *= 2
        return text, len(text) < size

    @once
    def binary_format(self) -> Format | None:
        """The format that the first bytes state, None for text."""
        return with_magic(self.head)

    @property
    def is_text(self) -> bool:
        """Whether the first bytes state no binary format."""
        return self.binary_format is None


@contextmanager
def damage(source: Source) -> Iterator[None]:
    """Turn what goes wrong while unpacking or parsing into one line that names the file."""
    try:
        yield
    except PermissionError as error:
        raise MitoolError(f"{source.name} cannot be read: permission denied") from error
    except MitoolError:
        raise
    except (OSError, ValueError, EOFError, lzma.LZMAError, zipfile.BadZipFile) as error:
        # pyarrow's ArrowInvalid is a ValueError, its "truncated stream" an OSError
        packed = source.compression or not source.is_text
        what = "is cut short or damaged" if packed else "cannot be read"
        advice = "; copy or make it again" if packed else ""
        raise MitoolError(f"{source.name} {what} ({one_line(error)}){advice}") from error


def one_line(error: BaseException) -> str:
    """The first line of an error's text, lower case at the start, without the full stop."""
    text = str(error).strip().split("\n")[0].split(". ")[0].rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def existing_file(path: str) -> Source:
    """Find a file."""
    file = Path(path)
    if not file.exists():
        raise MitoolError(f"no file {path!r}{near_file(file)}")
    if file.is_dir():
        raise MitoolError(f"{path} is a directory; name its files, such as {file / '*.csv'}")
    return Source(path)


def near_file(file: Path) -> str:
    """Suggest a file of the same folder whose name is close."""
    if not file.parent.is_dir():
        return f"; there is no folder {str(file.parent)!r}"
    near = difflib.get_close_matches(file.name, [f.name for f in file.parent.iterdir()], 1, 0.75)
    return f"; did you mean {str(file.parent / near[0])!r}?" if near else ""
