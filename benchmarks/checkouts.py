"""An older checkout beside this one: the same programs, on the same data, with mitool as it was.

A checkout has an environment of its own in ``.venv``. Its process runs the benchmarks that lie
here, on the mitool that lies there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def add_before(parser: argparse.ArgumentParser) -> None:
    """Let an older checkout be named."""
    parser.add_argument("--before", type=_checkout, help="an older checkout, with its .venv")


def _checkout(path: str) -> Path:
    if not Path(python_of(Path(path))).exists():
        raise argparse.ArgumentTypeError(
            f"no .venv/bin/python in {path}; `make test` there builds it"
        )
    return Path(path).resolve()


def python_of(checkout: Path) -> str:
    """Give the Python that has the mitool of a checkout."""
    return str(checkout / ".venv" / "bin" / "python")


def commit_of(checkout: Path) -> str:
    """Give the commit of a checkout and its day."""
    command = ["git", "-C", str(checkout), "log", "-1", "--format=%h of %cs"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def calling(call: str, python: str = sys.executable) -> list[str]:
    """Give the command that calls a function of the cases, with the mitool of its folder."""
    paths = f"import sys, mitool; sys.path.insert(0, {str(ROOT)!r})"
    return [python, "-c", f"{paths}; from benchmarks import cases; cases.{call}"]


@contextmanager
def answers(call: str, checkout: Path) -> Iterator[Callable[[str], Any]]:
    """Call a function of the cases in a process of a checkout; give what asks it, line by line."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(calling(call, python_of(checkout)), cwd=checkout, **pipes) as process:

        def answer(line: str) -> Any:
            print(line, file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield answer
