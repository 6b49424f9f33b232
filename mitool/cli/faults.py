"""Faults that nobody foresaw: one line for the user, the traceback where a bug report finds it."""

from __future__ import annotations

import os
import sys
import traceback

from mitool.version import __version__

DEBUG = "MITOOL_DEBUG"


def debugging() -> bool:
    """Whether the user wants tracebacks on standard error."""
    return os.environ.get(DEBUG, "") not in ("", "0")


def line_of(fault: BaseException) -> str:
    """Say what went wrong, and where its traceback is kept, which is done by this call."""
    return f"{_what(fault)}; {_evidence(fault)}"


def _what(fault: BaseException) -> str:
    if isinstance(fault, MemoryError):
        return "out of memory; give the job more, or use fewer rows or --stream"
    text = " ".join(str(fault).split())
    if isinstance(fault, OSError) and fault.errno:
        named = f"{fault.filename}: " if fault.filename else ""
        return f"the system refused: {named}{os.strerror(fault.errno).lower()}"
    if isinstance(fault, SystemExit):
        return f"an estimator or a package asked to end the process ({text or 0})"
    return f"a fault inside mitool ({type(fault).__name__}: {text[:150]})"


def _evidence(fault: BaseException) -> str:
    """Keep the traceback in a file that only its owner can read, and say where."""
    text = "".join(traceback.format_exception(fault))
    if debugging():
        print(text, end="", file=sys.stderr)
        return "its traceback stands above"
    import tempfile  # takes 10 ms, and most runs have no fault

    try:
        descriptor, name = tempfile.mkstemp(prefix="mitool-", suffix=".traceback")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"mitool {__version__}, python {sys.version}\n{sys.argv!r}\n{text}")
    except OSError:
        return f"run it again with {DEBUG}=1 to see where"
    return f"a bug report needs its traceback, kept in {name}"
