"""Adding up what was counted of batches, in the order of the rows."""

from __future__ import annotations

from typing import Generic

from mitool.estimators.streamed import Counted


class RunningSum(Generic[Counted]):
    """Adds up in pairs, and pairs of pairs: few large merges, and little rounding."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Counted]] = []
        self.n_rows = 0

    def add(self, piece: Counted | None, n_rows: int = 0) -> None:
        """Add what was counted of the rows that follow, None of none."""
        self.n_rows += n_rows
        if piece is None:
            return
        level = 0
        while self._waiting and self._waiting[-1][0] == level:
            piece = self._waiting.pop()[1].merged(piece)
            level += 1
        self._waiting.append((level, piece))

    def total(self) -> Counted | None:
        """Give the sum of all; None of none."""
        pieces = [piece for _, piece in self._waiting]
        while len(pieces) > 1:
            last = pieces.pop()
            pieces[-1] = pieces[-1].merged(last)
        return pieces[0] if pieces else None
