"""Rows kept for what is written beside a report when it is complete: a picture, a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol, Self

from mitool.result.fields import Field


class Companion(Protocol):
    """What is written beside a report, from its rows, once they are all there."""

    @property
    def path(self) -> Path:
        """The file it is written to."""
        ...

    def showing(self, illustrate: Any) -> Self:
        """Give the same with other pictures than those that rows alone can draw."""
        ...

    def write(
        self,
        file: IO[bytes],
        rows: Sequence[Mapping[str, Any]],
        fields: Sequence[Field],
        record: Mapping[str, Any],
    ) -> None:
        """Write it.

        ``fields`` are those that were chosen for the report; ``record`` is what a JSON report holds
        besides its results.
        """
        ...


class KeptRow(Mapping[str, Any]):
    """A row of which only the cells that hold something take room; the others are None.

    A matrix has millions of rows, and most of their cells are null.
    """

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._names, self._values = names, values

    def __getitem__(self, name: str) -> Any:
        """Give a cell, None if it holds nothing or there is none of the name."""
        for known, value in zip(self._names, self._values, strict=True):
            if known == name:
                return value
        return None

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def get(self, name: str, default: Any = None) -> Any:
        """Give a cell, the default if it holds nothing."""
        value = self[name]
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def keeper() -> Callable[[Mapping[str, Any]], KeptRow]:
    """Give what keeps rows: those with the same cells filled share their names."""
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    def keep(row: Mapping[str, Any]) -> KeptRow:
        names = tuple(name for name, value in row.items() if value not in (None, {}))
        names = shared.setdefault(names, names)
        return KeptRow(names, tuple(row[name] for name in names))

    return keep
