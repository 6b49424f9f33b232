"""What a result is, once made: estimates with their intervals, tests and notes, and their rows."""

from __future__ import annotations

from mitool.result.estimates import Estimate
from mitool.result.inferred import Interval, RowsNeeded, Test
from mitool.result.notes import Level, Note

__all__ = ["Estimate", "Interval", "Level", "Note", "RowsNeeded", "Test"]
