"""Standard input, output and error where the shell has closed them (``>&-``)."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from mitool.errors import ExitStatus, MitoolError


class _Closed(io.RawIOBase):
    """Stands for a standard output that is closed: nothing can be written to it."""

    def writable(self) -> bool:
        """Say yes, so that writers come as far as the message."""
        return True

    def write(self, data: Any) -> NoReturn:
        """Refuse."""
        _refuse()


class ClosedOutput(io.TextIOBase):
    """The same for text."""

    buffer = _Closed()

    def write(self, text: str) -> NoReturn:
        """Refuse."""
        _refuse()


def _refuse() -> NoReturn:
    raise MitoolError(
        "standard output is closed; open it, or name a file with -o",
        exit_status=ExitStatus.BROKEN,
    )


def require_stdout() -> None:
    """Refuse a closed standard output before anything is computed for it."""
    if isinstance(sys.stdout, ClosedOutput):
        _refuse()


def stand_in_for_closed_streams() -> None:
    """Let no file take the place of a closed stream, and no message the place of a result.

    The next file that is opened would get the number of a closed stream, and ``print`` writes to
    standard output where there is no standard error.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = ClosedOutput()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
