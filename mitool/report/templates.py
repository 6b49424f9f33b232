"""The text of rows that are alike, with gaps for what each has of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import is_
from typing import Any

from mitool.result.alike import PLACES, AlikeRow, AlikeRows, Pattern

MARK = "\ue000{}\ue001"
"""Stands in a gap: characters that Unicode leaves to private use."""
MARKED = re.compile(r'("*)' + MARK.format(r"(\d+)") + r"\1")

N_NAMES = 2
"""The first of what a row has of its own are names, the others numbers."""


@dataclass(frozen=True)
class Template:
    """The text of a row, by ``%``: its gaps take what stands at ``places`` of a row's own."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, pattern: Pattern, rendered: Callable[[AlikeRow], str]) -> Template | None:
        """Render a row of a pattern with marks instead; None if its text leaves that open."""
        n_own = len(PLACES) + len(pattern.numbers)
        text = rendered(AlikeRow(pattern, tuple(MARK.format(i) for i in range(n_own))))
        places = tuple(int(found[2]) for found in MARKED.finditer(text))
        if len(set(places)) < len(places):
            return None
        pieces = MARKED.split(text)[::3]
        return cls("%s".join(piece.replace("%", "%%") for piece in pieces), places)

    def filled(self, columns: Sequence[Sequence[str]]) -> Iterator[str]:
        """Yield the text of rows; of each place of their own its text comes in a column."""
        if not self.places:
            return iter([self.text % ()] * len(columns[0]))
        return map(self.text.__mod__, zip(*(columns[at] for at in self.places), strict=True))


class Texts:
    """The text of rows that are alike, of which a writer renders one of each pattern itself.

    ``rendered`` gives the text of a row, ``name`` that of a name in it.
    """

    def __init__(self, rendered: Callable[[AlikeRow], str], name: Callable[[str], str]) -> None:
        self._rendered, self._name = rendered, lru_cache(maxsize=1 << 16)(name)
        self._templates: dict[Pattern, Template | None] = {}

    def of(self, rows: AlikeRows) -> Iterable[str]:
        """Give the text of each row; their numbers are finite."""
        try:
            template = self._templates[rows.pattern]
        except KeyError:
            template = self._templates[rows.pattern] = Template.of(rows.pattern, self._rendered)
        if template is None:
            return map(self._rendered, rows)
        names, numbers = rows.columns[:N_NAMES], rows.columns[N_NAMES:]
        texts = [*(_each(self._name, some) for some in names), *(_each(repr, s) for s in numbers)]
        return template.filled(texts)


def _each(text: Callable[[Any], str], column: Sequence[Any]) -> list[str]:
    """Give the text of each cell; where all are one object, as x and its entropy are, once."""
    first = column[0]
    if all(map(partial(is_, first), column)):
        return [text(first)] * len(column)
    return list(map(text, column))
