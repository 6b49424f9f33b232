"""Rent or buy: small jobs do without the compiler, which takes about 0.5 s to load.

Once the jobs done without it have together cost as much as loading it would, it is loaded.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass
class Budget:
    """The work that may be done without the compiler, and what has been done so far.

    The unit is whatever its owner counts (distances, rows); ``limit`` of them cost as much as
    loading the compiler.
    """

    limit: int
    spent: int = 0

    def allows(self, work: int) -> bool:
        """Tell whether so much more may be done without the compiler, and if so take note of it."""
        if "mitool.kernels.compiled" in sys.modules or self.spent + work > self.limit:
            return False
        self.spent += work
        return True

    def announce(self, work: int) -> None:
        """Say how much work is ahead: if it is beyond the budget, nothing more is allowed."""
        if work > self.limit:
            self.spent = self.limit
