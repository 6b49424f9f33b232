"""Inputs that can be read once only, standard input and pipes: held in memory, or spooled."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO

from mitool.errors import ExitStatus, MitoolError
from mitool.tables.source import STDIN, Source, existing_file

MOST_HELD = 1 << 26
BLOCK = 1 << 20


def source_of(path: str) -> Source:
    """Find an input; what is no regular file is taken in, as if it came by standard input."""
    if path == STDIN:
        return read_stdin()
    mode = existing_file(path)
    if stat.S_ISREG(mode):
        return Source(path)
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a pipe waits here for its writer
            _refuse_endless(path, os.fstat(stream.fileno()), stream.isatty())
            return taken_in(path, stream)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MitoolError(f"{path} cannot be read: {reason}") from error


def read_stdin() -> Source:
    """Take in all of standard input."""
    if sys.stdin is None:
        raise MitoolError("standard input is closed; open it, or name a file")
    return taken_in(STDIN, sys.stdin.buffer)


def taken_in(path: str, stream: IO[bytes]) -> Source:
    """Take in all that a stream gives: every later pass is over what is kept."""
    data = stream.read(MOST_HELD)
    if len(data) < MOST_HELD:
        return Source(path, data)
    try:
        spool = tempfile.NamedTemporaryFile(prefix="mitool-", delete=False)  # noqa: SIM115
        weakref.finalize(spool, Path(spool.name).unlink)  # when no source keeps it, or at the end
        spool.write(data)
        shutil.copyfileobj(stream, spool, BLOCK)
        spool.flush()
    except OSError as error:
        raise MitoolError(
            f"{Source(path).name} cannot be kept in {tempfile.gettempdir()} "
            f"({(error.strerror or str(error)).lower()}); name a folder with room by TMPDIR",
            exit_status=ExitStatus.BROKEN,
        ) from error
    return Source(path, spool=spool)


def _refuse_endless(path: str, status: os.stat_result, on_terminal: bool) -> None:
    """Refuse devices such as /dev/zero and disks; an empty one and a terminal do end."""
    is_device = stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode)
    is_empty = status.st_rdev == os.stat(os.devnull).st_rdev  # noqa: PTH116
    if is_device and not (is_empty or on_terminal):
        raise MitoolError(f"{path} is a device; name a file or a pipe")
