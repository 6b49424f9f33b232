"""What goes to standard error: notes, warnings and progress; nothing of it when quiet."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from mitool.cli.lines import say
from mitool.cli.options.output import OutputOptions
from mitool.errors import MitoolWarning
from mitool.kernels.longcalls import telling
from mitool.report import Run
from mitool.report.progress import followed, one, tell
from mitool.result import Note

Item = TypeVar("Item")

ANSWERS = frozenset({"shares"})
"""Codes of notes that are part of the answer, and no row of it holds."""


class Messages:
    """Prints warnings and answers unless quiet, notes too if verbose, and how far the work is."""

    def __init__(self, run: Run, outputs: OutputOptions) -> None:
        self._run, self._quiet, self._verbose = run, outputs.quiet, outputs.verbose

    def show(self, notes: Iterable[Note]) -> None:
        """Print notes."""
        for note in notes:
            is_heard = note.level == "warning" or note.code in ANSWERS
            if self._verbose or (is_heard and not self._quiet):
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
            with nullcontext() if self._quiet else telling(tell):
                yield

    def progress(
        self, items: Iterable[Item], total: int, what: str, n_in: Callable[[Item], int] = one
    ) -> Iterator[Item]:
        """Pass items on and show how far they are: a bar on a terminal, else a line a minute.

        An item counts as ``n_in`` says.
        """
        yield from items if self._quiet else followed(items, total, what, n_in)
