"""Files that are there whole or not at all, and those of one run all together or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mitool.report.places import is_replaced

HELD = 1 << 26  # bytes of a document for standard output that are held in memory


def _mode(path: Path) -> int:
    """Give the permissions the file has, or that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@dataclass(frozen=True)
class Staged:
    """A complete file that waits under a name of its own for the place it is to take."""

    waiting: Path
    place: Path

    @property
    def _before(self) -> Path:
        return self.waiting.with_suffix(".before")

    def take(self, *, for_good: bool) -> None:
        """Take the place; what was there is kept until ``clear``, unless it is ``for_good``."""
        if not for_good and self.place.exists():
            try:
                os.link(self.place, self._before)
            except OSError:  # not every file system has hard links
                shutil.copy2(self.place, self._before)
        self.waiting.replace(self.place)

    def give_back(self) -> None:
        """Put back what was there, if the place has been taken."""
        if self.waiting.exists():
            return
        if self._before.exists():
            self._before.replace(self.place)
        else:
            self.place.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what is left beside the place."""
        for path in (self.waiting, self._before):
            path.unlink(missing_ok=True)


_staged: ContextVar[list[Staged] | None] = ContextVar("staged", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let all files written in this block take their places at its end; by an error, none does.

    A block within a block belongs to the outer one.
    """
    if _staged.get() is not None:
        yield
        return
    files: list[Staged] = []
    token = _staged.set(files)
    try:
        yield
        _take_places(files)
    finally:
        _staged.reset(token)
        for file in files:
            file.clear()


def _take_places(files: Sequence[Staged]) -> None:
    begun: list[Staged] = []
    try:
        for file in files:
            begun.append(file)
            file.take(for_good=file is files[-1])  # nothing can fail after the last
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = str(begun[-1].place)
        if any(file.waiting.exists() for file in files):
            for file in reversed(begun):
                file.give_back()
        raise


@contextmanager
def atomic(path: Path, *, at_once: bool = False) -> Iterator[IO[bytes]]:
    """Write to a temporary file beside ``path``, which takes its place once it is complete.

    That is at the end of the outermost block of ``together``, if in one and not ``at_once``.
    Leaving by an exception, an interrupt included, removes the temporary file. Links keep
    pointing where they did; devices and pipes are written to directly.
    """
    place = path.resolve()
    try:
        if not is_replaced(place):
            with place.open("wb") as file:
                yield file
            return
        with waiting(place) as (staged, file):
            yield file
        later = None if at_once else _staged.get()
        if later is not None:
            later.append(staged)
            return
        try:
            _take_places([staged])
        finally:
            staged.clear()
    except OSError as error:  # a failed write does not know its file
        error.filename = error.filename or str(path)
        raise


@contextmanager
def waiting(place: Path) -> Iterator[tuple[Staged, IO[bytes]]]:
    """Open a file that waits for its place; it is on the disk when the block ends."""
    descriptor, name = tempfile.mkstemp(
        prefix=f".{place.name[:40]}.", suffix=".tmp", dir=place.parent
    )
    staged = Staged(Path(name), place)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield staged, file
            file.flush()
            os.fsync(file.fileno())
        staged.waiting.chmod(_mode(place))
    except BaseException:
        staged.clear()
        raise


@contextmanager
def held_back(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a file whose bytes go to a stream once all are there; by an error, none does."""
    with tempfile.SpooledTemporaryFile(HELD, prefix="mitool-") as file:
        try:
            yield file
        except OSError as error:
            error.filename = error.filename or tempfile.gettempdir()
            raise
        file.seek(0)
        shutil.copyfileobj(file, stream)
        stream.flush()
