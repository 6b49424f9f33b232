"""The entry point of ``mitool`` and ``python -m mitool``."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> None:
    """Run the command line; ``--version`` alone answers without loading it."""
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
    _leave(run())


def _leave(status: int) -> NoReturn:
    """End without taking the interpreter apart, which has nothing left to do.

    Threads in which pyarrow reads ahead from a packed file may still ask for the interpreter; one
    that is being taken apart would end them half way, and the process with them, by an abort.
    """
    if sys.gettrace() or sys.getprofile():  # whoever measures has something to say in the end
        sys.exit(status)
    atexit._run_exitfuncs()  # such as the removal of temporary files
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
