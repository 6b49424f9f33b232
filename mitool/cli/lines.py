"""The door to standard error: whatever is said there is one line, and steers no terminal."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mitool.cli.faults import debugging
from mitool.errors import MitoolWarning
from mitool.printable import LONGEST, printable, shortened

TO_COPY = " --na "
"""What a message with options to copy holds; they are of no use in part."""


def say(kind: str, message: str) -> None:
    """Print one line; a standard error that cannot be written leaves nobody to tell."""
    line = f"mitool: {kind}: {printable(message)}"
    if TO_COPY not in line:
        line = shortened(line, LONGEST)
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def complain(message: str, status: int) -> int:
    """Say what went wrong, and give the exit status back."""
    say("error", message)
    return status


@contextmanager
def foreign_warnings_dropped() -> Iterator[None]:
    """Say our own warnings, and drop those of libraries, which mean nothing to a user.

    They are shown all the same where Python was told to warn (``-W``) and under MITOOL_DEBUG.
    """
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Warning | str, *where: Any, **more: Any) -> None:
            if isinstance(message, MitoolWarning):
                say("warning", str(message))
            elif sys.warnoptions or debugging():
                usual(message, *where, **more)

        warnings.showwarning = show
        yield
