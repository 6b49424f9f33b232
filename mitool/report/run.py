"""The record of a run: what was asked of which input, what was warned of, and what it took."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mitool.result import Note
from mitool.result.fields import plain
from mitool.version import __version__

SCHEMA = "mitool.report/1"
MAX_MESSAGES = 50  # for each warning code; a matrix of millions of pairs stays bounded
PACKAGES = ("numpy", "scipy", "numba", "pyarrow", "pandas", "sklearn", "distributed")
JOB_VARIABLES = (
    "SLURM_JOB_ID",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "PBS_JOBID",
    "PBS_ARRAY_INDEX",
    "JOB_ID",
    "SGE_TASK_ID",
)


@dataclass
class Run:
    """What makes a report complete; ``inputs`` hold path, format, bytes, rows and columns.

    Warnings are gathered while the rows are written: each message once, at most 50 a code, and
    beyond that their number.
    """

    command: str
    argv: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: Sequence[Mapping[str, Any]] = ()
    n_threads: int = 1
    engine: str = "threads"
    seconds: dict[str, float] = field(default_factory=dict)
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clock: float = field(default_factory=time.perf_counter)
    _notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    _n_said: Counter[str] = field(default_factory=Counter)
    _unsaid: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time spent inside to the seconds of a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def note(self, notes: Iterable[Note]) -> list[Note]:
        """Keep notes for the report and give back those not seen before."""
        given, new = list(notes), []
        times = Counter(map(id, given))  # those of a column come with each of its pairs
        each = dict(zip(map(id, given), given, strict=True)).values()
        for note, n_times in zip(each, times.values(), strict=True):
            if (note.code, note.message) in self._notes:
                continue
            if self._n_said[note.code] >= MAX_MESSAGES:
                self._unsaid[note.code] += n_times
                continue
            self._n_said[note.code] += 1
            self._notes[note.code, note.message] = note
            new.append(note)
        return new

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that are kept, in the order in which they came."""
        return tuple(self._notes.values())

    def warnings(self) -> list[dict[str, Any]]:
        """Give the kept notes as they stand in the report."""
        said = [
            {"code": n.code, "level": n.level, "message": n.message, "columns": list(n.columns)}
            for n in self.notes
        ]
        more = [
            {"code": code, "level": "note", "message": f"and {count} more", "columns": []}
            for code, count in self._unsaid.items()
        ]
        return said + more

    def head(self) -> dict[str, Any]:
        """Give what is known before the first result."""
        tool = {
            "name": "mitool",
            "version": __version__,
            "command": self.command,
            "argv": list(self.argv),
        }
        head: dict[str, Any] = {
            "schema": SCHEMA,
            "tool": tool,
            "input": plain(self.inputs, "input", []),
            "settings": plain(self.settings, "settings", []),
        }
        return head

    def tail(self) -> dict[str, Any]:
        """Give what is known after the last result."""
        return {"warnings": self.warnings(), "runtime": self._runtime()}

    def _runtime(self) -> dict[str, Any]:
        total = time.perf_counter() - self._clock
        return {
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": {k: round(s, 6) for k, s in {**self.seconds, "total": total}.items()},
            "threads": self.n_threads,
            "engine": self.engine,
            "host": platform.node(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "packages": {
                name: sys.modules[name].__version__ for name in PACKAGES if name in sys.modules
            },
            "job": {name: os.environ[name] for name in JOB_VARIABLES if name in os.environ},
            "peak_memory_bytes": peak_memory(),
        }


def peak_memory() -> int | None:
    """Give the largest resident size of this process so far, in bytes, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
