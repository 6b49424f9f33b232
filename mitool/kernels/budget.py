"""Rent or buy: small jobs do without the compiler, which takes about 0.2 s to load.

Once the jobs done without it have together cost as much as loading it would, it is loaded. Where
no compiled code was kept, the price is that of compiling, a few seconds.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from mitool.kernels.codecache import is_kept

COMPILING = 8
"""Times as long as loading the compiler with code that was kept: compiling the code first."""


@dataclass
class Budget:
    """The work that may be done without the compiler, and what has been done so far.

    The unit is whatever its owner counts (distances, rows); ``limit`` of them cost as much as
    loading the compiler. ``room`` is where the files of loops lie that would do the work.
    """

    limit: int
    room: Path | None = None
    spent: int = 0
    _is_over: bool = field(default=False, init=False, repr=False)
    _kept: set[str] = field(default_factory=set, init=False, repr=False)

    def allows(self, work: int, loops: str = "") -> bool:
        """Tell whether so much more may be done without the compiler, and if so take note of it.

        ``loops`` is the file that would do the work; unnamed, its code counts as kept.
        """
        if self._is_over or "mitool.kernels.compiled" in sys.modules:
            return False
        if self.spent + work > (1 if self._knows(loops) else COMPILING) * self.limit:
            return False
        self.spent += work
        return True

    def announce(self, work: int) -> None:
        """Say how much work is ahead: if it is beyond the budget, nothing more is allowed."""
        if work > self.limit:
            self.spent, self._is_over = self.limit, True

    def _knows(self, loops: str) -> bool:
        """Tell whether compiled code is there; what was seen once is not looked for again."""
        if self.room is None or not loops or loops in self._kept:
            return True
        if is_kept(self.room, loops):
            self._kept.add(loops)
        return loops in self._kept
