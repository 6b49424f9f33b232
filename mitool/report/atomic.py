"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mitool.errors import MitoolError


def check_writable(path: Path) -> None:
    """Refuse a path that cannot be written, before anything is computed for it."""
    folder = path.resolve().parent
    if path.is_dir():
        raise MitoolError(f"cannot write {path}: it is a folder; name a file in it")
    if not folder.is_dir():
        raise MitoolError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK) or (
        _is_replaced(path) and not os.access(folder, os.W_OK)
    ):
        raise MitoolError(f"cannot write {path}: permission denied; choose another place")


def _is_replaced(path: Path) -> bool:
    """Tell a regular (or new) file from a device or a pipe, which is written to as it is."""
    return path.is_file() or not path.exists()


def _mode(path: Path) -> int:
    """Give the permissions the file has, or that a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """Write to a temporary file beside ``path``, which takes its place once it is complete.

    Leaving by an exception, an interrupt included, removes the temporary file. Links keep
    pointing where they did; devices and pipes are written to directly.
    """
    try:
        with _opened(path.resolve()) as file:
            yield file
    except OSError as error:  # a failed write does not know its file
        error.filename = error.filename or str(path)
        raise


@contextmanager
def _opened(target: Path) -> Iterator[IO[bytes]]:
    if not _is_replaced(target):
        with target.open("wb") as file:
            yield file
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
