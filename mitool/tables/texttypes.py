"""The types of the columns of a text file: the first that hold for the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mitool.errors import MitoolError
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
    known: dict[str, Any] = field(default_factory=dict)
    n_rows: int | None = None

    def of(self, places: Sequence[int]) -> dict[str, Any]:
        """Find the types that hold for the whole file; the first block may mislead.

        A pass over the file for each block that does not fit, in the order in which pyarrow
        loosens the type of a whole column, so that both ways of reading agree.
        """
        unknown = [i for i in places if str(i) not in self.known]
        while unknown and not self._fit(unknown):
            pass
        return self.known

    def _fit(self, places: Sequence[int]) -> bool:
        """Pass over the file; at a value that does not fit, loosen the type of its column."""
        n_rows, types = 0, {}
        try:
            for block in self.parser.blocks(places, self.known):
                types = {column.name: column.type for column in block.schema}
                n_rows += block.num_rows
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


def looser(kind: Any) -> Any:
    """Give the type after this one; None is before the first of all, and after the last."""
    import pyarrow

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    if kind == text:
        return None
    after = LOOSER.index(str(kind)) + 1 if str(kind) in LOOSER else 0
    return text if after == len(LOOSER) else pyarrow.type_for_alias(LOOSER[after])
