"""The common currency of all inputs: one named column of numbers, or of coded labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Column:
    """One column as read: ``values`` is float64 of shape (n_rows,), NaN where missing.

    A column of labels (text, bool, dictionary) holds the codes 0, 1, … of ``labels``; dates and
    times are seconds since 1970. ``origin`` is what the file said.
    """

    name: str
    values: NDArray[np.float64]
    labels: tuple[str, ...] | None = None
    origin: Literal["number", "text", "bool", "time"] = "number"

    def __len__(self) -> int:
        return len(self.values)
