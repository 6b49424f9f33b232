"""What goes to standard error: notes, warnings and progress; nothing of it when quiet."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from mitool.cli.lines import say
from mitool.cli.options.output import OutputOptions
from mitool.errors import MitoolWarning
from mitool.report import Run
from mitool.result import Note

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 60.0


class Messages:
    """Prints warnings unless quiet, notes too if verbose, and how far the work is."""

    def __init__(self, run: Run, outputs: OutputOptions) -> None:
        self._run, self._quiet, self._verbose = run, outputs.quiet, outputs.verbose

    def show(self, notes: Iterable[Note]) -> None:
        """Print notes."""
        for note in notes:
            if self._verbose or (note.level == "warning" and not self._quiet):
                say(note.level, note.message)

    @contextmanager
    def capture(self) -> Iterator[None]:
        """Turn the warnings that the library raises inside into notes of the run."""
        with warnings.catch_warnings():
            usual = warnings.showwarning

            def show(message: Warning | str, *where: Any, **more: Any) -> None:
                if isinstance(message, MitoolWarning):
                    self.show(self._run.note([Note(message.code, str(message))]))
                else:
                    usual(message, *where, **more)

            warnings.simplefilter("always", MitoolWarning)
            warnings.showwarning = show
            yield

    def progress(self, items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
        """Pass items on and show how far they are: a bar on a terminal, else a line a minute."""
        if self._quiet:
            yield from items
        elif sys.stderr.isatty():
            yield from _barred(items, total, what)
        else:
            yield from _lined(items, total, what)


def _barred(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, what, total=total, console=console, transient=True)


def _lined(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    start = last = time.monotonic()
    for n_done, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last, left = now, (now - start) / n_done * (total - n_done)
            text = f"mitool: {n_done} of {total} {what}, about {left:.0f} s left"
            print(text, file=sys.stderr, flush=True)
