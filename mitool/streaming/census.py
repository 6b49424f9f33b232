"""The first pass: what every column holds, and the joint rows of labels, in bounded memory.

Kinds are decided from it by the rule for whole columns, so that they are those of the same table
read into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.cells import Levels
from mitool.kinds import (
    Kind,
    infinite,
    kind_of_levels,
    most_without_atom,
    refuse_labels,
)
from mitool.result import Note
from mitool.tables import Column, Table
from mitool.tables.column import Origin, coded
from mitool.variables import Vector

MOST_WORDS = 1 << 20
KEPT = 1 << 12  # frequent numbers: what is lost of a count is at most a 4096th of all rows

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Frequent:
    """Numbers and how often each occurs; beyond ``KEPT`` of them, only those that occur often.

    A count is then too small by at most ``error`` (Misra & Gries 1982,
    doi:10.1016/0167-6423(82)90012-0; Agarwal et al. 2013, doi:10.1145/2500128 on merging).
    """

    values: Vector
    counts: Counts
    n_present: int
    n_infinite: int
    error: int = 0

    @classmethod
    def counted(cls, values: Vector, counts: Counts) -> Frequent:
        """Take numbers that are counted already; those missing or never met are left out."""
        present = ~np.isnan(values) & (counts > 0)
        values, counts = values[present], counts[present]
        n_infinite = int(counts[np.isinf(values)].sum())
        return cls(values, counts, int(counts.sum()), n_infinite).trimmed()

    def merged(self, other: Frequent) -> Frequent:
        """Add other counts."""
        values, places = np.unique(np.append(self.values, other.values), return_inverse=True)
        counts = np.zeros(len(values), dtype=np.int64)
        np.add.at(counts, places, np.append(self.counts, other.counts))
        return Frequent(
            values,
            counts,
            self.n_present + other.n_present,
            self.n_infinite + other.n_infinite,
            self.error + other.error,
        ).trimmed()

    def trimmed(self) -> Frequent:
        """Keep the most frequent; all counts fall by the first that is not among them."""
        excess = len(self.counts) - KEPT
        if excess <= 0:
            return self
        fall = int(np.partition(self.counts, excess - 1)[excess - 1])
        kept = self.counts > fall
        return Frequent(
            self.values[kept],
            self.counts[kept] - fall,
            self.n_present,
            self.n_infinite,
            self.error + fall,
        )


@dataclass(eq=False)
class Survey:
    """What is known of one column so far; ``words`` number its labels as they appear."""

    name: str
    origin: Origin | None = None
    words: dict[str, int] = field(default_factory=dict)
    word_counts: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    numbers: Frequent | None = None
    n_rows: int = 0
    meanings: Column | None = None
    """The value of each word, once all are known."""

    def add(self, column: Column, levels: Levels, numbers: Frequent | None) -> Vector | None:
        """Take in a batch; give the places of its labels among the words, None for numbers."""
        self.n_rows += len(column)
        if levels.coded.counts[~np.isnan(levels.values)].any():
            self._agree(column.origin)
        if numbers is not None:
            self.numbers = numbers if self.numbers is None else self.numbers.merged(numbers)
            return None
        labels = column.labels or ()
        places = np.array([self.words.setdefault(w, len(self.words)) for w in labels], np.int64)
        if len(self.words) > MOST_WORDS:
            raise MitoolError(
                f"column {self.name!r} has more than {MOST_WORDS} different labels, too many to "
                "count in bounded memory; leave it out, or take fewer rows with --sample N"
            )
        more = np.zeros(len(self.words) - len(self.word_counts), dtype=np.int64)
        self.word_counts = np.append(self.word_counts, more)
        self.word_counts[places] += levels.coded.counts[: len(places)]
        return np.append(places.astype(np.float64), np.nan)

    def _agree(self, origin: Origin) -> None:
        if self.origin not in (None, origin):
            raise MitoolError(
                f"column {self.name!r} holds {self.origin} values first and {origin} values "
                "later; the parts of one table must agree"
            )
        self.origin = origin

    def settle(self, table: Table) -> None:
        """Find what its words mean, now that all are known."""
        if not self.words:
            return
        codes = np.arange(float(len(self.words)))
        self.meanings = table.settled(
            coded(self.name, codes, list(self.words), self.origin or "text")
        )
        if self.meanings.labels is None:
            column = Levels.of(self.meanings.values)
            counts = np.bincount(column.coded.codes, self.word_counts).astype(np.int64)
            self.numbers = Frequent.counted(column.values, counts)

    @property
    def labels(self) -> Column | None:
        """The words with their codes, if the column holds labels."""
        labelled = self.meanings is not None and self.meanings.labels is not None
        return self.meanings if labelled else None

    @property
    def n_distinct(self) -> int | None:
        """How many different values it has, None where these are too many to know."""
        if self.labels is not None:
            return len(self.labels.labels or ())
        if self.numbers is None or self.numbers.error:
            return None
        return len(self.numbers.values)

    @property
    def is_identifier(self) -> bool:
        """Whether it is text that names every row differently, and so tells nothing of others."""
        present = None if self.labels is None else ~np.isnan(self.labels.values)
        counts = self.word_counts[present] if present is not None else self.word_counts
        return self.origin == "text" and len(counts) > 1 and bool((counts == 1).all())

    def meant(self, numbers: Vector) -> Vector:
        """Give the values of numbers of words."""
        if self.meanings is None:
            return numbers
        return looked_up(np.append(self.meanings.values, np.nan), numbers)

    def valued(self, column: Column) -> Vector:
        """Give the values of a batch of the column, as in the whole column."""
        if column.labels is None or self.meanings is None:
            return column.values
        places = np.array([self.words[word] for word in column.labels], dtype=np.int64)
        return looked_up(np.append(self.meanings.values[places], np.nan), column.values)

    def kind(
        self, discrete: Collection[str], continuous: Collection[str], recount: Recount
    ) -> tuple[Kind, Note | None]:
        """Decide the kind as for a column in memory (see mitool.kinds)."""
        numbers = self.numbers
        if self.labels is not None or numbers is None:
            if self.labels is not None and self.name in continuous:
                refuse_labels(self.labels)
            return "discrete", None
        if numbers.n_infinite:
            raise infinite(self.name, numbers.n_infinite, self.n_rows)
        if self.name in discrete:
            return "discrete", None
        if self.name not in continuous and not numbers.error:
            origin = self.origin or "number"
            return kind_of_levels(self.name, origin, numbers.values, numbers.counts)
        return ("mixed" if self._has_atom(numbers, recount) else "continuous"), None

    def _has_atom(self, numbers: Frequent, recount: Recount) -> bool:
        """Whether many rows share a number; counted once more where the counts leave it open."""
        most = most_without_atom(numbers.n_present)
        largest = int(numbers.counts.max(initial=0))
        if len(numbers.values) < 2 and not numbers.error:
            return False
        if largest > most or largest + numbers.error <= most:
            return largest > most
        candidates = numbers.values[numbers.counts + numbers.error > most]
        return bool((recount(self.name, candidates) > most).any())


Recount = Callable[[str, Vector], Counts]
"""Counts numbers of a column exactly, by another pass."""


def looked_up(values: Vector, places: Vector) -> Vector:
    """Give values at places, the last of them where a place is NaN."""
    found: Vector = values[np.where(np.isnan(places), len(values) - 1, places).astype(np.int64)]
    return found
