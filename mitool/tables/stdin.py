"""Standard input, which can be read once only: held in memory, or in a private file if long."""

from __future__ import annotations

import shutil
import sys
import tempfile

from mitool.errors import ExitStatus, MitoolError
from mitool.tables.source import STDIN, Source

MOST_HELD = 1 << 26
BLOCK = 1 << 20


def read_stdin() -> Source:
    """Take in all of standard input."""
    if sys.stdin is None:
        raise MitoolError("standard input is closed; name a file, or feed it by a pipe")
    stream = sys.stdin.buffer
    data = stream.read(MOST_HELD)
    if len(data) < MOST_HELD:
        return Source(STDIN, data)
    try:
        spool = tempfile.NamedTemporaryFile(prefix="mitool-")  # noqa: SIM115 - the source keeps it
        spool.write(data)
        shutil.copyfileobj(stream, spool, BLOCK)
        spool.flush()
    except OSError as error:
        raise MitoolError(
            f"standard input cannot be kept in {tempfile.gettempdir()} "
            f"({(error.strerror or str(error)).lower()}); name a folder with room by TMPDIR",
            exit_status=ExitStatus.BROKEN,
        ) from error
    return Source(STDIN, spool=spool)
