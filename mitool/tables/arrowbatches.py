"""Batches of Arrow rows cut into pieces, from the buffers themselves where these will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from mitool.tables.arrowbuffers import nulls, stored
from mitool.tables.arrowwholes import start_of
from mitool.tables.column import warn_if_rounded
from mitool.tables.convert import from_arrow
from mitool.tables.largenumbers import LARGEST
from mitool.tables.piece import Batch, Piece


class Cutter:
    """Cuts batches of one input; ``places`` maps names of columns to those in the batch."""

    def __init__(self, places: Mapping[str, str], where: str) -> None:
        self.places = places
        self._where = where
        self._labels: dict[str, tuple[Any, tuple[str, ...]]] = {}
        self._starts: dict[str, int] = {}

    @classmethod
    def of(cls, names: Sequence[str], where: str) -> Cutter:
        """Cut columns that have the same names in the batch."""
        return cls(dict(zip(names, names, strict=True)), where)

    def later(self, batch: Any) -> Batch:
        """Give a batch to be cut when called; batches come in the order of the rows.

        What large numbers are counted from is found in the first batch that has any.
        """
        for name, place in self.places.items():
            if name not in self._starts:
                start = start_of(batch.column(place))
                if start is not None:
                    self._starts[name] = start
        return partial(self._pieces, batch, dict(self._starts))

    def _pieces(self, batch: Any, starts: Mapping[str, int]) -> list[Piece]:
        """Cut the columns out of an Arrow batch or table."""
        return [
            self._piece(name, batch.column(place), starts.get(name, 0))
            for name, place in self.places.items()
        ]

    def _piece(self, name: str, values: Any, start: int) -> Piece:
        import pyarrow
        import pyarrow.types as types

        if isinstance(values, pyarrow.Array):
            if types.is_dictionary(values.type):
                labels = self._words(name, values.dictionary)
                if labels is not None:
                    indices = values.indices
                    return Piece(name, stored(indices), nulls(indices), labels, "text")
            elif types.is_floating(values.type) or (types.is_integer(values.type) and not start):
                piece = Piece(name, stored(values), nulls(values))
                if types.is_floating(values.type) or -LARGEST <= piece.low <= piece.high <= LARGEST:
                    return piece
            values = pyarrow.chunked_array([values])
        column = from_arrow(name, values, self._where, start)
        warn_if_rounded([column])
        return Piece.of(column)

    def _words(self, name: str, dictionary: Any) -> tuple[str, ...] | None:
        """Give the words of a dictionary, once if batches share it; None if one is null."""
        known = self._labels.get(name)
        if known is not None and known[0].equals(dictionary):
            return known[1]
        if dictionary.null_count:
            return None
        labels = tuple(str(word) for word in dictionary.to_pylist())
        self._labels[name] = dictionary, labels
        return labels


def slices(batch: Any, n_rows: int) -> Iterator[Any]:
    """Cut an Arrow batch or table into batches of at most so many rows, without copying."""
    for start in range(0, batch.num_rows, n_rows):
        yield batch.slice(start, n_rows)
