"""Which pairs of columns and in which order: x-major, numbered from 0, any stretch at hand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from mitool.errors import MitoolError
from mitool.once import once
from mitool.result import Note


@dataclass(frozen=True)
class Pairs:
    """Pairs of column numbers: each two of ``columns`` once, or ``columns`` by ``against``.

    A column is never paired with itself. The pairs are made when asked for and not kept.
    """

    columns: tuple[int, ...]
    against: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return self._starts[-1]

    @once
    def _starts(self) -> list[int]:
        """The number of the first pair of each x, and the number of pairs."""
        n_columns = len(self.columns)
        if self.against is None:
            sizes = [n_columns - 1 - row for row in range(n_columns)]
        else:
            others = frozenset(self.against)
            sizes = [len(self.against) - (column in others) for column in self.columns]
        return list(accumulate(sizes, initial=0))

    def partners(self, row: int) -> tuple[int, ...]:
        """Give the y of the x in a row."""
        if self.against is None:
            return self.columns[row + 1 :]
        return tuple(other for other in self.against if other != self.columns[row])

    def row_of(self, number: int) -> int:
        """Give the row of x that a pair belongs to."""
        return bisect_right(self._starts, number) - 1

    def between(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield the pairs numbered ``start`` to ``stop - 1``."""
        for x, partners in self.fans(start, stop, len(self)):
            for other in partners:
                yield x, other

    def fans(self, start: int, stop: int, most: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the same pairs as each x and its partners, at most so many of these at a time."""
        row = self.row_of(start)
        while start < stop:
            first, end = self._starts[row], min(stop, self._starts[row + 1])
            partners = self.partners(row)[start - first : end - first]
            for begun in range(0, len(partners), most):
                yield self.columns[row], partners[begun : begun + most]
            start, row = end, row + 1


def chosen_pairs(
    kept: Sequence[str],
    columns: Sequence[str],
    against: Sequence[str] | None,
    label: str,
    notes: Sequence[Note],
) -> Pairs:
    """Pair the columns that are kept, by their places; ``notes`` say why others are not."""
    number = {name: place for place, name in enumerate(kept)}
    first, second = (
        None if chosen is None else tuple(number[name] for name in chosen if name in number)
        for chosen in (columns, against)
    )
    pairs = Pairs(first or (), second)
    if not len(pairs):
        left_out = "; ".join(note.message for note in notes)
        raise MitoolError(
            f"no pair of columns to estimate in {label}: a matrix needs at least two "
            f"columns that differ{'; ' + left_out if left_out else ''}"
        )
    return pairs
