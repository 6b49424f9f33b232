"""The common currency of all inputs: one named column of numbers, or of coded labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.result.codes import warn

Origin = Literal["number", "text", "bool", "time"]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity)", re.ASCII | re.I)


@dataclass(frozen=True, eq=False)
class Column:
    """One column as read: ``values`` is float64 of shape (n_rows,), NaN where missing.

    A column of labels (text, bool, dictionary) holds the codes 0, 1, … of ``labels``, which are
    sorted and all occur; dates and times are seconds since 1970 (times of day: since midnight).
    ``origin`` is what the file said. Numbers too large for floats are given less ``offset``, what
    was subtracted from each. Where floats do not tell all whole numbers apart even so, ``ranks``
    (n_rows,) does: equal where the numbers are.
    """

    name: str
    values: NDArray[np.float64]
    labels: tuple[str, ...] | None = None
    origin: Origin = "number"
    offset: Fraction = Fraction(0)
    ranks: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: NDArray[np.int64] | slice) -> Column:
        """Give the column on a selection of its rows; labels that no longer occur are gone."""
        values = np.array(self.values[rows])
        if self.labels is None:
            ranks = None if self.ranks is None else self.ranks[rows]
            return replace(self, values=values, ranks=ranks)
        return coded(self.name, values, self.labels, self.origin)

    def less(self, offset: Fraction) -> Column:
        """Give the same numbers with another offset."""
        if offset == self.offset or self.labels is not None:
            return self
        values = self.values + float(self.offset - offset)
        return replace(self, values=values, offset=offset)

    def number(self, value: float) -> str:
        """Write one of its values out, with what was subtracted."""
        if not self.offset:
            return f"{value:g}"
        exact = Fraction(value) + self.offset
        return str(exact) if exact.denominator == 1 else f"{float(exact):.17g}"

    def first_text(self) -> tuple[int, str] | None:
        """Give the row (from 0) and the label of the first value that is not a number."""
        if self.labels is None:
            return None
        text = np.array([NUMBER.fullmatch(label) is None for label in self.labels], dtype=bool)
        present = np.flatnonzero(~np.isnan(self.values))
        codes = self.values[present].astype(np.int64)
        places = np.flatnonzero(text[codes])
        if not len(places):
            return None
        return int(present[places[0]]), self.labels[int(codes[places[0]])]


def coded(
    name: str, codes: NDArray[np.float64], labels: Sequence[str | None], origin: Origin
) -> Column:
    """Make a column of codes whose labels are sorted, different and all occur.

    ``codes`` (n,) index ``labels``, NaN where missing; a label None is missing too.
    """
    present: Any = ~np.isnan(codes) if np.isnan(codes.sum()) else slice(None)
    index = codes[present].astype(np.int64)
    used = np.bincount(index, minlength=len(labels)) > 0
    kept = [label if use else None for label, use in zip(labels, used.tolist(), strict=True)]
    names = sorted({label for label in kept if label is not None})
    if names == kept:
        return Column(name, codes, tuple(names), origin)
    place: dict[str | None, float] = {label: float(i) for i, label in enumerate(names)}
    recode = np.array([place.get(label, np.nan) for label in kept], dtype=np.float64)
    values = np.full(len(codes), np.nan)
    values[present] = recode[index]
    return Column(name, values, tuple(names), origin)


def stack(columns: Sequence[Column]) -> Column:
    """Put the parts of one column below one another; parts that are all missing fit any kind."""
    first = next((c for c in columns if not np.isnan(c.values).all()), columns[0])
    if first.labels is None:
        numbers = [column.less(first.offset) for column in columns]
        values = np.concatenate([column.values for column in numbers])
        warn_if_rounded(columns)
        return replace(first, values=values, ranks=None)
    labels: list[str] = []
    codes = []
    for column in columns:
        codes.append(column.values + len(labels))
        labels.extend(column.labels or ())
    return coded(first.name, np.concatenate(codes), labels, first.origin)


def warn_if_rounded(columns: Sequence[Column]) -> None:
    """Warn of parts of a column whose floats do not tell all numbers apart."""
    for column in columns:
        if column.ranks is not None:
            warn("rounded", stacklevel=3, **merged_values(column))


def merged_values(column: Column) -> dict[str, Any]:
    """Say how many numbers a column with ranks has, and how many its floats leave."""
    assert column.ranks is not None  # the caller looked
    present = ~np.isnan(column.values)
    n_distinct = len(np.unique(column.ranks[present]))
    n_kept = len(np.unique(column.values[present]))
    return {"name": column.name, "n_distinct": n_distinct, "n_kept": n_kept}


def below(first: Sequence[Column], second: Sequence[Column], what: str) -> list[Column]:
    """Put the rows of one sample below those of another, column by column, by their places."""
    if len(first) != len(second):
        raise MitoolError(
            f"{what} has {len(first)} columns in one sample and {len(second)} in the other; "
            "give the same columns of both"
        )
    for one, other in zip(first, second, strict=True):
        empty = any(np.isnan(part.values).all() for part in (one, other))
        if one.origin != other.origin and not empty:
            raise MitoolError(
                f"column {one.name!r} holds {one.origin} values in one sample but {other.origin} "
                "values in the other; make them one kind"
            )
    return [stack(parts) for parts in zip(first, second, strict=True)]


def without(column: Column, markers: Sequence[str]) -> Column:
    """Mark the values or labels that equal one of the markers as missing; numbers by value."""
    if column.labels is not None:
        kept = [None if label in markers else label for label in column.labels]
        return coded(column.name, column.values, kept, column.origin)
    numbers = [lessened(marker, column.offset) for marker in markers if NUMBER.fullmatch(marker)]
    values = np.where(np.isin(column.values, numbers), np.nan, column.values)
    return replace(column, values=values)


def lessened(number: str, offset: Fraction) -> float:
    """Give a number less an offset."""
    value = float(number)
    return float(Fraction(number) - offset) if offset and np.isfinite(value) else value
