"""The bytes of one input: a file or standard input, packed or not."""

from __future__ import annotations

import difflib
import io
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.compression import (
    Watched,
    compression_of,
    most_bytes,
    require_bounded,
    unpacked,
)
from mitool.tables.formats import Format, with_magic

HEAD = 1 << 18
BLOCK = 1 << 20
MAX_HEAD = 1 << 26
ENOUGH_LINES = 8
STDIN = "-"


@dataclass(frozen=True)
class Source:
    """One input; ``data`` is what a pipe held, ``spool`` the file it was put in if long.

    ``is_bounded``: what unpacks to far more than its size promises is refused.
    """

    path: str
    data: bytes | None = None
    spool: Any = None
    is_bounded: bool = True

    @property
    def file(self) -> str:
        """Where the bytes lie, if in a file; that of a pipe goes with the source."""
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
        """Whether it lies in a file as it is."""
        return self.data is None and self.compression is None

    def random_access(self) -> Any:
        """The unpacked bytes for pyarrow; of a plain file only what is asked for is read.

        Not through a memory map: should the file be cut short meanwhile, the process would end by
        a signal. Reading copies, which takes 0.3 s a GB.
        """
        import pyarrow

        if self.is_plain_file:
            return pyarrow.OSFile(self.file)
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
            stream = stored = stack.enter_context(self.raw())
            if self.compression:
                stream = stack.enter_context(unpacked(stored, self.compression))
                if self.is_bounded:
                    watched = Watched(stream, stored, lambda: self._is_plausible)
                    stream = io.BufferedReader(watched, BLOCK)
            yield stream

    @once
    def _is_plausible(self) -> bool:
        """Whether all of it grows no more than its size promises; raises if not."""
        assert self.compression is not None
        with self.raw() as stored, unpacked(stored, self.compression) as stream:
            require_bounded(stream, most_bytes(self.n_bytes), self.name)
        return True

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
    except MitoolError:
        raise
    except PermissionError as error:
        raise MitoolError(f"{source.name} cannot be read: permission denied") from error
    except MemoryError as error:
        raise MitoolError(
            f"{source.name} asks for more memory than there is; if it is whole, give the job more, "
            "or use --stream or --sample"
        ) from error
    except Exception as error:  # parsers raise anything over bytes that they did not expect
        packed = _is_binary(source)
        what = "is cut short or damaged" if packed else "cannot be read"
        advice = "; copy or make it again" if packed else ""
        raise MitoolError(f"{source.name} {what} ({one_line(error)}){advice}") from error


def _is_binary(source: Source) -> bool:
    """Whether the bytes are packed or of a binary format; no if not even the first can be read."""
    with suppress(OSError):
        return source.compression is not None or ("head" in vars(source) and not source.is_text)
    return False


def one_line(error: BaseException) -> str:
    """The first line of an error's text, lower case at the start, without the full stop."""
    text = (str(error).strip() or type(error).__name__).split("\n")[0].split(". ")[0].rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def existing_file(path: str) -> int:
    """Find a file, and give its mode: what it is."""
    file = Path(path)
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in it
        raise MitoolError(f"no file {path!r}{near_file(file)}") from error
    except OSError as error:
        raise MitoolError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}"
        ) from error
    if stat.S_ISDIR(mode):
        raise MitoolError(f"{path} is a directory; name its files, such as {file / '*.csv'}")
    return mode


def near_file(file: Path) -> str:
    """Suggest a file of the same folder whose name is close."""
    if not file.parent.is_dir():
        return f"; there is no folder {str(file.parent)!r}"
    try:
        names = [other.name for other in file.parent.iterdir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(file.name, names, 1, 0.75)
    return f"; did you mean {str(file.parent / near[0])!r}?" if near else ""
