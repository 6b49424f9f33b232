"""The file of a journal: it begins whole, and one process holds it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO

from mitool.errors import MitoolError
from mitool.report.atomic import waiting

IN_USE = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK)


def kept_file(path: Path, head: bytes) -> IO[bytes]:
    """Open a file for reading and writing, locked; one that is new or empty gets ``head``.

    A process that is killed leaves no file or one with all of ``head``, never a piece of it.
    """
    place = path.resolve()
    while True:
        if not place.exists():
            _begin(place, head)
        try:
            file = place.open("r+b", buffering=0)
        except FileNotFoundError:  # gone again
            continue
        try:
            _lock(file, path)
            if _is_at(file, place):
                if os.fstat(file.fileno()).st_size:
                    return file
                _begin(place, head, is_empty=True)
        except BaseException:
            file.close()
            raise
        file.close()  # another file has this place now


def _begin(place: Path, head: bytes, *, is_empty: bool = False) -> None:
    """Put a file in its place, unless another process was faster; an empty one is locked."""
    with waiting(place) as (staged, file):
        file.write(head)
    try:
        if is_empty:
            staged.waiting.replace(place)
        else:
            os.link(staged.waiting, place)
    except FileExistsError:
        return
    except OSError:
        if place.exists():
            raise
        staged.waiting.replace(place)  # not every file system has hard links
    finally:
        staged.clear()


def _is_at(file: IO[bytes], place: Path) -> bool:
    """Tell whether an open file still has its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), place.stat())
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: two processes on one file are not told apart
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in IN_USE:  # some shared file systems have no locks
            return
        raise MitoolError(
            f"{path} is in use by another mitool process; wait for it or name another file"
        ) from error
