"""Rows of a report that are told together: those of one pattern by columns, others one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from mitool.result.alike import AlikeRows

Row = Mapping[str, Any]
Some = TypeVar("Some")
One = TypeVar("One")
Made = TypeVar("Made")


def in_order(
    n_places: int,
    together: Iterable[tuple[Sequence[int], Some]],
    single: Iterable[tuple[int, One]],
    of_some: Callable[[Some], Iterable[Made]],
    of_one: Callable[[One], Made],
) -> list[Made]:
    """Give what is made of several things at once and of others one by one, by their places."""
    parts = [(places, of_some(some)) for places, some in together]
    if len(parts) == 1 and len(parts[0][0]) == n_places:  # the places of one part ascend
        return list(parts[0][1])
    made: list[Any] = [None] * n_places
    for places, each in parts:
        for place, one in zip(places, each, strict=True):
            made[place] = one
    for place, alone in single:
        made[place] = of_one(alone)
    return made


@dataclass(frozen=True, eq=False)
class RowBlock:
    """Rows that follow one another; parts of them are alike, by their places in the block."""

    n_rows: int
    alike: Sequence[tuple[Sequence[int], AlikeRows]]
    single: Sequence[tuple[int, Row]]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Self:
        """Give rows of which none are told together."""
        return cls(len(rows), (), list(enumerate(rows)))

    @classmethod
    def side_by_side(cls, blocks: Sequence[Self]) -> Self:
        """Give the first rows of some blocks of one length, then the second ones, and so on."""
        if len(blocks) == 1:
            return blocks[0]
        n_blocks, alike, single = len(blocks), [], []
        for at, block in enumerate(blocks):
            alike += [([p * n_blocks + at for p in places], s) for places, s in block.alike]
            single += [(place * n_blocks + at, row) for place, row in block.single]
        return cls(n_blocks * len(blocks[0]), alike, single)

    def __len__(self) -> int:
        return self.n_rows

    def __iter__(self) -> Iterator[Row]:
        """Yield them one by one."""
        return iter(self.made(iter, lambda row: row))

    def made(
        self, of_alikes: Callable[[AlikeRows], Iterable[Made]], of_one: Callable[[Row], Made]
    ) -> list[Made]:
        """Give what is made of the rows, in order."""
        return in_order(self.n_rows, self.alike, self.single, of_alikes, of_one)

    def statuses(self) -> Iterator[tuple[str, int]]:
        """Yield each status and of how many rows it is."""
        yield from ((rows.pattern.status, len(rows)) for _, rows in self.alike)
        yield from ((row.get("status") or "ok", 1) for _, row in self.single)

    def cells(self, name: str) -> list[Any]:
        """Give the cells of one field."""
        return self.made(lambda rows: rows.cells_of(name), lambda row: row[name])
