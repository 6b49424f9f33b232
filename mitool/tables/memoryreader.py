"""A reader of columns that are in memory already, each converted when it is first read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mitool.errors import MitoolError, attempt
from mitool.tables.column import Column
from mitool.tables.columnnames import ColumnNames
from mitool.tables.piece import Batch, Piece
from mitool.tables.reader import Reader, Reason


@dataclass(frozen=True, eq=False)
class Held:
    """One column as its owner holds it: ``make`` converts it, ``kind`` says in words what it is."""

    name: str
    n_rows: int
    kind: str
    make: Callable[[], Column]

    @classmethod
    def of(cls, column: Column) -> Held:
        """Hold a column that is made already."""
        return cls(column.name, len(column), column.origin, lambda: column)

    @classmethod
    def read_by(cls, reader: Reader, name: str, known: str) -> Held:
        """Hold a column of a reader under a name; ``known`` is what the reader calls it."""
        return cls(name, reader.n_rows, "values", lambda: reader.read([known])[0])


class MemoryReader:
    """Columns of equal length; ``where`` is what messages call them all."""

    in_pieces = True

    def __init__(
        self, held: Sequence[Held], where: str, groups: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        if not held:
            raise MitoolError(f"{where} has no columns")
        first = held[0]
        odd = next((other for other in held if other.n_rows != first.n_rows), None)
        if odd is not None:
            raise MitoolError(
                f"{where} has columns of different lengths ({first.name} {first.n_rows}, "
                f"{odd.name} {odd.n_rows})"
            )
        if not first.n_rows:
            raise MitoolError(f"{where} has no rows")
        self.names = ColumnNames(column.name for column in held)
        self.groups = dict(groups or {})
        self.n_rows = first.n_rows
        self._held = dict(zip(self.names, held, strict=True))
        self._converted: dict[str, Column] = {}

    @property
    def aside(self) -> dict[str, Reason]:
        """The columns that cannot be converted, and what they hold."""
        unusable: dict[str, Reason] = {}
        for name, held in self._held.items():
            if attempt(partial(self._column, name), lambda error: None) is None:
                unusable[name] = ("unusable", held.kind)
        return unusable

    def read(self, names: Sequence[str]) -> list[Column]:
        """Give the columns of these names."""
        return [self._column(name) for name in names]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Give the columns of these names piece by piece."""
        for start in range(0, self.n_rows, n_rows):
            yield partial(self._between, names, slice(start, start + n_rows))

    def _between(self, names: Sequence[str], rows: slice) -> list[Piece]:
        return [Piece.of(column.take(rows)) for column in self.read(names)]

    def _column(self, name: str) -> Column:
        if name not in self._converted:
            self._converted[name] = replace(self._held[name].make(), name=name)
        return self._converted[name]
