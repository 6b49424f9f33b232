"""The first pass: what every column holds, in bounded memory.

Kinds are decided from it by the rule for whole columns, so that they are those of the same table
read into memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.batches.buckets import Numbers, PassingBuckets
from mitool.kernels.types import Counts
from mitool.result import Note
from mitool.streaming.levels import Declared, levels_of
from mitool.tables import Table
from mitool.tables.column import Column, Origin, coded
from mitool.tables.piece import Piece
from mitool.variables import Vector
from mitool.variables.identifiers import Naming, naming, skip_note
from mitool.variables.kinds import (
    Kind,
    infinite,
    kind_of_levels,
    most_without_atom,
    refuse_labels,
)

MOST_WORDS = 1 << 20


@dataclass(eq=False)
class Survey:
    """What is known of one column so far; ``words`` number its labels as they appear."""

    name: str
    origin: Origin | None = None
    words: dict[str, int] = field(default_factory=dict)
    word_counts: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    numbers: Numbers | None = None
    n_rows: int = 0
    meanings: Column | None = None
    """The value of each word, once all are known."""
    _last: tuple[tuple[str, ...], NDArray[np.int64]] = ((), np.empty(0, np.int64))

    def add(self, piece: Piece, counts: Counts | Numbers) -> Vector | None:
        """Take in a piece, counted; give the place of each label among the words, last NaN."""
        self.n_rows += len(piece)
        if isinstance(counts, Numbers):
            if counts.n_present:
                self._agree(piece.origin)
            self.numbers = counts if self.numbers is None else self.numbers.merged(counts)
            return None
        places = self._places(piece.labels or ())
        if counts[: len(places)].any():
            self._agree(piece.origin)
        np.add.at(self.word_counts, places, counts[: len(places)])
        return np.append(places.astype(np.float64), np.nan)

    def _places(self, labels: tuple[str, ...]) -> NDArray[np.int64]:
        if labels is not self._last[0]:
            words = self.words
            places = np.array([words.setdefault(w, len(words)) for w in labels], np.int64)
            if len(words) > MOST_WORDS:
                raise MitoolError(
                    f"column {self.name!r} has more than {MOST_WORDS} different labels, too many "
                    "to count in bounded memory; leave it out, or take fewer rows with --sample N"
                )
            more = np.zeros(len(words) - len(self.word_counts), dtype=np.int64)
            self.word_counts = np.append(self.word_counts, more)
            self._last = labels, places
        return self._last[1]

    def _agree(self, origin: Origin) -> None:
        if self.origin not in (None, origin):
            raise MitoolError(
                f"column {self.name!r} holds {self.origin} values first and {origin} values "
                "later; the parts of one table must agree"
            )
        self.origin = origin

    def interpret_words(self, table: Table) -> None:
        """Find what its words mean, now that all are known; those that never occur mean nothing."""
        if not self.words:
            return
        pairs = zip(self.words, self.word_counts.tolist(), strict=True)
        words = [word if count else None for word, count in pairs]
        codes = np.arange(float(len(words)))
        self.meanings = table.interpreted(coded(self.name, codes, words, self.origin or "text"))
        if self.meanings.labels is None:
            levels = levels_of(Piece.of(self.meanings))
            counts = np.bincount(levels.codes - levels.low, self.word_counts, levels.n_levels)
            self.numbers = Numbers.counted(levels.values, counts.astype(np.int64))

    @property
    def labels(self) -> Column | None:
        """The words with their codes, if the column holds labels."""
        labelled = self.meanings is not None and self.meanings.labels is not None
        return self.meanings if labelled else None

    @property
    def has_many(self) -> bool:
        """Whether it holds more different numbers than are counted one by one."""
        return self.numbers is not None and self.numbers.buckets is not None

    @property
    def n_distinct(self) -> int | None:
        """How many different values it has, None where these are too many to know."""
        if self.labels is not None:
            return len(self.labels.labels or ())
        if self.numbers is None:
            return 0
        return None if self.has_many else len(self.numbers.values)

    @property
    def n_most(self) -> int:
        """How many rows share a value at most: no fewer than really do."""
        if self.labels is not None:
            present = ~np.isnan(self.labels.values)
            places = self.labels.values[present].astype(np.int64)
            return int(np.bincount(places, self.word_counts[present]).max(initial=0))
        if self.numbers is None:
            return 0
        counts = self.numbers.counts if self.numbers.buckets is None else self.numbers.buckets
        return int(counts.max(initial=0))

    def skip_note(self, declared: Declared) -> Note | None:
        """Say why the column has no mutual information worth estimating, if so."""
        named = None if self.name in declared[0] else self.naming
        return skip_note(self.name, self.n_distinct, named)

    @property
    def naming(self) -> Naming | None:
        """What it names, if it is text of which too few rows share their label."""
        present = None if self.labels is None else ~np.isnan(self.labels.values)
        counts = self.word_counts[present] if present is not None else self.word_counts
        return naming(self.origin, counts)

    def values_of_words(self, numbers: Vector) -> Vector:
        """Give the values of numbers of words."""
        if self.meanings is None:
            return numbers
        return values_at(np.append(self.meanings.values, np.nan), numbers)

    def values_of(self, piece: Piece) -> Vector:
        """Give the values of a piece of the column, as in the whole column."""
        if piece.labels is None or self.meanings is None:
            return piece.values
        places = np.array([self.words[word] for word in piece.labels], dtype=np.int64)
        return values_at(np.append(self.meanings.values[places], np.nan), piece.values)

    def kind(self, declared: Declared, recount: Recount) -> tuple[Kind, Note | None]:
        """Decide the kind as for a column in memory (see mitool.variables.kinds)."""
        discrete, continuous = declared
        numbers = self.numbers
        if self.labels is not None or numbers is None:
            if self.labels is not None and self.name in continuous:
                refuse_labels(self.labels)
            return "discrete", None
        if numbers.n_infinite:
            raise infinite(self.name, numbers.n_infinite, self.n_rows)
        if self.name in discrete:
            return "discrete", None
        if self.name not in continuous and not self.has_many:
            origin = self.origin or "number"
            return kind_of_levels(self.name, origin, numbers.values, numbers.counts)
        return ("mixed" if self._has_atom(numbers, recount) else "continuous"), None

    def _has_atom(self, numbers: Numbers, recount: Recount) -> bool:
        """Whether many rows share a number; buckets that leave it open are counted anew."""
        if not self.has_many and len(numbers.values) < 2:
            return False
        most = most_without_atom(numbers.n_present)
        passing: list[NDArray[np.bool_]] = []
        while (has_atom := numbers.exceeds(most)) is None:
            assert numbers.buckets is not None  # counts one by one leave nothing open
            passing.append(numbers.buckets > most)
            numbers = recount(self.name, passing)
        return has_atom


Recount = Callable[[str, PassingBuckets], Numbers]
"""Counts the numbers of a column that lie in passing buckets, by another pass."""


def values_at(values: Vector, places: Vector) -> Vector:
    """Give values at places, the last of them where a place is NaN."""
    at_places: Vector = values[np.where(np.isnan(places), len(values) - 1, places).astype(np.int64)]
    return at_places
