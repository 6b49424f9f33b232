"""The types of the columns of a text file: the first that hold for the whole of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.tables.arrowbuffers import numbers
from mitool.tables.digits import bare, judged
from mitool.tables.textparser import TextParser, misfit_column

LOOSER = (
    *("null", "int64", "bool", "date32[day]", "time32[s]", "timestamp[s]", "timestamp[ns]"),
    "double",
)
"""As pyarrow loosens the type of a whole column; last of all come its words, numbered."""


@dataclass(eq=False)
class TextTypes:
    """What is known of the types of columns, by their places, and of the number of rows."""

    parser: TextParser
    written: Collection[int] = ()
    """The places of columns whose words are taken as they are written."""
    numeric: Collection[int] = ()
    """The places of columns that are numbers even where they are written as names are."""
    known: dict[str, Any] = field(default_factory=dict)
    n_rows: int | None = None
    _fractions: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known |= self.text_of(self.written)

    @staticmethod
    def text_of(places: Iterable[int]) -> dict[str, Any]:
        """Give the type of words to columns."""
        return {str(place): text() for place in places} if places else {}

    def of(self, places: Sequence[int]) -> dict[str, Any]:
        """Find the types that hold for the whole file; the first block may mislead.

        A pass over the file for each block that does not fit, in the order in which pyarrow
        loosens the type of a whole column, so that both ways of reading agree.
        """
        unknown = [i for i in places if str(i) not in self.known]
        wanted = unknown if unknown or self.n_rows is not None else list(places)
        while wanted and not self._fit(wanted):
            pass
        kinds = {i: self.known[str(i)] for i in unknown}
        self.known |= self.text_of(self.names_among(kinds, self._fractions))
        return self.known

    def names_among(self, kinds: Mapping[int, Any], fractions: Collection[int]) -> list[int]:
        """Find columns whose numbers are names, by their places and types; see ``digits``.

        Integers are looked at again if a number in the file has a zero in front, which a look at
        its bytes tells; others if they are whole: none of those with ``fractions``.
        """
        numbers = {i: str(kind) for i, kind in kinds.items() if i not in self.numeric}
        suspects = {i for i, kind in numbers.items() if kind == "double"} - set(fractions)
        integers = {i for i, kind in numbers.items() if kind == "int64"}
        if integers and self.parser.has_leading_zeros:
            suspects |= integers
        return self._all_names(sorted(suspects))

    def _all_names(self, places: Sequence[int]) -> list[int]:
        """Give those of some columns in which all words are digits, and one is a name."""
        markers = set(self.parser.markers)
        is_named: dict[str, bool] = dict.fromkeys(map(str, places), False)
        if not is_named:
            return []
        with closing(self.parser.blocks(places, self.text_of(places))) as blocks:
            for block in blocks:
                for place in list(is_named):
                    words = map(bare, block.column(place).dictionary.to_pylist())
                    digits, named = judged(word for word in words if word not in markers)
                    if not digits:
                        del is_named[place]
                    elif named:
                        is_named[place] = True
                if not is_named:
                    break
        return [int(place) for place, named in is_named.items() if named]

    def _fit(self, places: Sequence[int]) -> bool:
        """Pass over the file; at a value that does not fit, loosen the type of its column."""
        n_rows, types = 0, {}
        try:
            for block in self.parser.blocks(places, self.known):
                types = {column.name: column.type for column in block.schema}
                n_rows += block.num_rows
                places = [i for i in places if i not in self._fractions]
                self._fractions |= {i for i in places if has_fraction([block.column(str(i))])}
        except MitoolError as error:
            place = misfit_column(error)
            if place is None:
                raise
            self.known[place] = self._looser(place, self.known.get(place, types.get(place)))
            return False
        self.known |= types
        self.n_rows = n_rows
        return True

    def _looser(self, place: str, kind: Any) -> Any:
        """Give the next type that values of a column may have."""
        following = looser(kind)
        if following is None:
            name = self.parser.dialect.names[int(place)]
            raise self.parser.not_text(f"column {name!r}")
        return following


def has_fraction(chunks: Iterable[Any]) -> bool:
    """Whether a number in Arrow arrays of floats is not whole; mostly the first one tells."""
    for chunk in chunks:
        if str(chunk.type) != "double":
            return False
        values = numbers(chunk)
        if bool(np.any(np.floor(values) < values)):
            return True
    return False


def looser(kind: Any) -> Any:
    """Give the type after this one; None is before the first of all, and after the last."""
    import pyarrow

    if kind == text():
        return None
    after = LOOSER.index(str(kind)) + 1 if str(kind) in LOOSER else 0
    return text() if after == len(LOOSER) else pyarrow.type_for_alias(LOOSER[after])


def text() -> Any:
    """Give the type of words, numbered."""
    import pyarrow

    return pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
