"""A note: one thing that a reader of a result should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["note", "warning"]


@dataclass(frozen=True)
class Note:
    """One thing a reader of the estimate should know; ``code`` is stable."""

    code: str
    message: str
    columns: tuple[str, ...] = ()
    level: Level = "warning"
