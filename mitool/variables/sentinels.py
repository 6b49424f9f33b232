"""Numbers that stand for a missing value, such as -999: one value far outside the rest, often."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables.kinds import MAX_LEVELS, Counts, Vector, levels_of, most_without_atom

FAR = 5.0
"""From the nearest other value, in quarter-to-quarter ranges of the rest: of a Gaussian 7
deviations, while a limit of measurement has others beside it."""


def sentinel_notes(name: str, ordered: Vector) -> Iterator[Note]:
    """Warn of sentinels in a column of numbers in ascending order, missing ones last."""
    n_present = int(np.searchsorted(ordered, np.nan))
    most = int(most_without_atom(n_present))
    if n_present <= most or not (
        ordered[0] == ordered[most] or ordered[n_present - 1] == ordered[n_present - 1 - most]
    ):
        return
    yield from sentinels_among(name, *levels_of(ordered[:n_present]))


def sentinels_among(name: str, levels: Vector, counts: Counts) -> Iterator[Note]:
    """Warn of those among the different values, ascending, and how often each occurs."""
    frequent = counts > most_without_atom(counts.sum())
    for sign in (1.0, -1.0):  # the lowest, then the highest
        n_outside = _outside(levels, counts, frequent)
        for value, count in zip(sign * levels[:n_outside], counts[:n_outside], strict=True):
            yield _note(name, float(value), int(count), int(counts.sum()), sign * levels[n_outside])
        levels, counts, frequent = -levels[::-1], counts[::-1], frequent[::-1]


def _outside(levels: Vector, counts: Counts, frequent: NDArray[np.bool_]) -> int:
    """Give how many of the lowest values are sentinels: all that stand far below the rest."""
    most = int(np.argmin(frequent)) if not frequent.all() else len(frequent)
    for n_outside in range(min(most, len(levels) - 2), 0, -1):
        outside, rest = levels[:n_outside], levels[n_outside:]
        gap, spread = rest[0] - outside[-1], _spread(rest, counts[n_outside:])
        coded = all(_is_code(value, rest) for value in outside)
        few = len(rest) <= MAX_LEVELS and bool(frequent[n_outside:].all())
        if gap > FAR * spread and 0.0 not in outside and (coded or not few):
            return n_outside
    return 0


def _spread(rest: Vector, counts: Counts) -> float:
    """Give the range of the middle half of the rows, or of all where that is one value."""
    low, high = np.searchsorted(counts.cumsum(), counts.sum() * np.array([0.25, 0.75]))
    middle = float(rest[high] - rest[low])
    return middle if middle > 0.0 else float(rest[-1] - rest[0])


def _is_code(value: float, rest: Vector) -> bool:
    """Whether a value is written as one is, which doses of 1, 10 and 100 are not.

    Nothing but nines or eights, or the one sign that no other value has.
    """
    digits = set(f"{abs(value):.15g}")
    return digits in ({"9"}, {"8"}) or bool((np.sign(rest) * np.sign(value) <= 0.0).all())


def _note(name: str, value: float, count: int, n_present: int, nearest: float) -> Note:
    words = {"value": f"{value:.15g}", "n_value": count, "n_rows": n_present, "nearest": nearest}
    return note_of("sentinel", (name,), name=name, **words)
