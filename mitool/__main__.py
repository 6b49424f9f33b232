"""The entry point of ``mitool`` and ``python -m mitool``."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> None:
    """Run the command line, in any process; ``--version`` alone answers without loading it."""
    if sys.argv[1:] == ["--version"]:
        from mitool.version import __version__

        print(f"mitool {__version__}")
        return
    try:
        from mitool.cli.app import main as run
        from mitool.cli.standard_streams import stand_in_for_closed_streams

        stand_in_for_closed_streams()
    except KeyboardInterrupt:  # Ctrl-C before anything has begun
        sys.exit(130)  # 128 and the number of SIGINT: nothing is loaded that knows it
    sys.exit(run())


def program() -> None:
    """Run the command line as a process of its own, which ends with it."""
    try:
        main()
    except SystemExit as left:
        _leave(left.code)


def _leave(status: int | str | None) -> NoReturn:
    """End without taking the interpreter apart, which has nothing left to do.

    Threads in which pyarrow reads ahead from a packed file may still ask for the interpreter; one
    that is being taken apart would end them half way, and the process with them, by an abort.
    """
    is_measured = sys.gettrace() or sys.getprofile()  # and whoever does has something to say yet
    if is_measured or not isinstance(status, int):
        sys.exit(status)
    atexit._run_exitfuncs()  # such as the removal of temporary files
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    program()
