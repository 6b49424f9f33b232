"""Columns that a text file leaves as text: padding, missing markers, numbers in disguise."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from mitool.result.codes import warn
from mitool.tables.column import NUMBER, Column, coded
from mitool.tables.digits import bare, name_among
from mitool.tables.readoptions import MISSING, MISSING_NUMBERS, ReadOptions

COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?", re.ASCII)
ADORNED = re.compile(r"[$€£]\s?[\d.,]+|[+-]?[\d.,]+\s?[%$€£]", re.ASCII)

JUDGED = 1000


@dataclass(frozen=True)
class Tidier:
    """Turns the text columns of one file into what they mean; ``where`` names the file.

    Numbers that are labels stay as they are written: 007 is not 7.
    """

    where: str
    decimal: str
    options: ReadOptions
    written: Collection[str] = ()
    """The columns whose words are taken as they are written."""
    numeric: Collection[str] = ()
    """The columns that are numbers even where they are written as names are."""

    def markers(self, *, among_numbers: bool) -> list[str]:
        """Give what stands for a missing value."""
        default = MISSING_NUMBERS if among_numbers else MISSING
        return [*(default if self.options.default_na else ()), *self.options.na]

    def tidy(self, column: Column) -> Column:
        """Strip padding, drop the missing markers, and give numbers where only they are left."""
        words = list(map(bare, column.labels or ()))
        among_numbers = set(self.markers(among_numbers=True))
        plain = [word.replace(",", ".") for word in words] if self.decimal == "," else words
        if all(word in among_numbers or NUMBER.fullmatch(word) for word in plain):
            if self._holds_names(column.name, [w for w in words if w not in among_numbers]):
                kept = [None if word in among_numbers else word for word in words]
                return coded(column.name, column.values, kept, "text")
            numbers = [np.nan if word in among_numbers else float(word) for word in plain]
            places = np.where(np.isnan(column.values), len(words), column.values).astype(np.int64)
            return Column(column.name, np.array([*numbers, np.nan])[places])
        markers = set(self.markers(among_numbers=False))
        kept = [None if word in markers else word for word in words]
        labelled = coded(column.name, column.values, kept, "text")
        if column.name not in self.written and mostly_numbers(labelled):
            self._warn_of_stray_text(labelled)
        return labelled

    def _holds_names(self, name: str, words: Sequence[str]) -> bool:
        """Whether numbers are labels: by the user's word, or because they are written as names."""
        if name in self.written or name in self.numeric:
            return name in self.written and bool(words)
        example = name_among(words)
        if example is not None:
            warn("digits_as_labels", stacklevel=3, name=name, example=example)
        return example is not None

    def _warn_of_stray_text(self, column: Column) -> None:
        """Say what turned a column of numbers into labels."""
        row, label = column.first_text() or (0, "")
        words = {"where": self.where, "name": column.name, "label": label, "row": row + 1}
        warn("text_among_numbers", stacklevel=2, remedy=remedy(label), **words)


def mostly_numbers(column: Column) -> bool:
    """Whether most of the first labels in the column would be read as numbers."""
    codes = column.values[~np.isnan(column.values)][:JUDGED].astype(np.int64)
    labels = column.labels or ()
    times = np.bincount(codes, minlength=len(labels)).tolist()  # a label is judged once
    n_meant = sum(
        n for n, label in zip(times, labels, strict=True) if n and is_meant_as_number(label)
    )
    return bool(2 * n_meant > len(codes))


def is_meant_as_number(label: str) -> bool:
    """Whether a person would read the label as a number."""
    return any(form.fullmatch(label) for form in (NUMBER, COMMA_NUMBER, THOUSANDS, ADORNED))


def remedy(label: str) -> str:
    """Say what to do about text among numbers."""
    if COMMA_NUMBER.fullmatch(label):
        otherwise = "; if it groups thousands, write the numbers without it"
        may_group = THOUSANDS.fullmatch(label) is not None
        return f"if the comma is a decimal mark, use --decimal ,{otherwise * may_group}"
    if is_meant_as_number(label):
        return "write its numbers without signs and separators"
    return f"if that means missing, use --na {label!r}"
